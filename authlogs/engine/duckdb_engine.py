"""SQL on DuckDB: one machine, every core, no server."""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa

from authlogs.engine.base import Events
from authlogs.logs.database import lend
from authlogs.logs.store import damage

if TYPE_CHECKING:
    import duckdb

SHARED_NAMES: Final = {
    "unix_micros(moment)": "epoch_us(moment)",
    "timestamp_micros(number)": "make_timestamptz(number)",
    "pmod(number, width)": "number % width + CASE WHEN number % width < 0 THEN width ELSE 0 END",
    "regexp_like(words, pattern)": "regexp_matches(words, pattern)",
    "try_element_at(listed, place)": "list_extract(listed, place)",
}
"""Functions of Spark that DuckDB has under other names or not at all."""

_MACROS: Final = "".join(
    f"CREATE MACRO {name} AS {meaning};" for name, meaning in SHARED_NAMES.items()
)


@cache
def _database(_process: int) -> "duckdb.DuckDBPyConnection":
    """Return a process's empty database, which knows the shared names.

    To make one costs as much as ten queries; after a fork one is made anew.
    """
    import duckdb

    database = duckdb.connect(":memory:")
    database.execute(_MACROS)
    return database


class DuckDBEngine:
    """A connection of its own over the tables that were registered; nothing is left behind.

    What is registered is temporary: it is seen by this connection alone and ends with it.
    """

    def __init__(self) -> None:
        self._connection = _database(os.getpid()).cursor()
        self._connection.execute("SET TimeZone='UTC'")
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
