"""A day of sign-ins at four services with one bad build, of any size, and its change records.

Made straight as Arrow tables: the way from lines to events is measured elsewhere. Every fourth
event issues a token, the next one presents an earlier one, and so each row follows from its place.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

START: Final = datetime(2024, 5, 3, tzinfo=UTC)
_DAY: Final = 86_400_000_000
_ROWS: Final = 1_000_000
_SERVICES: Final = ("keycloak", "gateway", "web", "nginx")
_STEPS: Final = ("token_issue", "token_validate", "login", "http_request")
_REASONS: Final = (None, "invalid_signature", "invalid_credentials", "server_error")
_USUAL: Final = (0.0, 0.004, 0.04, 0.002)
"""How often each step fails on any day."""
GUILTY: Final = "C-guilty"
_BEGINS, _LASTS, _SHARE, _USED_AFTER = 0.5, 1 / 24, 0.6, 1 / 96
"""Shares of the day; of the hosts that run the bad build; and of the day that a token is used."""
_USERS, _CLIENTS = 300_000, 50_000


def make_day(rows: int, *, changes: int = 200, seed: int = 1) -> dict[str, pa.Table]:
    """The four tables of a store: `rows` events, and so many innocent changes beside the guilty."""
    counts = dict.fromkeys(TALLY, 0) | {"lines": rows, "events": rows}
    source = {"source_file": "made.log", "path": "made.log", "kind": "events", "size": 0} | counts
    return {
        "events": pa.Table.from_batches(_batches(rows, seed), EVENTS),
        "changes": _changes(changes, np.random.default_rng([seed, 10])),
        "rejects": REJECTS.empty_table(),
        "sources": pa.Table.from_pylist([source], SOURCES),
    }


def _batches(rows: int, seed: int) -> Iterator[pa.RecordBatch]:
    users = pa.array([f"user{number}" for number in range(_USERS)])
    clients = pa.array([f"198.18.{at >> 8 & 255}.{at & 255}" for at in range(_CLIENTS)])
    nothing = {field.name: pa.nulls(min(rows, _ROWS), field.type) for field in EVENTS}
    for first in range(0, rows, _ROWS):
        count = min(_ROWS, rows - first)
        told = _told(np.random.default_rng([seed, first]), first, count, rows)
        who = told.pop("who")
        told["user"] = users.take(pa.array(who % _USERS))
        told["source_ip"] = clients.take(pa.array(who % _CLIENTS))
        columns = [told.get(name, empty.slice(0, count)) for name, empty in nothing.items()]
        yield pa.RecordBatch.from_arrays(columns, schema=EVENTS)


def _told(dice: np.random.Generator, first: int, count: int, rows: int) -> dict[str, pa.Array]:
    """What each event says: a token that the bad build issued fails wherever it is presented."""
    places = first + np.arange(count)
    step, token = places % 4, places // 4
    later = dice.integers(0, max(1, int(rows / 4 * _USED_AFTER)), count)
    token = np.where(step == 1, np.maximum(0, token - later), token)
    chance = (token * 2_654_435_761 % 2**32) / 2**32
    since = token * 4 / rows - _BEGINS
    bad = (since >= 0) & (since < _LASTS) & (chance < _SHARE)
    reason = np.where(dice.random(count) < np.array(_USUAL)[step], np.where(step == 3, 3, step), 0)
    reason = np.where((step == 1) & bad, 1, reason)
    return {
        "who": token * 7_919 % _USERS,
        "time": pa.array(_time(places, rows), pa.timestamp("us", "UTC")),
        "event_type": _words(step, _STEPS),
        "service": _words(step, _SERVICES),
        "service_version": _words((step == 0) & bad, ("5.3.0", "5.4.0")),
        "instance": _words(step * 8 + token % 8, tuple(f"host-{n}" for n in range(32))),
        "outcome": _words(reason > 0, ("success", "failure")),
        "reason": _words(reason, _REASONS),
        "token_hash": pa.array(np.where(step < 2, token, -1), mask=step > 1).cast(pa.string()),
        "trace_id": pa.array(places // 4).cast(pa.string()),
        "format": _words(np.zeros(count), ("json_lines",)),
        "source_file": _words(np.zeros(count), ("made.log",)),
        "line_no": pa.array(places + 1, pa.int64()),
        "byte_offset": pa.array(places * 400, pa.int64()),
        "byte_length": pa.array(np.full(count, 399, np.int32)),
    }


def _time(places: np.ndarray, rows: int) -> np.ndarray:
    return int(START.timestamp()) * 1_000_000 + places * _DAY // rows


def _words(places: np.ndarray, words: tuple[str | None, ...]) -> pa.DictionaryArray:
    mask = None if words[0] is not None else places == 0
    plain = [word or "" for word in words]
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32), mask=mask), plain)


def _changes(number: int, dice: np.random.Generator) -> pa.Table:
    """Innocent deploys at any time of the day, and the bad build with its rollback."""
    told = [_change(f"C{n}", at, _SERVICES[n % 4]) for n, at in enumerate(dice.random(number))]
    told.append(_change(GUILTY, _BEGINS, "keycloak", "5.4.0"))
    back = _change("C-back", _BEGINS + _LASTS, "keycloak", "5.3.0")
    told.append(back | {"change_type": "rollback", "previous_version": "5.4.0"})
    told.sort(key=lambda row: row["time"])
    return pa.Table.from_pylist(told, CHANGES)


def _change(name: str, share: float, service: str, version: str | None = None) -> dict[str, object]:
    at = START + timedelta(days=float(share))
    told = {"change_id": name, "change_type": "deploy", "service": service, "version": version}
    where = {"source_file": "changes.csv", "line_no": 1, "time_uncertainty_s": 5.0}
    return told | where | {"time": at, "end_time": at + timedelta(minutes=2)}
