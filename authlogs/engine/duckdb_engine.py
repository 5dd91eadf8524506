"""Run SQL over Arrow tables in DuckDB and give an Arrow table back."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from authlogs.engine.base import Events


def run_sql(query: str, params: Sequence[Any] = (), **tables: Events) -> pa.Table:
    """Run `query` over `tables` (by name) with `?` parameters; times come back in UTC.

    Every call has a connection of its own: no state is left behind.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone='UTC'")
        for name, table in tables.items():
            connection.register(name, table)
        result = connection.sql(query, params=list(params)).to_arrow_table()
    return result.cast(pa.schema([_plain(field) for field in result.schema]))


def _plain(field: pa.Field) -> pa.Field:
    """Undo what DuckDB alone does: decimal sums, and UTC under its other name."""
    if pa.types.is_decimal(field.type):
        return field.with_type(pa.int64())
    if pa.types.is_timestamp(field.type) and field.type.tz:
        return field.with_type(pa.timestamp("us", tz="UTC"))
    return field
