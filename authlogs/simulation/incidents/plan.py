"""What a case is: how busy, how long, which way of failing, and what its logs will tell."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import log_uniform
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.declarations import Kind, Way

USUAL_LINES: Final = 200_000
UNBOUNDED: Final = 10**9
MINUTE: Final = 60.0
LINES_A_LOGIN: Final = 4.6
"""Lines that the services write about one login, by experience; the proxy in front adds three."""
ZONES: Final = (
    ("UTC", 0.0), ("America/Bogota", -5.0), ("America/Sao_Paulo", -3.0), ("Asia/Kolkata", 5.5),
    ("Asia/Tokyo", 9.0), ("Africa/Lagos", 1.0),
)  # fmt: skip
"""Zones that knew no summer time in the simulated years."""


@dataclass(frozen=True)
class Options:
    """What a caller may fix; None leaves it to the seed."""

    lines: int | None = None
    rate: float | None = None
    history: float | None = None
    changes: int | None = None
    way: int | None = None
    versions: bool | None = None
    successes: bool | None = None
    going_on: bool | None = None
    dress: str | None = None
    """how all services write their logs, where they can"""


@dataclass(frozen=True)
class Plan:
    """Times are seconds since the first minute of the logs; `start` is that minute in UTC."""

    kind: Kind
    way: Way | None
    start: datetime
    zone: str
    offset_hours: float
    rate: float
    """logins a minute on average, before anybody retries"""
    begins: float
    """when the fault takes effect; infinite for a healthy case"""
    span: float
    """seconds until it is mended, or over by itself"""
    length: float
    going_on: bool
    """the logs end before it is over"""
    uses: float
    """later presentations of a token that are logged"""
    versions_logged: bool
    successes_logged: bool
    tokens_logged: bool
    record_law: str
    """how the times of changes were recorded: exact, minutes or tickets"""
    github: bool
    """deploys are listed as GitHub deployments"""
    edge_logged: bool
    """the proxy in front writes an access log"""
    database_logged: bool
    bastion_logged: bool
    lines: int
    """the logs have at most so many"""
    innocent: int

    @property
    def ends(self) -> float:
        """When the fault is mended or over, in or after the logs."""
        return self.begins + self.span


def _start(rng: np.random.Generator, way: Way | None, begins: float, offset: float) -> datetime:
    day = datetime(2023, 1, 2, tzinfo=UTC) + timedelta(days=int(rng.integers(0, 900)))
    start = day + timedelta(minutes=int(rng.integers(0, 1440)))
    if way is None or not way.round_start:
        return start
    # A certificate ends at a round time: the clock is set so that this is when the fault begins.
    step = int(rng.choice([15, 60, 60, 1440]))
    when = start + timedelta(seconds=begins) + timedelta(hours=offset if step == 1440 else 0)
    midnight = when.replace(hour=0, minute=0, second=0, microsecond=0)
    past = (when - midnight) % timedelta(minutes=step)
    return start - past


def _way(rng: np.random.Generator, kind: Kind, chosen: int | None) -> Way | None:
    if not kind.ways:
        return None
    if chosen is not None:
        return kind.ways[chosen % len(kind.ways)]
    weights = np.array([way.weight for way in kind.ways])
    return kind.ways[int(rng.choice(len(kind.ways), p=weights / weights.sum()))]


def _sizes(
    rng: np.random.Generator, options: Options, after: float, *, edge: bool
) -> tuple[float, float]:
    """Return logins a minute and minutes of history that fit into the lines asked for."""
    rate = options.rate or log_uniform(rng, 5, 5000)
    history = options.history or log_uniform(rng, 20, 2880)
    each = LINES_A_LOGIN + (3.0 if edge else 0.0)
    budget = 0.9 * (options.lines or USUAL_LINES) / each
    if options.history is None:
        least = min(history, float(rng.uniform(25, 90)))
        history = float(np.clip(budget / rate - after, least, history))
    if options.rate is None:
        rate = min(rate, budget / (history + after))
    return rate, history


def _innocent(rng: np.random.Generator, options: Options) -> int:
    if options.changes is not None:
        return options.changes
    return int(np.exp(rng.uniform(0, np.log(201)))) - 1


def plan(kind: Kind, chance: Chance, options: Options) -> Plan:
    """Return what will be simulated."""
    rng = chance.stream("plan")
    way = _way(rng, kind, options.way)
    stretch = 1.0 + 0.5 * chance.attempt  # too small to be seen: it lasts longer next time
    span = stretch * float(rng.uniform(*(way.span if way else (0.0, 0.0))))
    tail = float(rng.uniform(15, 60))
    going_on = bool(rng.random() < 0.15) if options.going_on is None else options.going_on
    going_on = going_on and way is not None
    after = span * float(rng.uniform(0.5, 0.9)) if going_on else span + tail
    edge = bool(rng.random() < 0.45)
    rate, history = _sizes(rng, options, after, edge=edge)
    begins = MINUTE * history if way else np.inf
    zone, offset = ZONES[int(rng.integers(len(ZONES)))]
    law = str(rng.choice(["exact", "minutes", "tickets"], p=[0.45, 0.35, 0.2]))
    return Plan(
        kind=kind,
        way=way,
        start=_start(rng, way, begins, offset),
        zone=zone,
        offset_hours=offset,
        rate=rate,
        begins=begins,
        span=MINUTE * span,
        length=MINUTE * (history + after),
        going_on=going_on,
        uses=float(rng.uniform(0.2, 1.6)),
        versions_logged=_coin(rng, 2 / 3, told=options.versions),
        successes_logged=_coin(rng, 0.85, told=options.successes),
        tokens_logged=bool(rng.random() < 0.6),
        record_law=law,
        github=law != "minutes" and bool(rng.random() < 0.5),
        edge_logged=edge,
        database_logged=bool(rng.random() < 0.5) or kind.name == "database",
        bastion_logged=bool(rng.random() < 0.3),
        lines=options.lines or (USUAL_LINES if options.rate is None else UNBOUNDED),
        innocent=_innocent(rng, options),
    )


def _coin(rng: np.random.Generator, probability: float, *, told: bool | None) -> bool:
    drawn = bool(rng.random() < probability)
    return drawn if told is None else told
