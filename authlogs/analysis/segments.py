"""Which slice of the traffic carries the surge, alone or crossed with another."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.result import Segment
from authlogs.analysis.units import Bools

SHOWN = (
    "client", "browser", "region", "idp", "tenant", "use_instance", "issue_instance", "use_version",
)  # fmt: skip
LEAST_PEOPLE = 5
MOST_VALUES = 12
"""Values of a dimension that are crossed with others: the most frequent."""
MOST = 8
Z90 = 1.645
FALSE_SHARE = 0.05
"""Share of false discoveries among the slices shown (Benjamini and Hochberg 1995)."""
FURTHER = 1.3
"""A crossing is shown where it fails at least this much more than what is left of each part."""


@dataclass(frozen=True, eq=False)
class Slice:
    """A part of the traffic: its name, its units, and its segment."""

    where: tuple[tuple[str, str], ...]
    here: Bools
    segment: Segment
    p: float


def compare_segments(case: Case) -> tuple[Segment, ...]:
    """Return slices with their failing share against the rest, most different first.

    New sign-ins inside the incident only, single values and crossings of two; slices of under five
    people are left out. False discoveries are held to 5 %. What a crossing explains is not shown
    again as its parts. The interval is the 90 % interval of the rate ratio (Katz et al. 1978, half
    a count added).
    """
    if case.incident.signal.denominator == "none":
        return ()
    chosen = case.inside & case.fresh
    failed, people = case.units.failed[chosen], case.units.person[chosen].astype(str)
    words = {name: case.units.dimensions[name][chosen] for name in SHOWN}
    singles = list(_singles(words, failed, people))
    crossed = list(_crossings(singles, failed, people))
    kept = _discovered([*singles, *crossed])
    shown = _pruned(kept, failed)
    shown.sort(key=lambda s: -_surely(s.segment))
    return tuple(part.segment for part in shown[:MOST])


def _surely(segment: Segment) -> float:
    """Return how different a slice is at the least: the nearer end of its interval."""
    low, high = segment.interval
    return max(math.log(low), -math.log(high), 0.0)


def _singles(words: dict[str, np.ndarray], failed: Bools, people: np.ndarray) -> Iterator[Slice]:
    for name, column in words.items():
        for value in sorted({str(w) for w in column if w is not None}):
            made = _slice(((name, value),), column == value, failed, people)
            if made:
                yield made


def _crossings(singles: list[Slice], failed: Bools, people: np.ndarray) -> Iterator[Slice]:
    frequent: dict[str, list[Slice]] = {}
    for part in sorted(singles, key=lambda s: -int(s.here.sum())):
        values = frequent.setdefault(part.where[0][0], [])
        if len(values) < MOST_VALUES:
            values.append(part)
    for one, other in combinations(frequent, 2):
        for a in frequent[one]:
            for b in frequent[other]:
                made = _slice((*a.where, *b.where), a.here & b.here, failed, people)
                if made and _goes_further(made.here, (a.here, b.here), failed):
                    yield made


def _slice(
    where: tuple[tuple[str, str], ...], here: Bools, failed: Bools, people: np.ndarray
) -> Slice | None:
    if (~here).sum() == 0 or len(np.unique(people[here])) < LEAST_PEOPLE:
        return None
    segment, p = _measured(dict(where), failed, here)
    return Slice(where, here, segment, p)


def _goes_further(here: Bools, parents: tuple[Bools, Bools], failed: Bools) -> bool:
    """Tell whether a crossing fails more than what is left of either of its parts."""
    for parent in parents:
        left = parent & ~here
        if not left.any():
            return False
        ratio, spread = _ratio(failed, here, left)
        if math.log(ratio) - Z90 * spread < math.log(FURTHER):
            return False
    return True


def _discovered(slices: list[Slice]) -> list[Slice]:
    """Return the slices that stay below the share of false discoveries."""
    ordered = sorted(slices, key=lambda s: s.p)
    lasting = [k for k, s in enumerate(ordered) if s.p <= FALSE_SHARE * (k + 1) / len(ordered)]
    return ordered[: lasting[-1] + 1] if lasting else []


def _pruned(kept: list[Slice], failed: Bools) -> list[Slice]:
    """Leave out single values whose surge is all inside a crossing that is shown."""
    crossings = [s for s in kept if len(s.where) > 1]
    return [
        part
        for part in kept
        if len(part.where) > 1
        or not any(part.where[0] in c.where and _explained(part, c, failed) for c in crossings)
    ]


def _explained(part: Slice, crossing: Slice, failed: Bools) -> bool:
    left, rest = part.here & ~crossing.here, ~part.here & ~crossing.here
    if not left.any() or not rest.any():
        return True
    ratio, spread = _ratio(failed, left, rest)
    return abs(math.log(ratio)) <= Z90 * spread


def _measured(where: dict[str, str], failed: Bools, here: Bools) -> tuple[Segment, float]:
    ratio, spread = _ratio(failed, here, ~here)
    segment = Segment(
        where=where,
        rate=float(failed[here].mean()),
        rest=float(failed[~here].mean()),
        rate_ratio=ratio,
        interval=(ratio * math.exp(-Z90 * spread), ratio * math.exp(Z90 * spread)),
    )
    return segment, math.erfc(abs(math.log(ratio)) / max(spread, 1e-9) / math.sqrt(2))


def _ratio(failed: Bools, here: Bools, rest: Bools) -> tuple[float, float]:
    """Return the rate ratio and the standard error of its logarithm."""
    k1, n1 = float(failed[here].sum()) + 0.5, float(here.sum()) + 0.5
    k0, n0 = float(failed[rest].sum()) + 0.5, float(rest.sum()) + 0.5
    spread = math.sqrt(max(0.0, 1 / k1 - 1 / n1) + max(0.0, 1 / k0 - 1 / n0))
    return (k1 / n1) / (k0 / n0), spread
