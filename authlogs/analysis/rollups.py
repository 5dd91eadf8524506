"""Counts per bin of time: the one query that everything else is summed from."""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.query.people import person
from authlogs.schema import EVENTS

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
PERSON = str(person())
"""Who made an attempt: the best identity the record has; last the request, which is somebody's."""


def whole(value: str, width: str) -> str:
    """Return the SQL for how many times `width` fits into `value`, rounded down.

    No engine's own whole division is known to the other, and a plain `/` gives a fraction.
    """
    return f"CAST(({value} - pmod({value}, {width})) / {width} AS BIGINT)"


def seconds_of(every: str) -> int:
    """Return the seconds of a bin such as `30s`, `1m` or `1h`. Raises BadCall."""
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", every)
    if not match:
        raise BadCall(f"{every!r} is no bin of time", next_step="write it as 30s, 1m, 15m or 1h")
    return int(match[1]) * UNITS[match[2]]


def check_columns(names: Sequence[str]) -> None:
    """Raise BadCall where one of the names is no column of events."""
    unknown = [name for name in names if name not in EVENTS.names]
    if unknown:
        raise BadCall(f"no such column: {', '.join(unknown)}", next_step="see authlogs.schema")


def rollup(
    events: Any,
    every: str = "1m",
    *,
    by: Sequence[str] = ("service", "event_type", "outcome", "reason"),
) -> pa.Table:
    """Count events and distinct people per bin of time and group.

    Returns a table: `time` (start of the bin, UTC), the columns named in `by`, `events` and
    `people` (int64). Rows without a time are left out. Raises BadCall for an unknown column.

    >>> import authlogs as al
    >>> counts = al.rollup(al.read("sample_logs/login-lockout", tz="America/Bogota"), "5m")
    """
    check_columns(by)
    width = seconds_of(every) * 1_000_000
    groups = "".join(f', "{name}"' for name in by)
    order = ", ".join(f"{place} NULLS LAST" for place in range(1, len(by) + 2))
    return run_sql(
        f"""
        SELECT timestamp_micros(unix_micros("time") - pmod(unix_micros("time"), {width})) AS "time"
               {groups},
               count(*) AS events, count(DISTINCT {PERSON}) AS people
        FROM events WHERE "time" IS NOT NULL
        GROUP BY ALL ORDER BY {order}
        """,
        events=as_events(events),
    )
