"""What the builds say: failing and succeeding first tries by build, in the same minutes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.played import (
    CHALLENGE,
    FAILURE,
    ISSUE,
    LOGIN,
    MFA,
    SUCCESS,
    VALIDATE,
    Played,
)

WINDOW: Final = 1800.0
STAGE_OF: Final = {"login": LOGIN, "issuer": ISSUE, "gateway": VALIDATE}


@dataclass(frozen=True)
class Signal:
    """First tries at the stage that fails, with the hosts that each had passed."""

    moments: Floats
    failed: Bools
    hosts: dict[str, Ints]
    """by role; -1 where a try did not get that far"""
    usual: float
    """share that failed before the onset"""


def signal(played: Played, onset: float, until: float) -> Signal | None:
    """Return the first tries of the failing stage; None where no row tells of the fault."""
    own = played.where(played.fresh)
    events, counts = np.unique(own.event[own.faulty], return_counts=True)
    if not events.size:
        return None
    event = int(events[np.argmax(counts)])
    here = own.where(own.event == event)
    if event == MFA:
        here = here.where(here.outcome == CHALLENGE)
        failed, counted = here.faulty, np.ones(here.moments.size, dtype=np.bool_)
    else:
        reasons = np.unique(here.reason[here.faulty])
        failed = (here.outcome == FAILURE) & np.isin(here.reason, reasons)
        counted = failed | (here.outcome == SUCCESS)
    before = counted & (here.moments < onset)
    usual = (float((failed & before).sum()) + 0.2) / (float(before.sum()) + 1.0)
    inside = counted & (here.moments >= onset) & (here.moments < min(until, onset + WINDOW))
    rows = here.where(inside)
    hosts = {role: _hosts(own, stage, rows.trace) for role, stage in STAGE_OF.items()}
    return Signal(rows.moments, failed[inside], hosts, min(usual, 0.9))


def _hosts(own: Played, stage: int, trace: Ints) -> Ints:
    passed = own.where(own.event == stage)
    order = np.argsort(passed.trace, kind="stable")
    ids, hosts = passed.trace[order], passed.host[order]
    if not ids.size:
        return np.full(trace.size, -1)
    place = np.minimum(np.searchsorted(ids, trace), ids.size - 1)
    return np.where(ids[place] == trace, hosts[place], -1)


def log_ratio(seen: Signal, deed: Deed, service: Service, onset: float) -> float:
    """Return how much better "only its build fails" fits the split than "builds are alike"."""
    host = seen.hosts[service.role]
    known = host >= 0
    if not known.any():
        return 0.0
    moments, failed = seen.moments[known], seen.failed[known]
    version = service.versions.index(deed.version)
    new = service.version_at(host[known], moments) == version
    minute = ((moments - onset) / 60).astype(np.int64)
    total = 0.0
    size = int(minute.max()) + 1 if minute.size else 0
    table = np.zeros((size, 2, 2))
    np.add.at(table, (minute, new.astype(np.int64), failed.astype(np.int64)), 1)
    for at in range(size):
        near = table[max(0, at - 2) : at + 3].sum(axis=0)
        total += _minute(table[at], near, seen.usual)
    return total


def _minute(table: Floats, near: Floats, usual: float) -> float:
    old, new = table
    if not old.sum() or not new.sum():
        return 0.0
    rate = near[:, 1].sum() / near.sum()
    share = near[1].sum() / near.sum()
    broken = float(np.clip((rate - usual * (1 - share)) / share, usual, 0.99))
    odds = np.log(broken / (1 - broken)) - np.log(usual / (1 - usual))
    fails = int(old[1] + new[1])
    low, high = max(0, fails - int(old.sum())), min(fails, int(new.sum()))
    counts = np.arange(low, high + 1)
    ways = _log_choose(new.sum(), counts) + _log_choose(old.sum(), fails - counts)
    tilted = ways + counts * odds
    mine = int(new[1]) - low
    return float((tilted[mine] - _log_sum(tilted)) - (ways[mine] - _log_sum(ways)))


def _log_sum(terms: Floats) -> float:
    top = float(terms.max())
    return top + float(np.log(np.exp(terms - top).sum()))


def _log_choose(total: float, chosen: Ints) -> Floats:
    ladder = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(total) + 1)))])
    return np.asarray(ladder[int(total)] - ladder[chosen] - ladder[int(total) - chosen])
