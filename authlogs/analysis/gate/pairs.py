"""Pairs of like attempts: one of the new build, one beside it; same time, client and region.

What hits both alike (a busy hour, a region that is down, a client that breaks) cancels in a pair.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.gate.attempts import Handled
from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools

STRATUM_S = 300
WARM_S = 600
"""How long after it came up under another build a host counts as just restarted."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Differences in order of time: 1 only the first failed, -1 only the second, 0 alike.

    `left` counts the attempts of the first kind that had no fellow.
    """

    difference: Floats
    left: int


def pair(seen: Handled, first: Bools, second: Bools) -> Pairs:
    """Pair each first attempt with a second one of its five minutes, client and region.

    The n-th goes with the n-th in order of time: what comes later changes no pair.
    """
    stratum = seen.at_us // (STRATUM_S * MICROS) * (int(seen.kind.max(initial=0)) + 1) + seen.kind
    one, other = np.flatnonzero(first), np.flatnonzero(second)
    a, b = _keys(stratum, one), _keys(stratum, other)
    _, mine, theirs = np.intersect1d(a, b, return_indices=True)
    # Sorting by key keeps no order of time: places are taken back and put in it.
    mine, theirs = one[_order(stratum, one)[mine]], other[_order(stratum, other)[theirs]]
    when = np.argsort(np.maximum(seen.at_us[mine], seen.at_us[theirs]), kind="stable")
    difference = seen.failed[mine].astype(np.float64) - seen.failed[theirs]
    return Pairs(difference[when], len(one) - len(mine))


def just_restarted(seen: Handled, before_us: int) -> Bools:
    """Return the attempts on hosts that had come up under another build shortly before.

    Only what was before a moment counts. A host that is first seen long after its service has come
    up then; one that is there from the beginning has not.
    """
    if not len(seen.at_us):
        return np.zeros(0, dtype=bool)
    host = np.unique(seen.host.astype(str), return_inverse=True)[1]
    order = np.lexsort((seen.at_us, host))
    at, build, host = seen.at_us[order], seen.version[order], host[order]
    first = np.concatenate(([True], host[1:] != host[:-1]))
    late = at > at.min() + WARM_S * MICROS
    came_up = np.where(first, late, np.concatenate(([False], build[1:] != build[:-1])))
    came_up &= at < before_us
    # The last time that the very host came up, carried along; a host's first entry ends that.
    place = np.maximum.accumulate(np.where(first | came_up, np.arange(len(at)), 0))
    warm = np.empty(len(at), dtype=bool)
    warm[order] = came_up[place] & (at - at[place] < WARM_S * MICROS)
    return warm


def _keys(stratum: Ints, chosen: Ints) -> Ints:
    """Return, in order of stratum, one number for each attempt: its stratum and its rank in it."""
    ordered = stratum[chosen][_order(stratum, chosen)]
    _, start, inverse = np.unique(ordered, return_index=True, return_inverse=True)
    rank = np.arange(len(ordered)) - start[inverse] if len(ordered) else ordered
    return np.asarray(ordered * (len(stratum) + 1) + rank, dtype=np.int64)


def _order(stratum: Ints, chosen: Ints) -> Ints:
    return np.argsort(stratum[chosen], kind="stable")
