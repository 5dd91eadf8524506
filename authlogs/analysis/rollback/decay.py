"""How bad tokens should die out once none is issued any more, and how they did.

Survival of presentations, learned before the command: of the tokens that reached a minute of age,
how many were refused in it? Tokens refused twice already (a tab that polls, a client that loops)
go on otherwise than the rest, so they are a state of their own (a two-state actuarial table, as in
Hoem 1977, censored at the command). The tokens that are out at the rollback's end are aged by it.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.lineage import ISSUES, KEYS
from authlogs.analysis.result import Incident
from authlogs.analysis.rollback.hosts import BIN_S, Traffic
from authlogs.analysis.rollups import whole
from authlogs.analysis.series import MICROS, dense, micros
from authlogs.analysis.survival import USED
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

LEAST_REFUSED = 30
MOST_AGE = 24 * 60
"""Minutes of age that are looked at."""
ISSUED = f"""
SELECT {whole('(unix_micros("time") - $1)', str(BIN_S * MICROS))} AS bin, count(*) AS tokens
FROM events
WHERE "time" IS NOT NULL AND service = $2 AND service_version = $3 AND {ISSUES}
  AND unix_micros("time") >= $1 AND unix_micros("time") < $4
GROUP BY ALL ORDER BY bin
"""
Z95 = 1.96
GONE = 0.99


@dataclass(frozen=True, kw_only=True)
class Decay:
    """The tail after a rollback's end: refused presentations and seconds, predicted and seen.

    `predicted_interval` holds 95 %, for refusals that come in runs of one token. `half_s` and
    `gone_s`: seconds after which half, and 99 %, of the tail's refusals were over.
    """

    predicted: float
    predicted_interval: tuple[float, float]
    observed: int
    predicted_half_s: float
    observed_half_s: float | None
    predicted_gone_s: float
    observed_gone_s: float | None

    @property
    def as_predicted(self) -> bool:
        """Whether no more was refused than tokens issued before the end explain."""
        return self.observed <= self.predicted_interval[1]


@dataclass(frozen=True, eq=False)
class Refusals:
    """Refusals in minutes: `when` from the command on, `age` of the token, `rank` among its own.

    `second`: by token, the age at its second refusal (a great number where there was none), and
    `born`, the minute of its issue.
    """

    when: Ints
    age: Ints
    rank: Ints
    born: Ints
    second: Ints
    own: Ints


def decay_after(
    events: Events, incident: Incident, traffic: Traffic, *, until: datetime
) -> Decay | None:
    """Return the tail of a rollback; null where tokens cannot be followed, or too few were refused.

    Needs a lineage of token, jti or session, and a service that issues the tokens itself.
    """
    level = incident.lineage.level
    if level not in KEYS or traffic.gone is None:
        return None
    seen = _refusals(events, incident, traffic, KEYS[level])
    width = BIN_S * MICROS
    first = math.floor((micros(incident.onset) - traffic.command_us) / width)
    last = math.ceil((micros(until) - traffic.command_us) / width)
    end = max(1, math.ceil((traffic.end_us - traffic.command_us) / width))
    made = _issued(events, traffic, first, max(last, 1) - first)
    early = seen.when < 0
    if early.sum() < LEAST_REFUSED or made[:-first].sum() < LEAST_REFUSED or end >= last:
        return None
    tail = _aged(_table(seen, made, -first), seen, made, first=first, end=end, last=last)
    told = np.bincount(seen.when[(seen.when >= end) & (seen.when < last)] - end)
    runs = np.bincount(seen.own[early]).astype(np.float64)
    return _compared(tail, told.astype(np.float64), float((runs**2).sum() / runs.sum()))


def _issued(events: Events, traffic: Traffic, first: int, bins: int) -> Floats:
    """Return the tokens that the build taken back issued, by minute from minute `first` on."""
    start = traffic.command_us + first * BIN_S * MICROS
    params = [start, traffic.service, traffic.gone, start + bins * BIN_S * MICROS]
    rows = run_sql(ISSUED, params, events=events)
    return dense(rows, "tokens", bins).astype(np.float64)


def _refusals(events: Events, incident: Incident, traffic: Traffic, key: str) -> Refusals:
    signal = incident.signal
    params = [signal.service, signal.event_type, signal.reason]
    rows = run_sql(USED.format(key=key), params, events=events)
    failed = rows["failed"].to_numpy().astype(bool)
    used, issued = (rows[n].to_numpy()[failed] for n in ("used_us", "issued_us"))
    width = BIN_S * MICROS
    age = (used - issued) // width
    kept = (age >= 0) & (age < MOST_AGE)
    used, issued, age = used[kept], issued[kept], age[kept]
    order = np.lexsort((used, issued))  # one moment of issue is one token
    used, issued, age = used[order], issued[order], age[order]
    born, start, own = np.unique(issued, return_index=True, return_inverse=True)
    rank = np.arange(len(own)) - start[own]
    second = np.full(len(born), MOST_AGE)
    second[own[rank == 1]] = age[rank == 1]
    when = (used - traffic.command_us) // width
    return Refusals(when, age, rank, (born - traffic.command_us) // width, second, own)


def _table(seen: Refusals, made: Floats, command: int) -> tuple[Floats, Floats, Floats]:
    """Return, by minute of age: refusals a token that was refused once at most, the share of these
    that are refused a second time, and refusals a token that was refused twice before.
    """
    ages = np.arange(min(command, MOST_AGE))
    early = seen.when < 0
    # A token of minute s is seen at age a before the command where s + a lies before it.
    reached = np.cumsum(made[:command])[::-1][: len(ages)]
    twice = _alive_between(seen.second + 1, np.minimum(-seen.born, len(ages)), len(ages))
    again = early & (seen.age > seen.second[seen.own])

    def by_age(chosen: np.ndarray) -> Floats:
        return np.bincount(seen.age[chosen], minlength=len(ages))[: len(ages)].astype(np.float64)

    once = np.maximum(reached - twice, 1.0)
    turned = by_age(early & (seen.rank == 1)) / once
    return by_age(early & ~again) / once, turned, by_age(again) / np.maximum(twice, 1.0)


def _alive_between(first: Ints, last: Ints, ages: int) -> Floats:
    """Count, by age, the tokens that are in a state from age `first` to `last` (past the end)."""
    chosen = first < last
    came, went = (np.bincount(edge[chosen], minlength=ages + 1) for edge in (first, last))
    return np.cumsum(came - went)[:ages].astype(np.float64)


def _aged(
    table: tuple[Floats, Floats, Floats],
    seen: Refusals,
    made: Floats,
    *,
    first: int,
    end: int,
    last: int,
) -> Floats:
    """Return the refusals to be expected by minute from `end` on, of tokens issued before it."""
    once_rate, turned, twice_rate = table
    ages = len(once_rate)
    issued = made[: end - first][::-1][:ages]
    before = seen.second + seen.born < end
    old = np.bincount(np.clip(end - 1 - seen.born[before], 0, MOST_AGE), minlength=ages)
    twice: Floats = old[:ages].astype(np.float64)
    once: Floats = np.maximum(np.pad(issued, (0, ages - len(issued))) - twice, 0.0)
    tail = np.zeros(last - end)
    for minute in range(last - end):
        once, twice = _older(once), _older(twice)
        tail[minute] = once @ once_rate + twice @ twice_rate
        once, twice = once * (1 - np.minimum(turned, 1.0)), twice + once * turned
    return tail


def _older(counts: Floats) -> Floats:
    """Return counts by age, a minute later."""
    return np.concatenate(([0.0], counts[:-1]))


def _compared(tail: Floats, told: Floats, run: float) -> Decay:
    """Return prediction and observation; `run` is how many refusals come of one token at a time."""
    total = float(tail.sum())
    half = Z95 * math.sqrt(max(1.0, run) * max(total, 1.0))
    return Decay(
        predicted=total,
        predicted_interval=(max(0.0, total - half), total + half),
        observed=int(told.sum()),
        predicted_half_s=_reached(tail, 0.5) or 0.0,
        observed_half_s=_reached(told, 0.5),
        predicted_gone_s=_reached(tail, GONE) or 0.0,
        observed_gone_s=_reached(told, GONE),
    )


def _reached(tail: Floats, share: float) -> float | None:
    """Return the seconds after which a share of the tail is over; null where there is none."""
    if tail.sum() <= 0:
        return None
    return float(BIN_S * (1 + int(np.searchsorted(np.cumsum(tail), share * tail.sum() - 1e-9))))
