"""The answer that the true generator would give: the best that anybody could do.

It knows the exact onset, the recorded changes with the true law of their errors, the true lags, the
share of guilty changes, and where builds are logged the exact counts by build. It does not look at
reasons, at which service is concerned, or at what people tried afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.law_of_cases import (
    GRID,
    beside,
    decoy_before,
    innocent_share,
    law,
    of_count,
    onset_after,
    rounded,
)
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.incidents.played import Played
from authlogs.simulation.incidents.schedule import BEFORE
from authlogs.simulation.incidents.splits import Signal, log_ratio, signal

SUSPECT: Final = ("innocent", "guilty", "decoy")


@dataclass(frozen=True)
class Seen:
    """What the oracle may look at."""

    plan: Plan
    deeds: list[Deed]
    onset: float
    per_second: float
    """attempts that failed a second, soon after the onset"""
    split: Signal | None
    services: Mapping[str, Service]


def look(
    plan: Plan,
    deeds: list[Deed],
    services: Mapping[str, Service],
    *,
    played: Played,
    onset: float,
    per_second: float,
    hidden: set[str],
) -> Seen:
    """Return what is to be seen of a case; `hidden` roles do not log their builds."""
    tried = [each.start for each in deeds if each.part not in SUSPECT]
    told = plan.versions_logged and plan.successes_logged
    split = signal(played, onset, min(tried, default=plan.length)) if told else None
    shown = {role: service for role, service in services.items() if role not in hidden}
    return Seen(plan, deeds, onset, rounded(max(per_second, 1 / 900)), split, shown)


def posterior(seen: Seen) -> dict[str, float]:
    """Return the probability of every recorded change by its id, and of `none`."""
    listed = [each for each in seen.deeds if each.listed]
    suspects = [each for each in listed if each.part in SUSPECT]
    result = dict.fromkeys((each.change_id for each in listed), 0.0)
    if not suspects:
        return result | {"none": 1.0}
    score = _scores(seen, suspects)
    top = max(0.0, float(score.max()))
    weights = np.exp(np.append(score, 0.0) - top)
    shares = weights / weights.sum()
    for deed, share in zip(suspects, shares, strict=False):
        result[deed.change_id] = round(float(share), 6)
    return result | {"none": round(float(shares[-1]), 6)}


def _scores(seen: Seen, suspects: list[Deed]) -> Floats:
    """Return the log odds of each suspect against "none of them"."""
    plan, count = seen.plan, len(suspects)
    gaps = np.array([seen.onset - each.recorded_start for each in suspects])
    usual = np.array([innocent_share(each.change_type) for each in suspects])
    usual = usual / (plan.length + BEFORE)
    general = law()
    prior = general.guilty / (1 - general.guilty) * of_count(count - 1) / of_count(count) / count
    fits = np.array([_fit(seen, deed, gap) for deed, gap in zip(suspects, gaps, strict=True)])
    others = _overlapping(seen, suspects, usual) / _innocently(seen, suspects, gaps, usual)
    with np.errstate(divide="ignore"):
        score = np.log(prior * fits / usual * others)
    return np.asarray(score + np.array([_split(seen, deed) for deed in suspects]))


def _at(density: Floats, gap: float) -> float:
    return float(np.interp(gap, GRID, density, left=0.0, right=0.0))


def _fit(seen: Seen, deed: Deed, gap: float) -> float:
    share = law().types.get(deed.change_type, 0.0)
    if not share or not GRID[0] < gap < GRID[-1]:
        return 0.0
    return share * _at(onset_after(deed.change_type, seen.plan.record_law, seen.per_second), gap)


def _deploys(suspects: list[Deed]) -> Floats:
    return np.array([float(each.change_type == "deploy") for each in suspects])


def _innocently(seen: Seen, suspects: list[Deed], gaps: Floats, usual: Floats) -> float:
    """Return how likely the suspects' times are if none is guilty: one may be a decoy."""
    general, count = law(), len(suspects)
    density = decoy_before(seen.plan.record_law, seen.per_second)
    near = np.interp(gaps, GRID, density, left=0.0, right=0.0) * _deploys(suspects)
    ratio = of_count(count - 1) / of_count(count) / count
    return float(1 - general.decoys + general.decoys * ratio * (near / usual).sum())


def _overlapping(seen: Seen, suspects: list[Deed], usual: Floats) -> Floats:
    """Return the same for each suspect if it is guilty: another deploy may overlap it."""
    general, count = law(), len(suspects)
    if count < 2:
        return np.array([1 - general.overlaps])
    starts = np.array([each.recorded_start for each in suspects])
    gaps = starts[None, :] - starts[:, None]
    density = beside(seen.plan.record_law)
    near = np.interp(gaps, GRID, density, left=0.0, right=0.0) * _deploys(suspects) / usual
    np.fill_diagonal(near, 0.0)
    ratio = of_count(count - 2) / of_count(count - 1) / (count - 1)
    return np.asarray(1 - general.overlaps + general.overlaps * ratio * near.sum(axis=1))


def _split(seen: Seen, deed: Deed) -> float:
    service = seen.services.get(deed.role)
    if seen.split is None or service is None or deed.change_type != "deploy":
        return 0.0
    return log_ratio(seen.split, deed, service, seen.onset)
