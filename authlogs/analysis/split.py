"""Which attempts fail, given how many fail in the minute: the conditional split.

Within a minute the severity of the fault cancels, so that a theory is held only to *who* failed.
Cells are strata of a minute; the odds ratio is free, on a log grid, and averaged over.
"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.exposure import EXPOSED
from authlogs.analysis.likelihood import Floats, log_split, log_sum
from authlogs.analysis.series import MICROS

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
    """Return (exposed failed, exposed, failed, tried) for each minute that holds a contrast."""
    margin = 30 * 60 * MICROS
    used = case.units.used_us
    known = np.isfinite(reached) & (used >= case.start_us - margin) & (used < case.end_us)
    exposed, failed = reached[known] > EXPOSED, case.units.failed[known]
    minute = ((used[known] - case.grid.start_us) // (STRATUM_S * MICROS)).astype(np.int64)
    if not len(minute):
        return []
    minute -= minute.min()
    counts = [
        np.bincount(minute, weights=w)
        for w in (exposed & failed, exposed, failed, np.ones(len(minute)))
    ]
    cells = np.stack(counts, axis=1).astype(np.int64)
    contrast = (cells[:, 1] > 0) & (cells[:, 1] < cells[:, 3])
    contrast &= (cells[:, 2] > 0) & (cells[:, 2] < cells[:, 3])
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in cells[contrast]]
