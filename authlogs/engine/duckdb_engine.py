"""SQL on DuckDB: one machine, every core, no server."""

from collections.abc import Sequence
from typing import Any, Final, Self

import pyarrow as pa

from authlogs.engine.base import Events
from authlogs.logs.database import lend
from authlogs.logs.store import damage

SHARED_NAMES: Final = {
    "unix_micros(moment)": "epoch_us(moment)",
    "timestamp_micros(number)": "make_timestamptz(number)",
    "pmod(number, width)": "number % width + CASE WHEN number % width < 0 THEN width ELSE 0 END",
    "regexp_like(words, pattern)": "regexp_matches(words, pattern)",
    "try_element_at(listed, place)": "list_extract(listed, place)",
}
"""Functions of Spark that DuckDB has under other names or not at all."""

_PREPARED: Final = "SET TimeZone='UTC';" + "".join(
    f"CREATE MACRO {name} AS {meaning};" for name, meaning in SHARED_NAMES.items()
)


class DuckDBEngine:
    """A database of its own over the tables that were registered; nothing is left behind."""

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect(":memory:")
        self._connection.execute(_PREPARED)
        self._tables: list[Events] = []

    def register(self, name: str, table: Events) -> None:
        """Let queries call `table` by this name; DuckDB reads a store's files itself."""
        self._tables.append(table)
        lend(self._connection, name, table)

    def run(self, query: str, params: Sequence[Any]) -> pa.Table:
        """Return the rows of a query whose `?` are `params`, in their order.

        Raises DamagedStore where a file of a store cannot be read.
        """
        import duckdb

        try:
            return self._connection.sql(query, params=list(params)).to_arrow_table()
        except (duckdb.Error, OSError, pa.ArrowException):
            faults = (damage(table) for table in self._tables)
            if (error := next((one for one in faults if one), None)) is not None:
                raise error from None
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
