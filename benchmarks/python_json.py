"""An application's JSON lines with orjson: the hand-written peer of the JSON lane."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from python_core import (
    TIME,
    Cache,
    Core,
    address,
    fingerprints,
    group_of,
    member_secrets,
    without_secrets,
    words,
)

Record = dict[str, Any]

_TEXTS: Final = {
    "action_raw": "event", "user": "user", "jti": "jti", "kid": "kid", "log_level": "level",
    "reason_code": "error", "reason_text": "error_description",
}  # fmt: skip
_WORDS: Final = {
    "client": "client", "service": "service", "service_version": "service_version",
    "instance": "instance", "region": "zone", "idp": "idp", "auth_method": "auth_method",
}  # fmt: skip
_TYPES: Final = {"login": "login", "token_issue": "token_issue"}


def read_json(path: Path) -> tuple[pa.Table, pa.Table]:
    """Events and rejects of an application's log."""
    import orjson

    core = Core(path.name, "json_lines", block=128 << 10)  # what fits the cache
    addresses, prints = Cache(address), fingerprints(b"0" * 32)
    loads, dumps = orjson.loads, orjson.dumps
    for block in core.lines(path):
        try:
            rows, good = [loads(text) for text in block.texts], None
        except orjson.JSONDecodeError:
            rows, good = _some(core, block, loads)
        if not rows:
            continue
        columns = _columns(rows, addresses, prints)
        extra = [dumps(row).decode() if row else None for row in rows]
        columns["extra"] = pa.array(member_secrets(extra), pa.string())
        core.keep(block, good, columns)
    return core.tables()


def _some(core: Core, block: Any, loads: Any) -> tuple[list[Record], list[int]]:
    """The records of a block that holds lines which are no JSON; those are refused."""
    rows, good = [], []
    for row, text in enumerate(block.texts):
        try:
            rows.append(loads(text))
            good.append(row)
        except ValueError:
            core.refuse(block, row, "not_json")
    return rows, good


def _columns(rows: list[Record], addresses: Cache, prints: Cache) -> dict[str, pa.Array]:
    """Take out of each record what has a column of its own."""
    clock = [row.pop("timestamp", None) for row in rows]
    told = {name: [row.pop(key, None) for row in rows] for name, key in _TEXTS.items()}
    named = {name: [row.pop(key, None) for row in rows] for name, key in _WORDS.items()}
    outcome = [row.pop("outcome", None) or "unknown" for row in rows]
    reason = [row.pop("reason", None) for row in rows]
    trace = pa.array([row.pop("trace_id", None) for row in rows], pa.string())
    spelled, keys = zip(*[addresses[row.pop("client_ip", None)] for row in rows], strict=True)
    method, path = _request(rows)
    took = [row.pop("duration_ms", None) for row in rows]
    kinds = [_TYPES.get(event, "other") for event in told["action_raw"]]
    verified = [
        None if jti is None else result == "success" and kind == "token_issue"
        for jti, result, kind in zip(told["jti"], outcome, kinds, strict=True)
    ]
    return {
        "time": _times(clock),
        "time_raw": pa.array(clock, pa.string()),
        "event_type": words(kinds),
        "outcome": words(outcome),
        "reason": words(reason),
        "reason_group": words([group_of(one) for one in reason]),
        "http_method": pa.array(method, pa.string()),
        "http_path": pa.array(path, pa.string()),
        "duration_us": pa.array([one and one * 1000 for one in took], pa.int64()),
        "source_ip": pa.array(spelled, pa.string()),
        "source_ip_key": pa.array(keys, pa.string()),
        "session_hash": pa.array(
            [prints[row.pop("session_id", None)] for row in rows], pa.string()
        ),
        "claims_verified": pa.array(verified, pa.bool_()),
        "trace_id": trace,
        "attempt_id": trace,
        **{name: pa.array(values, pa.string()) for name, values in told.items()},
        **{name: words(values) for name, values in named.items()},
    }


def _request(rows: list[Record]) -> tuple[list[str | None], list[str | None]]:
    """Method and path, one level down."""
    inner: list[Record] = [row.get("request") or {} for row in rows]
    method = [one.pop("method", None) for one in inner]
    path = without_secrets([one.pop("path", None) or "" for one in inner])
    return method, [text or None for text in path]


def _times(clock: Iterable[str | None]) -> pa.Array:
    """All at once; one by one only where one of them is no time."""
    try:
        return pa.array(clock, pa.string()).cast(TIME)
    except pa.ArrowInvalid:
        return pa.array([_moment(text) for text in clock], TIME)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None
