"""Theory: the directory behind the provider (LDAP, Active Directory, an agent) failed.

Predicts: known people are unknown or cannot be checked, through one provider or connection.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="directory_agent",
    cause_class="upstream",
    per_day=0.005,
    predicts="known people whom the directory cannot check",
    reasons={
        "timeout": 0.2,
        "connection_error": 0.2,
        "server_error": 0.15,
        "unknown_user": 0.05,
        "invalid_credentials": 0.1,
        "overloaded": 0.08,
        "federation_error": 0.05,
    },
    carriers={"none": 0.55, "idp": 0.38, "region": 0.03, "instance": 0.03},
    stages={"login": 1.0, "sso_assertion": 1.0, "password_change": 1.0, "token_issue": 0.3},
)
