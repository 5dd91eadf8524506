"""The order of events in a store: by time, source file and byte offset; what is null comes last."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Longs = npt.NDArray[np.int64]
Keys = tuple[Longs, Longs, Longs]

UNTIMED = int(np.iinfo(np.int64).max)


def in_order(table: pa.Table) -> pa.Table:
    """The rows in order; the very table where they were.

    Column by column: a copy of one column at a time is quicker than one of all, and smaller. Null
    columns need none.
    """
    keys = sort_keys(table, names_of([table]))
    if is_in_order(keys):
        return table
    order = pa.array(np.lexsort(keys[::-1]))
    columns = [_taken(table, name, order) for name in table.column_names]
    return pa.Table.from_arrays(columns, schema=table.schema)


def names_of(tables: Iterable[pa.Table]) -> pa.Array:
    """The names of all source files, in order."""
    chunks = [chunk for table in tables for chunk in table["source_file"].chunks]
    names = {name for one in chunks for name in one.dictionary.to_pylist()}
    return pa.array(sorted(names), pa.string())


def sort_keys(table: pa.Table, names: pa.Array) -> Keys:
    """Time, place of the source file among `names`, and offset of each row, as whole numbers."""
    time = pc.fill_null(pc.cast(table["time"], pa.int64()), UNTIMED)
    places = [
        pc.index_in(chunk.dictionary, value_set=names).take(chunk.indices)
        for chunk in table["source_file"].chunks
    ]
    place = pc.fill_null(pa.chunked_array(places, pa.int32()), len(names)).to_numpy()
    offset = pc.fill_null(table["byte_offset"], UNTIMED).to_numpy()
    return time.to_numpy(), place.astype(np.int64), offset


def is_in_order(keys: Keys) -> bool:
    """Whether no row should stand before the one above it."""
    rises = np.ones(max(len(keys[0]) - 1, 0), bool)
    for key in keys[::-1]:
        rises = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & rises)
    return bool(rises.all())


def count_up_to(keys: Keys, bound: tuple[int, int, int]) -> int:
    """How many rows of sorted keys do not come after `bound`."""
    low, high = 0, len(keys[0])
    for key, value in zip(keys, bound, strict=True):
        part = key[low:high]
        low, high = (
            low + int(np.searchsorted(part, value, "left")),
            low + int(np.searchsorted(part, value, "right")),
        )
    return high


def _taken(table: pa.Table, name: str, order: pa.Array) -> pa.Array:
    column = table[name]
    if column.null_count == len(column):
        return pa.nulls(len(column), column.type)
    whole = column.unify_dictionaries().combine_chunks()
    return pc.take(whole, order, boundscheck=False)
