"""Theory: the clock of a host is off.

Predicts: tokens that are not yet valid, or expired at once, on that host alone, whatever the build.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="clock_skew",
    cause_class="clock_skew",
    per_day=0.008,
    predicts="tokens not yet valid, on one host",
    reasons={
        "token_not_yet_valid": 0.7,
        "token_expired": 0.15,
        "invalid_grant_code": 0.03,
        "token_invalid": 0.04,
    },
    carriers={"instance": 0.8, "none": 0.14, "region": 0.03},
)
