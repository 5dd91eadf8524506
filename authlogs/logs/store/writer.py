"""Rows into a store: any number of them in bounded memory, all seen at once or not at all."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.logs.record import Logs
from authlogs.logs.store.contents import SCHEMAS, dataset_of, naming_damage, table_of
from authlogs.logs.store.keyfile import key_id, key_to_use
from authlogs.logs.store.known import Known, Row, Standing
from authlogs.logs.store.manifest import Manifest
from authlogs.logs.store.merging import Edges, Tail, continued
from authlogs.logs.store.removal import Amendment, amended
from authlogs.logs.store.workplace import WAIT_S, told_as_unwritable, workplace
from authlogs.schema import TALLY

_TIMED = ("events", "changes")
_ROWS = (*_TIMED, "rejects")


class StoreWriter:
    """Appends to a store, or makes one; `replace` puts new content in the place of the old.

    `key` is the key of the fingerprints in the rows that are added; without one it is that of the
    store. A second writer waits up to `wait_s`, and `say` is told so. Raises Unwritable, and
    BadCall where the store has another key or has lost it.
    """

    def __init__(
        self,
        store: str | PathLike[str],
        *,
        key: bytes | None = None,
        replace: bool = False,
        wait_s: float = WAIT_S,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._stack = ExitStack()
        self._folder = Path(store)
        self._place = self._stack.enter_context(workplace(self._folder, wait_s=wait_s, say=say))
        with self._stack:
            self._found = None if replace else self._place.manifest
            self.key = key_to_use(self._folder, self._found, key)
            self._old = self._found or Manifest()
            self._sources = table_of(self._folder, self._old.of("sources"), "sources").to_pylist()
            self._known = Known(self._sources)
            self._standings: dict[str, Standing] = {}
            self._asked: dict[tuple[str, str], Standing] = {}
            self._shards = {table: self._place.shards(table) for table in _ROWS}
            self._stack = self._stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def standing(self, name: str, path: str | PathLike[str], *, whole: bool = False) -> Standing:
        """How a file stands to the store, before it is read.

        A plain text file that grew is read on from its last record, for that may have been cut
        short; with `whole` (columns are named in its head, say), or where that is no line of its
        own, from its beginning.
        """
        asked = (name, str(path))
        if asked not in self._asked:
            told = self._known.judge(name, Path(path))
            if told.kept and not told.skip and not whole:
                told = self._resumed(told, told.kept, Path(path))
            self._asked[asked] = told
            if not told.skip:
                self._standings[told.name] = told
        return self._asked[asked]

    def add(self, events: pa.Table, changes: pa.Table, rejects: pa.Table) -> None:
        """Take rows, in any number and order; raises Unwritable when there is no space."""
        with told_as_unwritable(self._folder):
            for table, rows in zip(_ROWS, (events, changes, rejects), strict=True):
                self._shards[table].add(rows)

    def commit(self, sources: pa.Table, warnings: Iterable[str] = ()) -> None:
        """Make everything that was added part of the store, in one step.

        `sources` has a row for each file that was read. Rows of files whose bytes the store has
        are left out, whether or not `standing` was asked; a file that grew has one row, with the
        sums of both parts where it was read on.
        """
        with told_as_unwritable(self._folder):
            said = list(warnings)
            kept, new, old_rows, new_rows = self._settled(sources.to_pylist(), said)
            files = [entry for one in self._shards.values() for entry in one.close()]
            files = amended(self._folder, files, new_rows, self._more(new_rows))
            said = list(dict.fromkeys([*self._old.warnings, *said]))
            self._shards = {}
            unchanged = not new and not any(entry.rows for entry in files)
            if unchanged and self._found and said == list(self._old.warnings):
                return
            before = [entry for entry in self._old.files if entry.table != "sources"]
            before = amended(self._folder, before, old_rows, self._more(old_rows))
            rows = kept + new
            listed = self._place.write_sources(pa.Table.from_pylist(rows, SCHEMAS["sources"]))
            manifest = Manifest(
                files=(*before, *files, *listed.entries),
                sources=tuple(_short(row) for row in rows),
                warnings=tuple(said),
                key_id=key_id(self.key),
            )
            self._place.publish(manifest, key=self.key)

    def _settled(
        self, rows: list[Row], said: list[str]
    ) -> tuple[list[Row], list[Row], Amendment, Amendment]:
        """Old rows of sources that stay, new ones, and what changes in old and in new files."""
        new: list[Row] = []
        replaced: dict[str, int] = {}
        dropped: dict[str, int] = {}
        renamed: dict[str, str] = {}
        for row in rows:
            name = row["source_file"]
            told = self._standings.get(name) or self._known.judge(
                name, Path(row["path"]), sha256=row["sha256"], size=row["size"]
            )
            if told.skip:
                dropped[name] = -1
                if told.kept and told.kept["path"] != row["path"]:
                    said.append(f"{row['path']} has the bytes of {told.name}, kept once")
                continue
            if told.name != name:
                renamed[name] = told.name
                row = {**row, "source_file": told.name}
            if told.kept:
                replaced[told.name] = told.offset or -1
                before = partial(self._edges, told.name, pc.field("byte_offset") < told.offset)
                row = continued(row, told, self._tail(told.name, told.offset), before)
            new.append(row)
        kept = [row for row in self._sources if row["source_file"] not in replaced]
        return kept, new, Amendment(replaced), Amendment(dropped, renamed)

    def _resumed(self, told: Standing, kept: Row, path: Path) -> Standing:
        """The standing of a file that is read on from its last record, if that is one line."""
        plain = kept["compression"] in (None, "none") and kept["encoding"] in (None, "utf-8")
        if not plain or kept["kind"] == "notes" or kept["filtered"] or kept["error"]:
            return told
        last = pc.field("line_no") >= kept["lines"]
        if len(self._rows_of(told.name, "rejects", last)):
            return told  # it may have been the beginning of what continues a record
        offsets = [
            offset
            for table in _ROWS
            for offset in self._rows_of(told.name, table, last)["byte_offset"].to_pylist()
        ]
        if not offsets or not _begins_line(path, min(offsets)):
            return told
        return replace(told, offset=min(offsets), line_no=kept["lines"])

    def _tail(self, name: str, offset: int) -> Tail:
        """What the store has of a source from an offset on."""
        after = pc.field("byte_offset") >= offset
        rows = {table: len(self._rows_of(name, table, after)) if offset else 0 for table in _ROWS}
        return Tail(rows, self._edges(name, after) if offset else (None, None))

    def _edges(self, name: str, where: pc.Expression) -> Edges:
        """First and last time of the rows of a source."""
        times = [
            self._rows_of(name, table, where, "time")["time"].combine_chunks() for table in _TIMED
        ]
        both = pc.min_max(pa.concat_arrays(times)).as_py()
        return both["min"], both["max"]

    def _rows_of(
        self, name: str, table: str, where: pc.Expression, column: str = "byte_offset"
    ) -> pa.Table:
        entries = self._old.of(table)
        own = (pc.field("source_file") == name) & where
        with naming_damage(self._folder, entries):
            dataset = dataset_of(self._folder, entries, table)
            return dataset.to_table(columns=[column], filter=own)

    def _more(self, amendment: Amendment) -> dict[str, Any]:
        return {table: self._place.shards(table) for table in _ROWS} if amendment else {}


def save_logs(logs: Logs, store: str | PathLike[str]) -> None:
    """Make a store of Logs, in a new or empty folder or in the place of an older store."""
    with StoreWriter(store, key=logs.key, replace=True) as writer:
        _write(logs, writer)


def append_logs(logs: Logs, store: str | PathLike[str]) -> None:
    """Add what a store does not have of Logs; they must have been read with its key."""
    with StoreWriter(store, key=logs.key) as writer:
        _write(logs, writer)


def _write(logs: Logs, writer: StoreWriter) -> None:
    nothing = {table: SCHEMAS[table].empty_table() for table in _ROWS}
    writer.add(nothing["events"], logs.changes, logs.rejects)
    for batch in logs.dataset.to_batches():
        writer.add(pa.Table.from_batches([batch]), nothing["changes"], nothing["rejects"])
    writer.commit(logs.sources, logs.warnings)


def _begins_line(path: Path, offset: int) -> bool:
    """Whether a line begins at an offset; an element in the midst of one cannot be read on from."""
    with path.open("rb") as file:
        file.seek(max(offset - 1, 0))
        return offset == 0 or file.read(1) == b"\n"


def _short(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("source_file", "path", "sha256", "size", *TALLY)}
