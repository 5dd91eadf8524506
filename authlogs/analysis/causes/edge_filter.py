"""Theory: a firewall, a content network or a bot rule at the edge turned people away.

Predicts: refusals by policy or as an attack before the application sees the request.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="edge_filter",
    cause_class="dependency",
    per_day=0.006,
    predicts="refusals at the edge that no application saw",
    reasons={
        "fewer_attempts": 0.08,
        "attack_blocked": 0.4,
        "policy_denied": 0.4,
        "rate_limited": 0.05,
    },
    carriers={"none": 0.55, "client": 0.12, "browser": 0.15, "region": 0.15},
)
