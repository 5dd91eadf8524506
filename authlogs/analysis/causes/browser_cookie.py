"""Theory: a browser treats a cookie otherwise than before (SameSite, third-party cookies, size).

Predicts: missing state, sessions or cookies in one browser alone, in journeys that cross sites.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="browser_cookie",
    cause_class="client",
    per_day=0.008,
    predicts="missing cookies and states in one browser",
    reasons={
        "session_not_found": 0.4,
        "missing_token": 0.2,
        "invalid_request": 0.2,
        "invalid_grant_code": 0.03,
        "token_malformed": 0.05,
        "token_invalid": 0.03,
    },
    carriers={"browser": 0.88, "none": 0.05, "client": 0.06},
    stages={
        "login": 1.0,
        "sso_assertion": 1.0,
        "session_start": 1.0,
        "http_request": 0.6,
        "token_exchange": 0.5,
        "session_check": 0.15,
    },
)
