"""Theory: a limit or a quota was reached (requests, connections of a plan, messages).

Predicts: 429 and its like before anybody is asked for a password; bursts may follow one client.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="rate_limit",
    cause_class="quota",
    per_day=0.01,
    predicts="refusals by a limit",
    reasons={"rate_limited": 0.88, "overloaded": 0.05, "policy_denied": 0.02},
    carriers={"none": 0.75, "client": 0.12, "region": 0.04, "instance": 0.04, "idp": 0.02},
)
