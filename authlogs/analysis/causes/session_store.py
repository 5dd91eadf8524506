"""Theory: the session store lost its sessions, or no longer keeps new ones.

Predicts: sign-ins succeed and die soon after, old sessions too; signatures are valid, and no
build stands out.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="session_store",
    cause_class="dependency",
    per_day=0.01,
    predicts="sessions that cannot be found although their signatures are valid",
    carriers={"none": 0.45, "old": 0.40, "instance": 0.08, "region": 0.04},
    stages={
        "session_check": 1.0,
        "session_start": 1.0,
        "token_refresh": 1.0,
        "token_validate": 0.6,
        "token_introspect": 0.6,
        "http_request": 0.6,
        "login": 0.3,
        "token_issue": 0.2,
    },
    reasons={
        "session_not_found": 0.7,
        "token_invalid": 0.03,
        "token_revoked": 0.02,
        "missing_token": 0.03,
        "availability": 0.15,
    },
)
