"""What may be given as `events`, and what an engine is: one door, and two ways behind it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias

import pyarrow as pa
import pyarrow.dataset as ds

from authlogs.engine.spark_table import SparkTable, is_spark_frame
from authlogs.errors import BadCall
from authlogs.logs import Logs, load

Events: TypeAlias = Any
"""A pyarrow Dataset or Table of `schema.EVENTS`, or a SparkTable of its columns."""


class Engine(Protocol):
    """Runs SQL over tables: register each under its name, then ask; leaving takes them back."""

    def register(self, name: str, table: Events) -> None:
        """Let queries call `table` by this name."""

    def run(self, query: str, params: Sequence[Any]) -> pa.Table:
        """Return the rows of a query whose `?` are `params`, in their order."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def as_events(source: Any) -> Events:
    """Return the dataset or table behind whatever holds events.

    Logs, Arrow tables, datasets and readers, anything with `__arrow_c_stream__` (pandas, polars,
    DuckDB), a Spark DataFrame and the path of a store are taken. Raises BadCall for the rest.
    """
    if isinstance(source, Logs):
        return source.dataset
    if isinstance(source, ds.Dataset | pa.Table | SparkTable):
        return source
    if is_spark_frame(source):
        return SparkTable(source)
    if isinstance(source, pa.RecordBatchReader):
        return source.read_all()
    if isinstance(source, str | Path):
        return load(source).dataset
    if hasattr(source, "__arrow_c_stream__"):
        return pa.table(source)
    raise BadCall(
        f"events cannot be taken from a {type(source).__name__}",
        next_step="pass Logs, an Arrow table or dataset, a data frame, or the path of a store",
    )


def mapped(events: Events, change: Callable[[pa.Table], pa.Table]) -> Events:
    """Return events with `change` done to their rows, held where they were held before.

    `change` works row by row, keeps the columns and can be pickled, so that Spark can send it out.
    """
    if isinstance(events, SparkTable):
        return events.mapped(change)
    return ds.dataset(change(as_events(events).to_table()))
