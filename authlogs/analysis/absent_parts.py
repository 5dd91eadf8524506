"""Which part of the people stayed away: one application, browser, region or provider is dead.

A part is held against the others of its step: when everybody stays away it is no part that does.
"""

from collections.abc import Iterator

import numpy as np

from authlogs.analysis.carriers import Carrier
from authlogs.analysis.likelihood import Floats, Ints, log_split, log_sum
from authlogs.analysis.parts import Part, Parts
from authlogs.analysis.series import Grid, Series
from authlogs.analysis.split import MOST_TRIED, ODDS
from authlogs.analysis.units import Bools, Units
from authlogs.analysis.volume import LEAST_LEVEL, MISSING, expected

SMOOTH_BINS = 15
LEAST_PART, MOST_PART = 0.05, 0.95
"""A smaller part is somebody's program; a greater one is everybody."""


def absent_parts(parts: Parts, grid: Grid) -> Iterator[Series]:
    """Yield, for each part of the people of a first step, how many were missing of those expected.

    A part whose share of its step was never worth a look has no series.
    """
    came = {part: np.sum(list(reasons.values()), axis=0) for part, reasons in parts.items()}
    whole: dict[tuple[str | None, str, str], Ints] = {}
    for part, people in came.items():
        whole[part[:3]] = whole.get(part[:3], np.zeros_like(people)) + people
    for part, people in came.items():
        others = whole[part[:3]] - people
        share = people.sum() / (people.sum() + others.sum())
        if LEAST_PART <= share <= MOST_PART and np.median(people) >= LEAST_LEVEL / 2:
            level = _held_against(people, others, grid)
            if np.median(level) >= LEAST_LEVEL:
                yield _series(part, people, level)


def _series(part: Part, people: Ints, level: Floats) -> Series:
    missing = np.maximum(0, np.rint(level).astype(np.int64) - people)
    tried = missing + people
    return Series(part[0], part[1], MISSING, missing, tried, "attempts", part[2:])


def _held_against(people: Ints, others: Ints, grid: Grid) -> Floats:
    """Return the level of a part, lower by as much as the others stay away too."""
    usual = expected(others, grid)
    window = np.ones(min(SMOOTH_BINS, grid.bins))
    came, due = (np.convolve(values, window, "same") for values in (others, usual))
    calm = np.where(due > 0, came / np.maximum(due, 1e-9), 1.0)
    return np.asarray(expected(people, grid) * np.clip(calm, 0.0, 1.0))


def carrier_of(series: Series, bins: slice, units: Units, inside: Bools) -> Carrier | None:
    """Return the part that stays away as what carries an incident; null where everybody does.

    `bins` are those of the incident, `inside` its units.
    """
    if series.where is None or series.reason != MISSING:
        return None
    dimension, word = series.where
    here: Bools = units.dimensions[dimension] == word
    missing, due = (int(values[bins].sum()) for values in (series.failed, series.tried))
    beside = int((inside & ~here).sum())
    scale = max(1.0, (due + beside) / MOST_TRIED)
    lost, part, whole = (int(number / scale) for number in (missing, due, due + beside))
    gain = float(log_sum(log_split(lost, part, lost, whole, ODDS)) - np.log(len(ODDS)))
    return Carrier(dimension, word, gain, missing, due, 0, beside, here, verb="are missing")
