"""Healthy weeks of the service of `login-lockout`, as counts: what alert rules must stay silent on.

Events of a month would be millions; rules look at counts only. Demand has the shape of days and
weeks, rates of errors wander (AR(1)), hosts restart with a short blip, and a new release of web is
rolled out twice a week: all that, and no incident.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.simulation import behaviour as habits
from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.courses import day_shape, expit, logit, wander

START: Final = datetime(2024, 4, 5, 5, tzinfo=UTC)
"""Midnight in Bogota, four weeks before the incident."""
BIN_S: Final = 30
DAY_BINS: Final = 2880
SIGN_INS_A_MINUTE: Final = 14.0
"""The mean of a whole day; the sample's ten hours are busier."""
SD: Final = 0.15
MEMORY_BINS: Final = 40.0
ROLLOUT_BINS: Final = 8
RESTARTS_A_DAY: Final = 2
TIMEOUT: Final = 0.0008
LIFE_BINS: Final = 60
"""A token is refused as expired some 35 minutes after its issue, and names the build of then."""
LATER_BINS: Final = 20
MALFORMED_A_BIN: Final = 0.03


def healthy_counts(seed: int, days: int) -> pa.Table:
    """Return counts by half minute, as `rollup()` gives them, of so many healthy days.

    Columns: time, service, event_type, outcome, reason, reason_group, issuing_version, events.

    >>> healthy_counts(1, 1).schema.names[-2:]
    ['issuing_version', 'events']
    """
    rng = np.random.default_rng([seed, 0x4EA1])
    parts = list(_parts(rng, days))
    builds = _builds(rng, days)
    return pa.concat_tables(
        _rows(rng, cell, mean, builds, lag) for *cell, mean, lag in parts
    ).sort_by("time")


def _parts(rng: np.random.Generator, days: int) -> Iterator[tuple[Any, ...]]:
    """Yield service, event type, reason with its group, means by bin, and the lag of the build."""
    come = _arrivals(rng, days)
    issued = come * (1 - habits.WRONG_PASSWORD - habits.UNKNOWN_USER)
    again = sum(1 - share for share in habits.PRESENTED_AGAIN)
    used = issued * (1 - habits.NEVER_PRESENTED) * (1 + again)
    late = issued * habits.PRESENTED_TOO_LATE
    blips = _blips(rng, days)
    yield "web", "login", None, issued, 0
    for reason, share in (
        (("invalid_credentials", "user_error"), habits.WRONG_PASSWORD),
        (("unknown_user", "user_error"), habits.UNKNOWN_USER),
        (("server_error", "availability"), habits.PROVIDER_TIMEOUT),
    ):
        yield "web", "login", reason, _wandering(rng, come, share), 0
    yield "web", "token_issue", None, issued, 0
    checked = ("gateway", "token_validate")
    yield *checked, None, used * 0.6, 0
    yield *checked, None, used * 0.4, LATER_BINS
    timeouts = _wandering(rng, used, TIMEOUT) + used * blips
    yield *checked, ("timeout", "availability"), timeouts, 0
    expired = _wandering(rng, late, 1.0)
    yield *checked, ("token_expired", "token_fault"), expired, LIFE_BINS + 10
    malformed = np.full(days * DAY_BINS, MALFORMED_A_BIN)
    yield *checked, ("token_malformed", "token_fault"), malformed, None


def _arrivals(rng: np.random.Generator, days: int) -> Floats:
    """Return the means of people who come, by bin."""
    bins = days * DAY_BINS
    local = BIN_S * np.arange(bins) + (START.timestamp() - 5 * 3_600)
    shape = np.maximum(day_shape(local, depth=0.6, peak=0.5), 0.05)
    level = np.exp(wander(rng, bins, sd=0.08, memory=90))
    return np.asarray(shape / shape.mean() * level * SIGN_INS_A_MINUTE * BIN_S / 60)


def _wandering(rng: np.random.Generator, of: Floats, share: float) -> Floats:
    """Return means of which the share wanders around its usual one."""
    course = wander(rng, of.size, sd=SD, memory=MEMORY_BINS)
    usual = expit(logit(share) + course) if share < 1 else np.exp(course)
    return np.asarray(of * usual)


def _blips(rng: np.random.Generator, days: int) -> Floats:
    """Return what restarts of single hosts add to the share of timeouts, for a minute or three."""
    added = np.zeros(days * DAY_BINS + 6)
    for place in rng.integers(0, days * DAY_BINS, rng.poisson(RESTARTS_A_DAY * days)).tolist():
        added[place : place + int(rng.integers(2, 7))] += rng.uniform(0.003, 0.02)
    return added[: days * DAY_BINS]


def _builds(rng: np.random.Generator, days: int) -> Floats:
    """Return by bin the number of the newest build; its fraction is how far it is rolled out."""
    build = np.ones(days * DAY_BINS)
    for day in range(2, days, 3):
        start = day * DAY_BINS + int(rng.integers(9 * 120, 17 * 120))
        build[start:] += 1
        build[start : start + ROLLOUT_BINS] -= np.linspace(1, 0, ROLLOUT_BINS, endpoint=False)
    return build


def _rows(
    rng: np.random.Generator, cell: Sequence[object], mean: Floats, builds: Floats, lag: int | None
) -> pa.Table:
    service, event_type, reason = cell
    number = rng.poisson(mean)
    then = builds if not lag else np.concatenate((builds[:1].repeat(lag), builds[:-lag]))
    newest = rng.binomial(number, np.where(then % 1 > 0, then % 1, 1.0))
    tables = []
    for events, build in ((newest, np.ceil(then)), (number - newest, np.ceil(then) - 1)):
        kept = np.flatnonzero(events)
        stamp = (int(START.timestamp()) + BIN_S * kept) * 1_000_000
        version = [None if lag is None else f"5.11.{int(one)}" for one in build[kept]]
        told = reason if isinstance(reason, tuple) else (None, None)
        words = (service, event_type, "failure" if reason else "success", *told)
        columns = [pa.array([word] * kept.size, pa.string()) for word in words]
        tables.append(
            pa.table(
                [pa.array(stamp, pa.timestamp("us", tz="UTC")), *columns,
                 pa.array(version, pa.string()), pa.array(events[kept], pa.int64())],
                names=NAMES,
            )
        )  # fmt: skip
    return pa.concat_tables(tables)


NAMES: Final = [
    "time", "service", "event_type", "outcome", "reason", "reason_group", "issuing_version",
    "events",
]  # fmt: skip
