"""What may be given as `events`: one door for every table-like thing."""

from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.dataset as ds

from authlogs.errors import BadCall
from authlogs.logs import Logs, load

Events: TypeAlias = Any
"""A pyarrow Dataset or Table of `schema.EVENTS`."""


def as_events(source: Any) -> Events:
    """Return the dataset or table behind whatever holds events.

    Logs, Arrow tables, datasets and readers, anything with `__arrow_c_stream__` (pandas, polars,
    DuckDB) and the path of a store are taken. Raises BadCall for the rest.
    """
    if isinstance(source, Logs):
        return source.dataset
    if isinstance(source, ds.Dataset | pa.Table):
        return source
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
