"""SQL on Spark: where one machine is not enough, the same text over the same columns."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final, Self
from uuid import uuid4

import pyarrow as pa

from authlogs.engine.base import Events
from authlogs.engine.plain_types import plain
from authlogs.engine.spark_table import SparkTable

DIALECT: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
}
"""Settings under which Spark reads the shared SQL as DuckDB does: "time" is a column."""


class SparkEngine:
    """Runs queries in a session, whose settings and names are afterwards as they were."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._views: dict[str, str] = {}
        self._undo = ExitStack()

    def register(self, name: str, table: Events) -> None:
        """Let queries call `table` by this name; an Arrow table is sent to Spark."""
        if isinstance(table, SparkTable):
            frame = table.frame
        else:
            frame = self._session.createDataFrame(plain(table))
        self._views[name] = f"authlogs_{uuid4().hex}"
        frame.createTempView(self._views[name])
        self._undo.callback(self._session.catalog.dropTempView, self._views[name])

    def run(self, query: str, params: Sequence[Any]) -> pa.Table:
        """Return the rows of a query whose `?` are `params`, in their order."""
        text = _named(query, self._views)
        return self._session.sql(text, args=list(params) or None).toArrow()

    def __enter__(self) -> Self:
        for name, value in DIALECT.items():
            before = self._session.conf.get(name, None)
            if before != value:
                self._session.conf.set(name, value)
                self._undo.callback(self._put_back, name, before)
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _put_back(self, name: str, value: str | None) -> None:
        if value is None:
            self._session.conf.unset(name)
        else:
            self._session.conf.set(name, value)


def _named(query: str, views: dict[str, str]) -> str:
    """Put before the query that `events` is such and such a view: nobody's own view is replaced."""
    names = ", ".join(f"{name} AS (SELECT * FROM {view})" for name, view in views.items())
    own = re.match(r"\s*WITH\s", query)
    return f"WITH {names}, {query[own.end() :]}" if own else f"WITH {names} {query}"
