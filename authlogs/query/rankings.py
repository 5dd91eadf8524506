"""`top`: which values most events have."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.query.fields import Fields
from authlogs.query.people import person
from authlogs.query.searching import asked_of, whole
from authlogs.query.statements import Statement, quoted
from authlogs.window import Window


def top(
    events: Any,
    by: str | Sequence[str],
    *,
    query: str = "*",
    window: Window | None = None,
    limit: int = 10,
    tz: str | None = None,
) -> pa.Table:
    """Return the values, or combinations of values, that most events have.

    `query`, `window` and `tz` are those of `search`. Returns a table: the columns of `by`,
    `events`, and as far as the table has what they come from `failures`, `people` (int64,
    distinct), `first` and `last` (UTC); most events first, ties by value, at most `limit` rows. A
    missing value counts as a value. Raises QueryError, and BadCall for unknown columns.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.top(logs, "reason", query="outcome:failure AND service:gateway")["reason"][0].as_py()
    'invalid_signature'
    """
    held = as_events(events)
    fields = Fields.of(held)
    names = fields.names_of((by,) if isinstance(by, str) else tuple(by))
    statement = Statement()
    where = statement.where(asked_of(held, query, fields=fields, window=window, tz=tz))
    groups = ", ".join(map(quoted, names))
    ties = ", ".join(f"{quoted(name)} NULLS LAST" for name in names)
    return run_sql(
        f"SELECT {groups}, {', '.join(_counts(fields))} FROM events WHERE {where} "
        f"GROUP BY {groups} ORDER BY events DESC, {ties} LIMIT {whole(limit)}",
        statement.params,
        events=held,
    )


def _counts(fields: Fields) -> list[str]:
    """What is counted of each group, of a table that has these columns."""
    told = ["count(*) AS events"]
    if "outcome" in fields.columns:
        told.append("count(*) FILTER (WHERE outcome = 'failure') AS failures")
    if (who := person(fields.columns)) is not None:
        told.append(f"count(DISTINCT {who}) AS people")
    if "time" in fields.columns:
        told += ['min("time") AS "first"', 'max("time") AS "last"']
    return told
