"""Parquet files of one table, a file for each date, written a sorted row group at a time.

Measured on the sample's events (62 columns, of which 53 hold something): sorting takes a third of
the time, and of the writing statistics of every column would take a fifth. They are kept where a
filter can use them. Numbers and texts that hardly repeat are written without a dictionary.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from authlogs.logs.store.manifest import FileEntry, open_private, sync_folder
from authlogs.logs.store.order import in_order, is_in_order, names_of, sort_keys

ROWS: Final = 131_072
"""Rows of a row group, and of the buffer that is sorted: what bounds the memory of a writer."""
MOST_DATES: Final = 64
"""Dates that a buffer is divided into; the rows of any more share a file."""
MOST_GROUPS: Final = 256
"""Row groups of a file; its writer remembers something of each."""
_MOST_OPEN: Final = MOST_DATES + 2
NO_TIME, MIXED = "none", "mixed"

_DAY_US: Final = 86_400_000_000
_STEPS: Final = frozenset(("time", "observed_time", "iat", "nbf", "exp", "line_no", "byte_offset"))
"""Numbers near to that of the row before: their differences are smaller, and read sooner."""
_UNIQUE: Final = _STEPS | frozenset(
    ("time_raw", "jti", "trace_id", "request_id", "attempt_id", "extra")
)
_PRUNED_BY: Final = frozenset(
    ("time", "end_time", "service", "event_type", "outcome", "reason", "source_file", "line_no",
     "byte_offset")
)  # fmt: skip
_SOUGHT: Final = frozenset(
    ("user", "user_id", "sub", "token_hash", "jti", "session_hash", "request_id", "trace_id",
     "attempt_id", "source_ip")
)  # fmt: skip
"""Identifiers: Bloom filters tell which row groups lack one, where no order could."""
_DISTINCT: Final = 20_000
"""Values of a row group that a Bloom filter is made for (32 KiB)."""
_PAGE_BYTES: Final = 65_536
"""Who looks for few rows uncompresses the pages that hold them; and what hardly repeats soon has
no dictionary, which would be read for each of them."""
_DICTIONARY_BYTES: Final = 131_072


class Shards:
    """Takes rows of any number, in any order; memory and open files are bounded.

    Files of events lie in `folder/events/date=…/`, those of other tables in `folder/TABLE/`. With
    `divided=False` all rows go into one file.
    """

    def __init__(
        self, folder: Path, table: str, schema: pa.Schema, stamp: str, *, divided: bool = True
    ) -> None:
        self._folder, self._table, self._schema, self._stamp = folder, table, schema, stamp
        self._divided = divided
        self._held: list[pa.Table] = []
        self._rows = 0
        self._open: dict[str, _Shard] = {}
        self._made: list[_Shard] = []
        self.entries: list[FileEntry] = []

    def add(self, table: pa.Table) -> None:
        """Take rows; they are written when there are enough of them."""
        for start in range(0, len(table), ROWS):
            piece = table.slice(start, ROWS)
            self._held.append(fitted(piece, self._schema))
            self._rows += len(piece)
            if self._rows >= ROWS:
                self._flush()

    def close(self) -> list[FileEntry]:
        """Write the rest and make every file safe; what belongs into the manifest."""
        self._flush()
        for name in list(self._open):
            self._finish(name)
        for folder in {shard.path.parent for shard in self._made}:
            for one in (folder, folder.parent):
                sync_folder(one)
        return self.entries

    def discard(self) -> None:
        """Remove every file that was begun."""
        for shard in self._made:
            shard.abandon()
        self._open, self._made, self.entries, self._held = {}, [], [], []

    def _flush(self) -> None:
        if not self._rows:
            return
        # Pieces with dictionaries of their own would be written without any.
        table = pa.concat_tables(self._held).unify_dictionaries()
        self._held, self._rows = [], 0
        if self._table == "events":
            table = in_order(table)
        dated = self._table == "events" and self._divided
        touched = dict(_by_date(table)) if dated else {"": table}
        for name, rows in touched.items():
            shard = self._shard(name)
            shard.write(rows)
            self._open[name] = self._open.pop(name)  # the last in line to be closed
            if self._divided and shard.groups >= MOST_GROUPS:
                self._finish(name)
        for name in list(self._open)[: max(len(self._open) - _MOST_OPEN, 0)]:
            self._finish(name)

    def _shard(self, name: str) -> "_Shard":
        if name not in self._open:
            folder = self._folder / self._table / (f"date={name}" if name else "")
            for one in (folder.parent, folder):
                one.mkdir(mode=0o700, exist_ok=True)
            path = folder / f"{self._stamp}-{len(self._made)}.parquet"
            shard = _Shard(path, self._schema)
            self._made.append(shard)
            self._open[name] = shard
        return self._open[name]

    def _finish(self, name: str) -> None:
        shard = self._open.pop(name)
        self.entries.append(shard.finish(self._table, self._folder))


class _Shard:
    """One file that is being written."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.groups, self.rows, self.untimed = path, 0, 0, 0
        self._span: list[int] = []
        self._sorted = "byte_offset" in schema.names
        self._last: pa.Table | None = None
        open_private(path).close()
        names = {field.name: _leaf(field) for field in schema}
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[leaf for name, leaf in names.items() if name not in _UNIQUE],
            column_encoding={name: "DELTA_BINARY_PACKED" for name in names if name in _STEPS},
            write_statistics=[leaf for name, leaf in names.items() if name in _PRUNED_BY],
            write_batch_size=1_024,
            data_page_size=_PAGE_BYTES,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            bloom_filter_options={
                leaf: {"ndv": _DISTINCT} for name, leaf in names.items() if name in _SOUGHT
            },
        )

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=ROWS)
        self.groups += 1
        self.rows += len(table)
        if "time" in table.column_names:
            time = pc.cast(table["time"], pa.int64())
            self.untimed += time.null_count
            self._span += [edge for edge in pc.min_max(time).as_py().values() if edge is not None]
            self._sorted = self._sorted and self._follows(table)

    def finish(self, table: str, folder: Path) -> FileEntry:
        self._writer.close()
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(
            table=table,
            path=self.path.relative_to(folder).as_posix(),
            sha256=sha256,
            size=self.path.stat().st_size,
            rows=self.rows,
            first_us=min(self._span, default=None),
            last_us=max(self._span, default=None),
            untimed=self.untimed,
            sorted=self._sorted,
        )

    def abandon(self) -> None:
        with suppress(OSError):  # a full disk, say: what was to be said of it is said already
            self._writer.close()
        self.path.unlink(missing_ok=True)

    def _follows(self, table: pa.Table) -> bool:
        """Whether a row group goes on where the last one ended."""
        last, self._last = self._last, table.slice(len(table) - 1).select(_KEYS).combine_chunks()
        if last is None:
            return True
        both = pa.concat_tables([last, table.slice(0, 1).select(_KEYS)])
        return is_in_order(sort_keys(both, names_of([both])))


_KEYS = ["time", "source_file", "byte_offset"]


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with the columns of a schema; those it lacks are null."""
    if table.schema.equals(schema):
        return table
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _leaf(field: pa.Field) -> str:
    """The name Parquet has for a column."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name


def _by_date(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Rows in order, divided by date (UTC); the largest dates where there are very many."""
    time = pc.cast(table["time"], pa.int64())
    timed = len(table) - time.null_count
    days = np.floor_divide(time.slice(0, timed).to_numpy(), _DAY_US)
    starts = np.flatnonzero(np.diff(days, prepend=days[:1] - 1)) if timed else np.zeros(0, int)
    ends = np.append(starts[1:], timed)
    large = set(np.argsort(starts - ends, kind="stable")[:MOST_DATES].tolist())
    mixed = []
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=False)):
        rows, name = table.slice(start, end - start), _date(int(days[start]))
        if name is None or at not in large:
            mixed.append(rows)
        else:
            yield name, rows
    if mixed:
        yield MIXED, pa.concat_tables(mixed)
    if timed < len(table):
        yield NO_TIME, table.slice(timed)


def _date(day: int) -> str | None:
    """A day as its date; None for one that no calendar here has."""
    try:
        return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    except OverflowError:
        return None
