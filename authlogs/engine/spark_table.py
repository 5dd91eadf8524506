"""Events that Spark holds, behind a handle that goes wherever events go."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from authlogs.schema import EVENTS

_NAMES: Final = {
    pa.string(): "STRING",
    pa.int64(): "BIGINT",
    pa.int32(): "INT",
    pa.int16(): "SMALLINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.binary(): "BINARY",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
    pa.list_(pa.string()): "ARRAY<STRING>",
}


@dataclass(frozen=True, eq=False)
class SparkTable:
    """A Spark DataFrame with the columns of `schema.EVENTS`; queries over it run on Spark."""

    frame: Any

    @property
    def session(self) -> Any:
        """The Spark session that holds the rows."""
        return self.frame.sparkSession

    def count_rows(self) -> int:
        """Count the rows, as a Dataset does."""
        return int(self.frame.count())

    def to_table(self) -> pa.Table:
        """Return every row in the memory of this process, as a table of `schema.EVENTS`."""
        return self.frame.select(*EVENTS.names).toArrow().cast(EVENTS)

    def mapped(self, change: Callable[[pa.Table], pa.Table]) -> "SparkTable":
        """Return the table with `change` done to it, batch by batch, where the rows are.

        `change` works row by row, keeps the columns, and must be one that can be pickled.
        """

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from undictionaried(change(pa.table(batch))).to_batches()

        frame = self.frame.select(*EVENTS.names)
        # Spark does not find a persisted frame again that was made of a persisted one, and would
        # run `change` for every query: a checkpoint is such rows for good.
        return SparkTable(worked(frame, run, spark_columns(EVENTS)).localCheckpoint())


def worked(frame: Any, run: Any, columns: str) -> Any:
    """Return what `run` makes of a frame's batches."""
    with warnings.catch_warnings():
        # Said of its pandas paths, on which nothing here walks.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        return frame.mapInArrow(run, columns)


def is_spark_frame(thing: Any) -> bool:
    """Whether something is a Spark DataFrame, told without loading pyspark."""
    kinds = type(thing).__mro__
    return any(k.__name__ == "DataFrame" and k.__module__.startswith("pyspark.") for k in kinds)


def undictionaried(table: pa.Table) -> pa.Table:
    """Return the table with plain strings for dictionaries, which Spark does not take."""
    fields = [pa.field(f.name, _value_type(f.type)) for f in table.schema]
    return table.cast(pa.schema(fields))


def spark_columns(schema: pa.Schema) -> str:
    """Return the columns of a schema as Spark's SQL declares them."""
    return ", ".join(f"`{field.name}` {_NAMES[_value_type(field.type)]}" for field in schema)


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
