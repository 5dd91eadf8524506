"""How well the failures fit what a theory expects: what they say, at which step, and who fails."""

import math
from collections.abc import Mapping
from functools import cache

import numpy as np

from authlogs.analysis.carriers import CLEAR, Carrier
from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import log_sum
from authlogs.parse.reasons import load_reasons
from authlogs.parse.registry import FOLDER

RARE_REASON = 0.002
RARE_CARRIER = 0.002
STAGES = {"mfa": 0.05, "key_fetch": 0.02}
"""How often failures show first at these steps, whatever the cause; 1 for every other step."""


def said(case: Case, reasons: Mapping[str, float]) -> float:
    """Return ln P(the signal's reason), by name or as a member of its group.

    Reasons enter once, not per failure: all failures of one fault say the same.
    """
    reason, group = case.incident.signal.reason, case.reason_group or "unknown"
    if reason in reasons:
        return math.log(reasons[reason])
    named = sum(1 for name in reasons if _groups().get(name) == group)
    others = max(1, list(_groups().values()).count(group) - named)
    return math.log(max(RARE_REASON, reasons.get(group, 0.0) / others))


def shown_at(case: Case, stages: Mapping[str, float]) -> float:
    """Return ln P(the signal's step)."""
    step = case.incident.signal.event_type
    return math.log(stages.get(step, STAGES.get(step, 1.0)))


def kept_to(case: Case, carriers: Mapping[str, float]) -> float:
    """Return the log likelihood of who fails, against failures that keep to nobody.

    `carriers` says how likely the failures keep to a value of each dimension.
    """
    gains = {name: carrier.gain for name, carrier in case.carriers.items()} | {"none": 0.0}
    terms = [math.log(carriers.get(name, RARE_CARRIER)) + gain for name, gain in gains.items()]
    return float(log_sum(np.array(terms)))


def clearest(case: Case) -> Carrier | None:
    """Return the carrier that stands out most; null where none does."""
    best = max(case.carriers.values(), key=lambda c: c.gain, default=None)
    return best if best and best.gain >= CLEAR else None


@cache
def _groups() -> dict[str, str]:
    """Return the group of every known reason."""
    return dict(load_reasons(FOLDER / "reasons.toml").groups)
