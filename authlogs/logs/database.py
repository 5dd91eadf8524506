"""The four tables in DuckDB: lent to a connection, and asked by whoever writes SQL.

What a caller's SQL may do is read them: one SELECT, no other file, no setting, no Python variable.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from authlogs.errors import BadCall, QueryError
from authlogs.logs.store import damage
from authlogs.schema import TIME

if TYPE_CHECKING:
    from authlogs.logs.record import Logs

_CLOSED: Final = (
    "SET enable_external_access=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET lock_configuration=true",
)
_NEXT: Final = "the tables are events, changes, rejects and sources; see docs/search.md"


def lend(connection: Any, name: str, table: Any) -> None:
    """Let the queries of a DuckDB connection call a table or dataset by this name.

    DuckDB reads the files of a store itself, which is faster than through Arrow; so is a table than
    the dataset around it.
    """
    if isinstance(table, ds.InMemoryDataset):
        table = table.to_table()
    if not _viewed(connection, name, table):
        connection.register(name, table)


def _viewed(connection: Any, name: str, table: Any) -> bool:
    if not isinstance(table, ds.FileSystemDataset) or not _plain_files(table):
        return False
    import duckdb

    columns = ", ".join('"' + column.replace('"', '""') + '"' for column in table.schema.names)
    try:
        connection.execute(
            f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM read_parquet("
            f"[{_listed(table.files)}], union_by_name => true, hive_partitioning => false)"
        )
    except duckdb.Error:
        return False  # a column is not there yet, or Arrow says what is the matter
    return True


def _plain_files(table: ds.FileSystemDataset) -> bool:
    """Whether DuckDB would read what Arrow reads: these very files, whole, and no others.

    `*`, `?` and `[` in a path stand for other paths to DuckDB.
    """
    return (
        bool(table.files)
        and not table._scan_options  # noqa: SLF001 (a filter)
        and isinstance(table.filesystem, LocalFileSystem)
        and isinstance(table.format, ds.ParquetFileFormat)
        and not any(sign in file for file in table.files for sign in "*?[")
    )


def _listed(files: Sequence[str]) -> str:
    return ", ".join("'" + file.replace("'", "''") + "'" for file in files)


def ask(logs: "Logs", query: str, params: Sequence[Any] | Mapping[str, Any]) -> pa.Table:
    """Run one SELECT over the four tables; see `Logs.sql`."""
    import duckdb

    if not isinstance(logs.dataset, ds.Dataset):
        raise BadCall(
            "Spark holds these events",
            next_step="ask Spark: logs.dataset.frame.createTempView('events')",
        )
    with duckdb.connect(":memory:", config={"python_enable_replacements": False}) as connection:
        _prepare(connection, logs)
        _check(connection, query)
        try:
            found = connection.sql(query, params=params or None).to_arrow_table()
        except (duckdb.Error, OSError, pa.ArrowException, TypeError) as error:
            if (fault := damage(logs.dataset)) is not None:
                raise fault from None
            raise _refused(query, str(error)) from None
    return _plain(found)


def _prepare(connection: Any, logs: "Logs") -> None:
    """Lend the tables, then shut every door but the files of the store."""
    connection.execute("SET TimeZone='UTC'")
    for name in ("events", "changes", "rejects", "sources"):
        lend(connection, name, logs.dataset if name == "events" else getattr(logs, name))
    files = logs.dataset.files if isinstance(logs.dataset, ds.FileSystemDataset) else []
    connection.execute(f"SET allowed_paths=[{_listed(files)}]")
    for setting in _CLOSED:
        connection.execute(setting)


def _check(connection: Any, query: str) -> None:
    """Refuse what is not one SELECT."""
    import duckdb

    if not isinstance(query, str):
        raise QueryError(f"SQL is text, not a {type(query).__name__}")
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise _refused(query, str(error)) from None
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        told = ", ".join(kind.name for kind in kinds) or "nothing"
        raise QueryError(
            f"only one SELECT can be asked, and this is {told}",
            query=query,
            next_step="events and changes stay as they were read",
        )


def _refused(query: str, told: str) -> QueryError:
    return QueryError(told.strip()[:2_000], query=query, next_step=_NEXT)


def _plain(table: pa.Table) -> pa.Table:
    """Times in UTC, and whole numbers that fit as int64."""
    for place, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_timestamp(kind) and kind.tz:
            table = table.set_column(place, field.name, table[place].cast(TIME))
        elif pa.types.is_decimal(kind) and kind.scale == 0:
            try:
                table = table.set_column(place, field.name, table[place].cast(pa.int64()))
            except pa.ArrowInvalid:
                continue
    return table
