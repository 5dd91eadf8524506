"""Wishes to sign in: what one person tried until they got in or gave up, counted once.

Retries, redirect loops and refresh storms are one person's one wish. An episode is a chain of
units of one person in which no two neighbours lie further apart than a quarter of an hour, and
which ends when one of them goes well.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools, Units

GAP_S = 900
"""Somebody who tries again later than this has another wish."""


@dataclass(frozen=True, eq=False)
class Episodes:
    """One entry an episode, in order of `start_us`.

    `well` tells whether it ended with success; `later_us` is the start of the same person's next
    success, NaN where there is none; `unit` is the place of its first unit, `units` how many it
    holds; `who` numbers people, -1 for one without a name.
    """

    start_us: Floats
    well: Bools
    later_us: Floats
    unit: Ints
    units: Ints
    who: Ints

    def __len__(self) -> int:
        return len(self.start_us)


def find_episodes(units: Units, chosen: Bools) -> Episodes:
    """Return the episodes of the chosen units."""
    places = np.flatnonzero(chosen)
    who = _numbered(units, places)
    order = np.lexsort((units.used_us[places], who))
    places, who = places[order], who[order]
    at, well = units.used_us[places], ~units.failed[places]
    first = np.ones(len(places), dtype=bool)
    if len(places) > 1:
        same = (who[1:] == who[:-1]) & (who[1:] >= 0)
        close = np.diff(at) <= GAP_S * MICROS
        first[1:] = ~(same & close & ~well[:-1])
    heads = np.flatnonzero(first)
    ends = np.append(heads[1:], len(places)) - 1 if len(heads) else heads
    succeeded = well[ends] if len(ends) else np.zeros(0, dtype=bool)
    later = _next_success(who[heads], at[heads], succeeded)
    made = Episodes(
        start_us=at[heads],
        well=succeeded,
        later_us=later,
        unit=places[heads],
        units=np.diff(np.append(heads, len(places))),
        who=who[heads],
    )
    return _by_time(made)


def _numbered(units: Units, places: Ints) -> Ints:
    """Number people; those without a name are -1, and nobody's neighbour."""
    names = units.person[places]
    known = np.array([name is not None for name in names], dtype=bool)
    numbers = np.full(len(places), -1, dtype=np.int64)
    if known.any():
        numbers[known] = np.unique(names[known].astype(str), return_inverse=True)[1]
    return numbers


def _next_success(who: Ints, start_us: Floats, well: Bools) -> Floats:
    """Return for each episode, by person and time, the start of the next one that goes well."""
    none = len(who)
    at = np.where(well, np.arange(none), none)
    coming = np.append(np.minimum.accumulate(at[::-1])[::-1], none)[1:]
    known = np.flatnonzero((coming < none) & (who >= 0))
    known = known[who[coming[known]] == who[known]]
    later = np.full(none, np.nan)
    later[known] = start_us[coming[known]]
    return later


def _by_time(made: Episodes) -> Episodes:
    order = np.argsort(made.start_us, kind="stable")
    return Episodes(
        made.start_us[order],
        made.well[order],
        made.later_us[order],
        made.unit[order],
        made.units[order],
        made.who[order],
    )
