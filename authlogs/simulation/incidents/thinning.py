"""Fewer people where a case would have more lines than asked for."""

from dataclasses import replace

import numpy as np

from authlogs.simulation.incidents.arrays import Ints
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.people import People
from authlogs.simulation.incidents.played import Played, Vanished


def thin(
    chance: Chance, people: People, played: Played, vanished: Vanished, *, cost: Ints, lines: float
) -> tuple[Played, Vanished]:
    """Return what some of the people did, so that there are at most so many lines.

    `cost` is how many lines each row makes.

    Whole people are left out, never single attempts: what is left is true of a smaller site.
    """
    if cost.sum() <= lines:
        return played, vanished
    order = chance.stream("thinning").permutation(len(people.names))
    per_person = np.bincount(played.user, weights=cost, minlength=order.size)[order]
    last = int(np.searchsorted(np.cumsum(per_person), lines, side="right"))
    kept = np.zeros(order.size, dtype=np.bool_)
    kept[order[:last]] = True
    gone = kept[vanished.user]
    rest = replace(vanished, moments=vanished.moments[gone], user=vanished.user[gone])
    return played.where(kept[played.user]), rest
