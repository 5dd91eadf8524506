"""Theory: keys were rotated and validators, or tokens, still hold the old ones.

Predicts: unknown key ids or bad signatures, kept to a key id or to hosts whose cache is old; the
issuer's successes stay as usual. A recorded rotation is weighed as that change.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="stale_keys",
    cause_class="dependency",
    per_day=0.008,
    predicts="unknown key ids, on the hosts whose cache is old",
    reasons={
        "unknown_key": 0.72,
        "invalid_signature": 0.15,
        "token_invalid": 0.04,
        "key_fetch": 0.02,
    },
    carriers={"none": 0.25, "instance": 0.25, "key": 0.2, "old": 0.15, "new": 0.12, "region": 0.03},
)
