"""Which attempts fail, given how many fail in the minute: the conditional split.

Within a minute the severity of the fault cancels, so that a theory is held only to *who* failed.
The odds ratio is free, on a log grid, and averaged over.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints, log_split, log_sum
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools, Units, factors

EXPOSED = 0.5
"""A unit counts as exposed when more than this share of its path ran under the change."""
STRATUM_S = 60
MARGIN_S = 1_800
MOST_STRATA = 240
MOST_TRIED = 400
"""Greater strata count as this many attempts: their shares are sure enough, and weigh no more."""
ODDS = np.exp(np.linspace(np.log(1.5), np.log(4_000.0), 24))


@dataclass(frozen=True, eq=False)
class Attempts:
    """The units near an incident: which are looked at, which lie inside, which failed.

    `minute` and `kind` (a minute, region, client, and whether it was issued before) are the strata.
    `repeats` is how many units one failing person makes: they are not independent.
    """

    chosen: Bools
    inside: Bools
    failed: Bools
    minute: Ints
    kind: Ints
    repeats: float


def attempts_of(units: Units, inside: Bools, start_us: float, end_us: float) -> Attempts:
    """Return the units that a split looks at: the incident's, and those shortly before it."""
    lead = start_us - MARGIN_S * MICROS
    chosen = (units.used_us >= lead) & (units.used_us < end_us)
    width = max(STRATUM_S, (end_us - lead) / MICROS / MOST_STRATA)
    minute = (units.used_us // (width * MICROS)).astype(np.int64)
    regions, region = factors(units.dimensions["region"])
    clients, client = factors(units.dimensions["client"])
    place = (region + 1) * (len(clients) + 1) + client + 1
    places = (len(regions) + 1) * (len(clients) + 1)
    kind = 2 * (minute * places + place) + (units.issued_us < start_us)
    failing = inside & units.failed
    people = len(set(units.person[failing].tolist()))
    repeats = max(1.0, failing.sum() / people) if people else 1.0
    return Attempts(chosen, inside, units.failed, minute, kind, repeats)


def log_split_of(attempts: Attempts, reached: Floats) -> float | None:
    """Return the log Bayes factor of a split by `reached` against no split at all.

    `reached` has one entry a unit (0 to 1, NaN unknown). Null where minutes hold no contrast. Where
    a minute's regions, clients and ages hold contrasts of their own, these are the strata: what
    hits one region alone, or all that was issued before an instant, must not look like a version.
    """
    known = attempts.chosen & np.isfinite(reached)
    exposed, failed = reached[known] > EXPOSED, attempts.failed[known]
    for strata in (attempts.kind[known], attempts.minute[known]):
        cells = contrasts(strata, exposed, failed)
        if len(cells):
            total = sum(log_split(*cell, ODDS) for cell in cells)
            return float(log_sum(np.asarray(total)) - np.log(len(ODDS))) / attempts.repeats
    return None


def contrasts(strata: Ints, exposed: Bools, failed: Bools) -> list[tuple[int, int, int, int]]:
    """Return (exposed failed, exposed, failed, tried) of each stratum that tells anything."""
    _, place = np.unique(strata, return_inverse=True)
    weights = (exposed & failed, exposed, failed, np.ones(len(place)))
    cells = np.stack([np.bincount(place, weights=w) for w in weights], axis=1)
    cells = cells[(cells[:, 1] > 0) & (cells[:, 1] < cells[:, 3])]
    cells = cells[(cells[:, 2] > 0) & (cells[:, 2] < cells[:, 3])]
    kept = np.rint(cells / np.maximum(1.0, cells[:, 3:] / MOST_TRIED)).astype(np.int64)
    return [_whole(*cell) for cell in kept.tolist()]


def _whole(hit: int, exposed: int, failed: int, tried: int) -> tuple[int, int, int, int]:
    """Return four rounded counts that still fit together."""
    lowest, highest = max(0, exposed + failed - tried), min(exposed, failed)
    return min(max(hit, lowest), highest), exposed, failed, tried
