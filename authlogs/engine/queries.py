"""`run_sql`: the one door to both engines. Whatever holds the tables decides which one answers."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from authlogs.engine.base import Engine, Events
from authlogs.engine.duckdb_engine import DuckDBEngine
from authlogs.engine.plain_types import plain
from authlogs.engine.remembering import once
from authlogs.engine.spark_engine import SparkEngine
from authlogs.engine.spark_table import SparkTable


def run_sql(query: str, params: Sequence[Any] = (), **tables: Events) -> pa.Table:
    """Run `query` over `tables` (by name); `$1`, `$2` … in it are `params`.

    Where Spark holds one of the tables the query runs there, and the others, which are small, are
    sent along; else it runs on DuckDB. Both are given the same text, and the result has the same
    types: strings, int64, doubles, booleans, times in UTC. Within `remembered()` the answer to the
    same question is given again.
    """
    text, values = positional(query, params)

    def ask() -> pa.Table:
        with _engine_of(tables.values()) as engine:
            for name, table in tables.items():
                engine.register(name, table)
            return plain(engine.run(text, values))

    return once(ask, text, values, tables)


def positional(query: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the query with a `?` for each `$1`, `$2` …, and the value of each `?`.

    Numbers let a text use a value twice; only `?` is understood by both engines. What stands in
    double quotes is the name of a column.

    >>> positional("a > $2 AND b = $1 AND c > $2", ["x", 5])
    ('a > ? AND b = ? AND c > ?', [5, 'x', 5])
    """
    values: list[Any] = []

    def put(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        values.append(params[int(found[1]) - 1])
        return "?"

    return re.sub(r'"[^"]*"|\$([0-9]+)', put, query), values


def _engine_of(tables: Iterable[Events]) -> Engine:
    for table in tables:
        if isinstance(table, SparkTable):
            return SparkEngine(table.session)
    return DuckDBEngine()
