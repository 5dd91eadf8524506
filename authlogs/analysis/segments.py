"""Which slice of the traffic carries the surge, and which does not."""

import math

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.result import Segment

SHOWN = ("client", "browser", "region", "idp", "use_instance", "issue_instance")
LEAST_PEOPLE = 5
MOST = 8
Z90 = 1.645


def compare_segments(case: Case) -> tuple[Segment, ...]:
    """Return slices with their failing share against the rest, most different first.

    New sign-ins inside the incident only; slices of under five people are left out. The interval is
    the 90 % interval of the rate ratio (Katz et al. 1978, half a count added).
    """
    if case.incident.signal.denominator == "none":
        return ()
    found = []
    units, chosen = case.units, case.inside & case.fresh
    for name in SHOWN:
        words = units.dimensions[name][chosen]
        failed, people = units.failed[chosen], units.person[chosen]
        for value in sorted({str(w) for w in words if w is not None}):
            here = words == value
            if len(set(people[here])) < LEAST_PEOPLE or not (~here).any():
                continue
            found.append(_segment(name, value, failed, here))
    return tuple(sorted(found, key=lambda s: -abs(math.log(s.rate_ratio)))[:MOST])


def _segment(name: str, value: str, failed: np.ndarray, here: np.ndarray) -> Segment:
    k1, n1, k0, n0 = failed[here].sum(), here.sum(), failed[~here].sum(), (~here).sum()
    ratio = ((k1 + 0.5) / (n1 + 0.5)) / ((k0 + 0.5) / (n0 + 0.5))
    spread = math.sqrt(
        max(0.0, 1 / (k1 + 0.5) - 1 / (n1 + 0.5)) + max(0.0, 1 / (k0 + 0.5) - 1 / (n0 + 0.5))
    )
    return Segment(
        where={name: value},
        rate=float(k1 / n1),
        rest=float(k0 / n0),
        rate_ratio=float(ratio),
        interval=(float(ratio * math.exp(-Z90 * spread)), float(ratio * math.exp(Z90 * spread))),
    )
