"""Theory: tokens or sessions live shorter than clients believe.

Predicts: expired tokens, healed by the next refresh.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="lifetime",
    cause_class="client",
    per_day=0.004,
    predicts="expired tokens, healed by a refresh",
    reasons={"token_expired": 0.85, "session_not_found": 0.06, "token_revoked": 0.03},
    carriers={"none": 0.5, "old": 0.3, "client": 0.2},
)
