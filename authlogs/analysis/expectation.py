"""How well the failures fit what a theory expects: what they say, at which step, and who fails."""

import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

import numpy as np

from authlogs.analysis.carriers import CLEAR, Carrier
from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import log_sum
from authlogs.parse.reasons import load_reasons
from authlogs.parse.registry import FOLDER

RARE_REASON = 0.002
RARE_BESIDE, MOST_BESIDE = 0.005, 2
ALIKE = 0.8
"""How far what comes beside a reason of its own group is a matter of that reason alone."""
UNTOLD, UNTOLD_SHARE = "unspecified", 0.05
RARE_CARRIER = 0.002
RARE_STEP = 0.05
STAGES = {"mfa": 0.05, "key_fetch": 0.02}
"""How often failures show first at these steps, whatever the cause; 1 for every other step."""


def said(case: Case, reasons: Mapping[str, float]) -> float:
    """Return ln P(what the failures say): the signal's reason, and what else began with it.

    Reasons enter once, not per failure: all failures of one fault say the same, or few things.
    Reasons of one group come together whatever the cause (a server error beside a timeout).
    """
    told = _told(case)
    if not told:
        return math.log(UNTOLD_SHARE)
    (first, group), *others = told[: 1 + MOST_BESIDE]
    chance = _share(first, group, reasons)
    if case.incident.signal.reason == UNTOLD:
        chance = (chance + UNTOLD_SHARE) / 2  # what began with it may be something else
    whole = math.log(max(RARE_REASON, chance))
    for reason, own in others:
        chance = _share(reason, own, reasons)
        if own == group:
            alike = 1.0 / _sizes()[own]
            chance += ALIKE * (alike - chance)
        whole += math.log(max(RARE_BESIDE, chance))
    return whole


def _told(case: Case) -> list[tuple[str, str]]:
    """Return the reasons that are told, with their groups: the signal's, and what began with it.

    A log that does not say why is like that whatever the cause is; a proxy has no own reasons.
    """
    signal = case.incident.signal
    found = {signal.reason: case.reason_group or "unknown"}
    for echo in case.incident.echoes:
        if echo.event_type != "http_request":
            found.setdefault(echo.reason, _groups().get(echo.reason, "unknown"))
    return [(reason, group) for reason, group in found.items() if reason != UNTOLD]


def _share(reason: str, group: str, reasons: Mapping[str, float]) -> float:
    """Return the share of a reason, by name or as a member of its group."""
    if reason in reasons:
        return reasons[reason]
    named = sum(1 for name in reasons if _groups().get(name) == group)
    others = max(1, _sizes()[group] - named)
    return reasons.get(group, 0.0) / others


def shown_at(case: Case, stages: Mapping[str, float]) -> float:
    """Return ln P(the signal's step); a theory that names steps expects no other."""
    step = case.incident.signal.event_type
    unnamed = RARE_STEP if stages else 1.0
    return math.log(stages.get(step, STAGES.get(step, 1.0) * unnamed))


def kept_to(case: Case, carriers: Mapping[str, float]) -> float:
    """Return the log likelihood of who fails, against failures that keep to nobody.

    `carriers` says how likely the failures keep to a value of each dimension. What the logs do not
    tell speaks neither for nor against: failures that keep to one browser look, where no browser is
    logged, as if they kept to nobody.
    """
    gains = {name: carrier.gain for name, carrier in case.carriers.items()}
    unseen = sum(share for name, share in carriers.items() if name not in case.told_dimensions)
    terms = [
        math.log(carriers.get(name, RARE_CARRIER)) + gain
        for name, gain in gains.items()
        if name in case.told_dimensions
    ]
    return float(log_sum(np.array([math.log(max(unseen, RARE_CARRIER)), *terms])))


def clearest(case: Case) -> Carrier | None:
    """Return the carrier that stands out most; null where none does."""
    best = max(case.carriers.values(), key=lambda c: c.gain, default=None)
    return best if best and best.gain >= CLEAR else None


@cache
def _groups() -> dict[str, str]:
    """Return the group of every known reason."""
    return dict(load_reasons(FOLDER / "reasons.toml").groups)


@cache
def _sizes() -> Counter[str]:
    """Return how many reasons each group has."""
    return Counter(_groups().values())
