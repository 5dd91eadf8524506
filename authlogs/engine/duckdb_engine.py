"""Run SQL over Arrow tables in DuckDB and give an Arrow table back."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from authlogs.engine.base import Events
from authlogs.logs.store import damage


def run_sql(query: str, params: Sequence[Any] = (), **tables: Events) -> pa.Table:
    """Run `query` over `tables` (by name) with `?` parameters; times come back in UTC.

    Every call has a connection of its own: no state is left behind. Raises DamagedStore where a
    file of a store cannot be read.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone='UTC'")
        for name, table in tables.items():
            connection.register(name, table)
        try:
            result = connection.sql(query, params=list(params)).to_arrow_table()
        except (duckdb.Error, OSError, pa.ArrowException):
            faults = (damage(table) for table in tables.values())
            if (error := next((one for one in faults if one), None)) is not None:
                raise error from None
            raise
    return result.cast(pa.schema([_plain(field) for field in result.schema]))


def _plain(field: pa.Field) -> pa.Field:
    """Undo what DuckDB alone does: decimal sums, and UTC under its other name."""
    if pa.types.is_decimal(field.type):
        return field.with_type(pa.int64())
    if pa.types.is_timestamp(field.type) and field.type.tz:
        return field.with_type(pa.timestamp("us", tz="UTC"))
    return field
