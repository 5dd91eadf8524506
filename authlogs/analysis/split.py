"""Which attempts fail, given how many fail in the minute: the conditional split.

Within a minute the severity of the fault cancels, so that a theory is held only to *who* failed.
Strata are a minute of one region and client, or of all where these hold no contrast; the odds ratio
is free, on a log grid, and averaged over.
"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.exposure import EXPOSED
from authlogs.analysis.likelihood import Floats, Ints, log_split, log_sum
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools

STRATUM_S = 60
ODDS = np.exp(np.linspace(np.log(1.5), np.log(4_000.0), 24))


def split_of(case: Case, reached: Floats) -> float:
    """Return the log Bayes factor of a split by `reached` against no split at all.

    `reached` has one entry a unit (0 to 1, NaN unknown). 0 where minutes hold no contrast. The
    result is divided by the design effect: a person's repeated tokens are not independent.
    """
    strata = _strata(case, reached)
    total = np.zeros_like(ODDS)
    for exposed_failed, exposed, failed, tried in strata:
        total += log_split(exposed_failed, exposed, failed, tried, ODDS)
    if not total.any():
        return 0.0
    return float(log_sum(total) - np.log(len(ODDS))) / repeats(case)


def repeats(case: Case) -> float:
    """Return how many units one failing person makes in five minutes: the design effect."""
    failing = case.inside & case.units.failed
    people = case.units.person[failing]
    slots = (case.units.used_us[failing] // (300 * MICROS)).astype(np.int64)
    distinct = len(set(zip(people.tolist(), slots.tolist(), strict=True)))
    return max(1.0, failing.sum() / distinct) if distinct else 1.0


def _strata(case: Case, reached: Floats) -> list[tuple[int, int, int, int]]:
    """Return (exposed failed, exposed, failed, tried) for each stratum that holds a contrast."""
    margin = 30 * 60 * MICROS
    used = case.units.used_us
    known = np.isfinite(reached) & (used >= case.start_us - margin) & (used < case.end_us)
    exposed, failed = reached[known] > EXPOSED, case.units.failed[known]
    for places in (stratum_of(case)[known], minute_of(case)[known]):
        found = _contrasts(places, exposed, failed)
        if found:
            return found
    return []


def minute_of(case: Case) -> Ints:
    """Return the minute of each unit."""
    return (case.units.used_us // (STRATUM_S * MICROS)).astype(np.int64)


def stratum_of(case: Case) -> Ints:
    """Return the stratum of each unit: its minute, region and client.

    A canary's traffic is not random: what hits one region or client alone must not look like a
    version.
    """
    region, client = (case.units.dimensions[name].astype(str) for name in ("region", "client"))
    _, kind = np.unique(np.char.add(np.char.add(region, "\x1f"), client), return_inverse=True)
    return np.asarray(minute_of(case) * (int(kind.max(initial=0)) + 1) + kind, dtype=np.int64)


def _contrasts(places: Ints, exposed: Bools, failed: Bools) -> list[tuple[int, int, int, int]]:
    _, stratum = np.unique(places, return_inverse=True)
    counts = [
        np.bincount(stratum, weights=w)
        for w in (exposed & failed, exposed, failed, np.ones(len(stratum)))
    ]
    cells = np.stack(counts, axis=1).astype(np.int64)
    contrast = (cells[:, 1] > 0) & (cells[:, 1] < cells[:, 3])
    contrast &= (cells[:, 2] > 0) & (cells[:, 2] < cells[:, 3])
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in cells[contrast]]
