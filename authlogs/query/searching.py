"""`search`: the rows that a query asks for."""

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.logs.store import lies_in_order
from authlogs.query.conditions import All, Compare, Condition
from authlogs.query.fields import Fields
from authlogs.query.lucene import parse_query
from authlogs.query.moments import Clock
from authlogs.query.statements import Statement, quoted
from authlogs.window import Window, parse_zone

TIES: Final = ("source_file", "byte_offset")
"""What orders rows of one time."""


def search(
    events: Any,
    query: str,
    *,
    window: Window | None = None,
    columns: Sequence[str] | None = None,
    limit: int | None = None,
    order: str | None = "time",
    tz: str | None = None,
) -> pa.Table:
    """Return the rows that fit `query`, a subset of Lucene's language (docs/search.md).

    `events` are Logs, a table, a dataset, a data frame or the path of a store; any Arrow table may
    be searched. `window` keeps [start, end); `columns` are the columns to return, `limit` the most
    rows. `order` is a column, `-column` for the last first, or None for none; rows of one time come
    by file and offset. Columns may bear their ECS or OpenTelemetry names. `tz` is the zone of times
    in the query that name none; `now` is the last time in the data.

    Returns a table of strings, int64, doubles, booleans and times in UTC. Raises QueryError with
    the place of what cannot be meant, BadCall for unknown columns, DamagedStore.
    Source of the language: Apache Lucene, classic query parser syntax.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> found = al.search(logs, "event.outcome:failure AND reason:invalid_signature", limit=3)
    >>> found.select(["service", "user"]).num_rows
    3
    """
    held = as_events(events)
    fields = Fields.of(held)
    asked = asked_of(held, query, fields=fields, window=window, tz=tz)
    shown = fields.names_of(tuple(columns)) if columns is not None else list(fields.columns)
    return select(held, asked, shown, order=order, limit=limit)


def count_found(
    events: Any, query: str, *, window: Window | None = None, tz: str | None = None
) -> int:
    """Count the rows that `search` would return."""
    held = as_events(events)
    return count_rows(held, asked_of(held, query, fields=Fields.of(held), window=window, tz=tz))


def select(
    held: Any,
    asked: Condition,
    columns: Sequence[str],
    *,
    order: str | None = "time",
    limit: int | None = None,
) -> pa.Table:
    """Return these columns of the rows that fit a condition, in order."""
    statement = Statement()
    names = ", ".join(map(quoted, columns))
    text = f"SELECT {names} FROM events WHERE {statement.where(asked)}"
    if order is not None and not (order == "time" and lies_in_order(held)):
        text += f" ORDER BY {', '.join(_order(order, Fields.of(held)))}"
    if limit is not None:
        text += f" LIMIT {whole(limit)}"
    return run_sql(text, statement.params, events=held)


def count_rows(held: Any, asked: Condition) -> int:
    """Count the rows that fit a condition."""
    statement = Statement()
    text = f"SELECT count(*) AS found FROM events WHERE {statement.where(asked)}"
    return int(run_sql(text, statement.params, events=held)["found"][0].as_py())


def asked_of(
    held: Any, query: str, *, fields: Fields, window: Window | None = None, tz: str | None = None
) -> Condition:
    """What a query and a window ask of a table."""
    clock = Clock(held, None if tz is None else parse_zone(tz))
    asked = parse_query(query, fields, clock)
    if window is None:
        return asked
    fields.names_of(("time",))
    first, last = Compare("time", ">=", window.start), Compare("time", "<", window.end)
    return All((first, last, asked))


def _order(order: str, fields: Fields) -> list[str]:
    """The columns to sort by, what has no value last, and ties by place."""
    last_first = order.startswith("-")
    if order == "time" and "time" not in fields.columns:
        return [quoted(name) for name in fields.columns]
    (name,) = fields.names_of((order.removeprefix("-"),))
    ties = [tie for tie in TIES if tie in fields.columns and tie != name]
    first = f"{quoted(name)}{' DESC' if last_first else ''} NULLS LAST"
    return [first, *(f"{quoted(tie)} NULLS LAST" for tie in ties)]


def whole(limit: object) -> int:
    """A number of rows; raises BadCall for what is none."""
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise BadCall(f"limit is {limit!r}", next_step="give a whole number from 0 on")
    return limit
