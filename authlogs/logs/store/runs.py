"""Sorted stretches of events on disk, merged into one order in bounded memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from authlogs.logs.store.manifest import FileEntry
from authlogs.logs.store.order import Keys, count_up_to, in_order, sort_keys
from authlogs.logs.store.shards import fitted
from authlogs.schema import EVENTS

Stretch: TypeAlias = tuple[Path, list[int]]
"""A file, and those of its row groups that are in order."""

_ROWS: Final = 8_192
_BUFFER: Final = 1 << 16
_NO_ROWS: Final = EVENTS.empty_table()


class Run:
    """Rows in order, read as they are needed: a sorted file, or one row group of another."""

    def __init__(self, path: Path, groups: list[int], names: pa.Array) -> None:
        self._names = names
        self._batches = _batches(path, groups)
        self._rows: pa.Table = _NO_ROWS
        self._keys: Keys = sort_keys(self._rows, names)
        self.more = True
        self.refill()

    @property
    def last(self) -> tuple[int, int, int]:
        """The key of the last row at hand."""
        time, name, offset = self._keys
        return int(time[-1]), int(name[-1]), int(offset[-1])

    def take_up_to(self, bound: tuple[int, int, int]) -> pa.Table:
        """The rows at hand that do not come after `bound`."""
        count = count_up_to(self._keys, bound)
        if not count:
            return _NO_ROWS
        taken, self._rows = self._rows.slice(0, count), self._rows.slice(count)
        time, name, offset = self._keys
        self._keys = time[count:], name[count:], offset[count:]
        return taken

    def refill(self) -> None:
        """Have rows at hand, as long as there are any."""
        while self.more and not len(self._rows):
            batch = next(self._batches, None)
            if batch is None:
                self.more = False
            else:
                self._rows = fitted(pa.Table.from_batches([batch]), EVENTS)
                self._keys = sort_keys(self._rows, self._names)


def runs_of(folder: Path, entry: FileEntry) -> list[Stretch]:
    """The sorted stretches of a file: path and row groups of each."""
    path = folder / entry.path
    with pq.ParquetFile(path) as file:
        groups = list(range(file.num_row_groups))
    return [(path, groups)] if entry.sorted else [(path, [group]) for group in groups]


def source_names(folder: Path, entry: FileEntry) -> set[str]:
    """The source files that the rows of a file are from: their order is part of the rows'."""
    names: set[str] = set()
    with pq.ParquetFile(folder / entry.path) as file:
        for batch in file.iter_batches(columns=["source_file"]):
            names.update(batch["source_file"].dictionary.to_pylist())
    return names


def merged(stretches: Sequence[Stretch], names: pa.Array) -> Iterator[pa.Table]:
    """All rows in order. What every run has read up to can come out: nothing before it follows."""
    runs = [Run(path, groups, names) for path, groups in stretches]
    while runs := [run for run in runs if run.more]:
        bound = min(run.last for run in runs)
        parts = [rows for run in runs if len(rows := run.take_up_to(bound))]
        yield in_order(pa.concat_tables(parts))
        for run in runs:
            run.refill()


def _batches(path: Path, groups: list[int]) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
        yield from file.iter_batches(batch_size=_ROWS, row_groups=groups)
