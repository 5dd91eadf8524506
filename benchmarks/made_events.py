"""Events as Arrow tables, as a day of several services would give them: for stores of any size."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

_DAY: Final = 86_400_000_000
_START: Final = int(datetime(2024, 5, 3, tzinfo=UTC).timestamp()) * 1_000_000
_ROWS: Final = 1_000_000
_SERVICES: Final = ("nginx", "gateway", "keycloak", "web")
_VERSIONS: Final = tuple(f"5.{minor}.0" for minor in range(8))
_REASONS: Final = (
    "invalid_credentials", "unknown_user", "token_expired", "invalid_signature", "timeout",
    "server_error", "rate_limited", "unspecified",
)  # fmt: skip
_USERS: Final = 500_000
_CLIENTS: Final = 200_000


def make_tables(rows: int, *, seed: int = 1) -> dict[str, pa.Table]:
    """The four tables: events in the order of their times, no change, no reject, one source."""
    batches = list(_batches(rows, seed))
    counts = dict.fromkeys(TALLY, 0) | {"lines": rows, "events": rows}
    source = {"source_file": "made.log", "path": "made.log", "kind": "events", "size": 0} | counts
    return {
        "events": pa.Table.from_batches(batches, EVENTS),
        "changes": CHANGES.empty_table(),
        "rejects": REJECTS.empty_table(),
        "sources": pa.Table.from_pylist([source], SOURCES),
    }


def _batches(rows: int, seed: int) -> Iterator[pa.RecordBatch]:
    """Batches of a million; columns that say nothing are shared between them."""
    users = pa.array([f"user{number}" for number in range(_USERS)])
    clients = pa.array(
        [f"198.{18 + (at >> 16)}.{at >> 8 & 255}.{at & 255}" for at in range(_CLIENTS)]
    )
    nothing = {field.name: pa.nulls(min(rows, _ROWS), field.type) for field in EVENTS}
    for first in range(0, rows, _ROWS):
        count = min(_ROWS, rows - first)
        dice = np.random.default_rng([seed, first])
        told = _told(dice, first, count, rows)
        told["user"] = users.take(_skewed(dice, _USERS, count))
        told["source_ip"] = clients.take(_skewed(dice, _CLIENTS, count))
        columns = [told.get(name, empty.slice(0, count)) for name, empty in nothing.items()]
        yield pa.RecordBatch.from_arrays(columns, schema=EVENTS)


def _told(dice: np.random.Generator, first: int, count: int, rows: int) -> dict[str, pa.Array]:
    """What a roll-up groups by: versions roll out one after the other, one event in 12 fails."""
    places = first + np.arange(count)
    service = dice.integers(0, len(_SERVICES), count, np.int32)
    old, done = np.divmod(places * (len(_VERSIONS) - 1) / rows, 1)
    version = (old + ((done > 0.75) & (dice.random(count) < 0.5))).astype(np.int32)
    reason = dice.integers(0, len(_REASONS), count, np.int32)
    failed = dice.random(count) < 1 / 12
    return {
        "time": pa.array(_START + places * _DAY // rows, pa.timestamp("us", "UTC")),
        "event_type": _words(np.zeros(count, np.int32), ("login",)),
        "outcome": _words(failed.astype(np.int32), ("success", "failure")),
        "reason": _words(reason, _REASONS, ~failed),
        "service": _words(service, _SERVICES),
        "service_version": _words(version, _VERSIONS),
        "format": _words(np.zeros(count, np.int32), ("json_lines",)),
        "source_file": _words(np.zeros(count, np.int32), ("made.log",)),
        "line_no": pa.array(places + 1, pa.int64()),
        "byte_offset": pa.array(places * 400, pa.int64()),
        "byte_length": pa.array(np.full(count, 399, np.int32)),
    }


def _words(
    places: np.ndarray, words: tuple[str, ...], missing: np.ndarray | None = None
) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(places, mask=missing), pa.array(words, pa.string())
    )


def _skewed(dice: np.random.Generator, among: int, count: int) -> pa.Array:
    """Places of which the first come far more often."""
    return pa.array((among * dice.random(count) ** 2).astype(np.int64))
