"""Theory: the provider of second factors (push, SMS, one-time codes) failed.

Predicts: first factors succeed and second factors time out, fail or are asked for without end.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="mfa_provider",
    cause_class="upstream",
    per_day=0.01,
    predicts="second factors that fail or never come",
    reasons={
        "challenge_unresolved": 0.40,
        "mfa_failed": 0.30,
        "mfa_required": 0.15,
        "timeout": 0.12,
        "server_error": 0.05,
        "overloaded": 0.03,
        "connection_error": 0.04,
    },
    carriers={"none": 0.88, "client": 0.03, "region": 0.04, "idp": 0.03},
    stages={"mfa": 0.9, "login": 0.08},
)
