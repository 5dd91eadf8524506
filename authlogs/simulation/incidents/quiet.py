"""Days on which nothing happens, as events without any text: what a detector must stay silent on.

Rates of errors wander (AR(1)), demand has the shape of days and weeks, and hosts are restarted with
a short blip: all that, and no incident.
"""

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from authlogs.schema import EVENTS
from authlogs.simulation.incidents.arrays import Floats, Ints, pick
from authlogs.simulation.incidents.courses import DAY, day_shape, expit, logit, wander

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE: Final = 60.0
MINUTES: Final = 1440
SD: Final = 0.15
"""Standard deviation of the error rates' log odds."""
MEMORY: Final = 20.0
"""Minutes after which they have forgotten most of where they were."""
STAGES: Final = (
    ("web", "login", {"invalid_credentials": 0.05, "unknown_user": 0.008, "account_locked": 0.003,
                      "session_not_found": 0.004, "server_error": 0.001}),
    ("token-issuer", "token_issue", {"invalid_grant_code": 0.004, "server_error": 0.0006}),
    ("gateway", "token_validate", {"token_expired": 0.015, "token_malformed": 0.001,
                                   "session_not_found": 0.003, "timeout": 0.0008}),
)  # fmt: skip
GROUPS: Final = {
    "invalid_credentials": "user_error", "unknown_user": "user_error", "account_locked": "policy",
    "session_not_found": "token_fault", "server_error": "availability",
    "invalid_grant_code": "client_fault", "token_expired": "token_fault",
    "token_malformed": "token_fault", "timeout": "availability",
}  # fmt: skip
HOSTS: Final = 4
CLIENTS: Final = ("web", "ios", "android")


def _rates(rng: np.random.Generator, usual: dict[str, float], minutes: int) -> Floats:
    """Return by minute the cumulated probabilities of the reasons."""
    series = [
        expit(logit(median) + wander(rng, minutes, sd=SD, memory=MEMORY))
        for median in usual.values()
    ]
    return np.asarray(np.cumsum(np.stack(series, axis=1), axis=1))


def _restarts(rng: np.random.Generator, days: int) -> Floats:
    """Return by host and minute what a restart adds for a minute or three; two a day."""
    added = np.zeros((HOSTS, days * MINUTES + 5))
    for moment in np.sort(rng.integers(0, days * MINUTES, rng.poisson(2 * days))).tolist():
        lasts = int(rng.integers(1, 4))
        added[int(rng.integers(HOSTS)), moment : moment + lasts] += rng.uniform(0.01, 0.06)
    return added


def _reasons(
    rng: np.random.Generator, usual: dict[str, float], moments: Floats, host: Ints, days: int
) -> Ints:
    """Return the position of each attempt's reason, the last reason for blips, -1 for none."""
    ladder = _rates(rng, usual, days * MINUTES)
    minute = np.minimum((moments / MINUTE).astype(np.int64), ladder.shape[0] - 1)
    draw = rng.random(moments.size)
    found = np.full(moments.size, -1)
    near = np.flatnonzero(draw < ladder[minute, -1])
    found[near] = (draw[near, None] >= ladder[minute[near]]).sum(axis=1)
    blip = rng.random(moments.size) < _restarts(rng, days)[host, minute]
    return np.where(blip & (found < 0), len(usual) - 1, found)


def _words(values: list[str], places: Ints) -> Any:
    index = pa.array(places, type=pa.int32(), mask=places < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(values, type=pa.string()))


def _arrivals(rng: np.random.Generator, days: int, rate: float) -> Floats:
    minutes = np.arange(days * MINUTES)
    shape = day_shape(START.timestamp() + MINUTE * minutes, depth=0.6, peak=0.55)
    level = np.exp(wander(rng, minutes.size, sd=0.08, memory=45))
    counts = rng.poisson(np.maximum(shape, 0.05) / shape.mean() * level * rate)
    return np.asarray(MINUTE * np.repeat(minutes, counts) + rng.uniform(0, MINUTE, counts.sum()))


def quiet_days(seed: int, days: int, *, rate: float = 20.0) -> pa.Table:
    """Return the events of so many quiet days, in order of time, `rate` sign-ins a minute.

    >>> quiet_days(1, 1).schema.names[:2]
    ['time', 'time_raw']
    """
    rng = np.random.default_rng([seed, 0x7175])
    start = _arrivals(rng, days, rate)
    people = max(200, int(rate * 60))
    user = pick(rng, 1.0 / (np.arange(people) + 30.0) ** 0.7, start.size)
    alive = np.ones(start.size, dtype=np.bool_)
    parts = []
    for number, (service, event, usual) in enumerate(STAGES):
        moments = start[alive] + number * rng.uniform(0.1, 2.0, int(alive.sum()))
        moments = np.minimum(moments, days * DAY - 1e-3)
        host = rng.integers(0, HOSTS, moments.size)
        reason = _reasons(rng, usual, moments, host, days)
        who = user[alive]
        words = list(usual)
        parts.append(
            _stage(service, event, words, moments=moments, user=who, host=host, reason=reason)
        )
        alive[np.flatnonzero(alive)[reason >= 0]] = False
    return pa.concat_tables(parts).unify_dictionaries().sort_by("time").cast(EVENTS)


def _stage(
    service: str,
    event: str,
    usual: list[str],
    *,
    moments: Floats,
    user: Ints,
    host: Ints,
    reason: Ints,
) -> pa.Table:
    size = moments.size
    zero = np.zeros(size, dtype=np.int64)
    stamp = int(START.timestamp()) * 1_000_000 + (moments * 1e6).astype(np.int64)
    names = np.array([f"user-{number}" for number in range(int(user.max(initial=0)) + 1)])
    columns = {
        "time": pa.array(stamp, type=pa.timestamp("us", tz="UTC")),
        "time_quality": _words(["exact"], zero),
        "event_type": _words([event], zero),
        "outcome": _words(["success", "failure"], (reason >= 0).astype(np.int64)),
        "reason": _words(usual, reason),
        "reason_group": _words([GROUPS[each] for each in usual], reason),
        "user": pa.array(names[user]),
        "client": _words(list(CLIENTS), user % len(CLIENTS)),
        "service": _words([service], zero),
        "service_version": _words(["1.0.0"], zero),
        "instance": _words([f"{service}-{number + 1}" for number in range(HOSTS)], host),
        "format": _words(["json_lines"], zero),
        "source_file": _words([f"{service}.jsonl"], zero),
        "line_no": pa.array(np.arange(1, size + 1)),
    }
    made = [columns.get(field.name, pa.nulls(size, field.type)) for field in EVENTS]
    return pa.table(made, names=EVENTS.names)
