"""All files of a read: dated ones first, so that they can lend a year to those without."""

import fnmatch
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, TypeAlias, TypeVar

import pyarrow as pa

from authlogs.parse.chunks import Chunk
from authlogs.parse.clock import year_near
from authlogs.parse.files import FileRead, Task
from authlogs.parse.format import Format
from authlogs.parse.pieces import Piece
from authlogs.parse.probing import Mode, Probe, probe
from authlogs.parse.reader import Outcome, Settings, microseconds
from authlogs.parse.turns import in_turn
from authlogs.progress import bar, watched
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES
from authlogs.sources.find import Found
from authlogs.window import parse_zone

_YEAR_US = 366 * 86_400 * 1_000_000
Spans: TypeAlias = list[tuple[datetime, datetime]]
T = TypeVar("T")
PerFile: TypeAlias = T | Mapping[str, T] | None
"""One value for all files, or one for each glob of names."""


class Standing(Protocol):
    """How a file stands to a shelf: known already, or to be read from a line on, under a name."""

    @property
    def name(self) -> str: ...
    @property
    def skip(self) -> bool: ...
    @property
    def offset(self) -> int: ...
    @property
    def line_no(self) -> int: ...


class Shelf(Protocol):
    """Where rows go as they are read, so that they need not be held: a store's writer."""

    def standing(self, name: str, path: str, *, whole: bool = False) -> Standing:
        """How a file stands to what is there; `whole` if it can be read from its start alone."""

    def add(self, events: pa.Table, changes: pa.Table, rejects: pa.Table) -> None:
        """Take rows."""


@dataclass
class Tables:
    """What has been read so far, file by file in the order of the files."""

    shelf: Shelf | None = None
    events_schema: pa.Schema = EVENTS
    events: dict[int, list[pa.Table]] = field(default_factory=dict)
    changes: dict[int, list[pa.Table]] = field(default_factory=dict)
    rejects: dict[int, list[pa.Table]] = field(default_factory=dict)
    sources: dict[int, dict[str, Any]] = field(default_factory=dict)
    needs_zone: list[str] = field(default_factory=list)
    needs_year: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    first_reject: dict[str, Any] | None = None

    def add(self, at: int, chunk: Chunk) -> None:
        """Keep what a stretch of a file gave, or put it where it is kept."""
        self.note_reject(chunk.rejects)
        if self.shelf is not None:
            self.shelf.add(chunk.events, chunk.changes, chunk.rejects)
            return
        self.events.setdefault(at, []).append(chunk.events)
        self.changes.setdefault(at, []).append(chunk.changes)
        self.rejects.setdefault(at, []).append(chunk.rejects)

    def note_reject(self, rejects: pa.Table) -> None:
        """Remember the first record that could not be read."""
        if self.first_reject is None and len(rejects):
            self.first_reject = rejects.slice(0, 1).to_pylist()[0]

    def finish(self, at: int, read: FileRead) -> None:
        """Note what a file as a whole has to say."""
        self.sources[at] = read.source()
        name = read.name
        if read.note:
            self.notes.append(f"{name}: {read.note}")
        if read.ledger.needs_zone:
            self.needs_zone.append(name)
        if read.ledger.needs_year:
            self.needs_year.append(name)

    def table(self, name: str) -> pa.Table:
        """One of events, changes and rejects as a whole."""
        schema = {"events": self.events_schema, "changes": CHANGES, "rejects": REJECTS}[name]
        parts: dict[int, list[pa.Table]] = getattr(self, name)
        tables = [table for at in sorted(parts) for table in parts[at] if len(table)]
        whole = pa.concat_tables(tables) if tables else schema.empty_table()
        return whole.unify_dictionaries().combine_chunks()

    def source_table(self) -> pa.Table:
        """A row for each file."""
        rows = [self.sources[at] for at in sorted(self.sources)]
        return pa.Table.from_pylist(rows, schema=SOURCES)


def read_files(
    files: tuple[Found, ...],
    settings: Settings,
    *,
    tz: PerFile[str] = None,
    year: PerFile[int] = None,
    log_format: PerFile[str] = None,
    threads: int | None = None,
    shelf: Shelf | None = None,
) -> Tables:
    """Read every file; what lacks a zone or a year is rejected and its file named.

    With a `shelf` rows go there, and files that it has are passed over.
    """
    forced = [forced_format(found, settings, log_format) for found in files]
    folder = _Folder(settings, tz, year, shelf)
    tables = Tables(shelf, settings.events_schema)
    threads = threads or os.cpu_count() or 1
    spans = _collect(folder.dated(files, forced), tables, threads, _stored_bytes(files))
    _collect(folder.yearless(spans), tables, threads, _stored_bytes(folder.waiting))
    return tables


@dataclass(frozen=True)
class _Folder:
    """The files of a read, opened one after the other: those without a year wait for the others."""

    settings: Settings
    tz: PerFile[str]
    year: PerFile[int]
    shelf: Shelf | None
    _waiting: list[tuple[int, Probe]] = field(default_factory=list)

    def dated(
        self, files: tuple[Found, ...], forced: list[Format | None]
    ) -> Iterator[tuple[int, FileRead]]:
        """Files whose times have a year, as they are looked at."""
        for at, (found, format) in enumerate(zip(files, forced, strict=True)):
            probed = probe(found, self.settings, format)
            if probed.recognition.yearless is None:
                yield from self._opened(at, probed, [])
            else:
                self._waiting.append((at, probed.without_claims()))

    @property
    def waiting(self) -> list[Found]:
        """The files that wait."""
        return [probed.found for _, probed in self._waiting]

    def yearless(self, spans: Spans) -> Iterator[tuple[int, FileRead]]:
        """The files that waited, to which the spans of the others lend a year."""
        for at, probed in self._waiting:
            yield from self._opened(at, probed, spans)

    def _opened(self, at: int, one: Probe, spans: Spans) -> Iterator[tuple[int, FileRead]]:
        """A file to be read, unless the shelf has it."""
        name, piece = one.found.name, None
        year, year_from = year_of(one, self.year, spans)
        zone = per_file(self.tz, name)
        if self.shelf is not None:
            whole = one.mode is not Mode.LINES or one.recognition.yearless is not None
            told = self.shelf.standing(name, str(one.found.path), whole=whole)
            if told.skip:
                return
            name, piece = told.name, Piece(told.offset, None, told.line_no)
        where = None if zone is None else parse_zone(zone)
        file = FileRead(
            one,
            self.settings,
            zone=where,
            zone_name=zone,
            year=year,
            year_from=year_from,
            name=name,
            piece=piece,
        )
        yield at, file


def per_file(option: PerFile[T], name: str) -> T | None:
    """The value of an option for a file: the first glob that fits its path or its last part."""
    if not isinstance(option, Mapping):
        return option
    last = PurePosixPath(name).name
    for pattern, value in option.items():
        if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(last, pattern):
            return value
    return None


def forced_format(found: Found, settings: Settings, log_format: PerFile[str]) -> Format | None:
    """The format that the caller says a file is in."""
    name = per_file(log_format, found.name)
    return None if name is None else settings.registry.named(name)


def year_of(one: Probe, option: PerFile[int], spans: Spans) -> tuple[int | None, str | None]:
    """The year of a file's yearless stamps: the option, else where dated sources lie."""
    told = per_file(option, one.found.name)
    if told is not None:
        return told, "option"
    if one.recognition.yearless is None or not spans:
        return None, None
    span = (min(low for low, _ in spans), max(high for _, high in spans))
    edges = (microseconds(span[0]), microseconds(span[1]))
    if edges[1] - edges[0] >= _YEAR_US:
        return None, None
    return year_near(*one.recognition.yearless, edges), "dated sources"


def _collect(
    files: Iterable[tuple[int, FileRead]], tables: Tables, threads: int, size: float
) -> Spans:
    """Read files on several threads, block by block, and settle each block in its turn.

    `size` is what a watcher is told that there is to read; returned are the spans of dated files.
    """
    work = (
        (at, read, task)
        for at, read in files
        for task in chain[Task | None](read.tasks(), (None,))  # None ends a file
    )
    spans: Spans = []
    before = done = 0.0
    with bar("reading", size) as advance:
        for (at, read, task), outcome in in_turn(work, _read, threads=threads):
            if task is not None and outcome is not None:
                chunks = read.settle(task, outcome)
            else:
                chunks = read.last()
            for chunk in chunks:
                tables.add(at, chunk)
            advance(before + read.taken - done)
            done = before + read.taken
            if task is None:
                tables.finish(at, read)
                before += read.taken
                if None not in read.span and not read.year_used:
                    spans.append(read.span)
    return spans


def _stored_bytes(files: Iterable[Found]) -> float:
    """Bytes to be read of files that lie here; what of others is not known adds nothing."""
    if not watched():
        return 0
    paths = (one.path for one in files)
    return sum(p.stat().st_size for p in paths if isinstance(p, Path) and p.is_file())


def _read(work: tuple[int, FileRead, Task | None]) -> Outcome | None:
    task = work[2]
    return None if task is None else task.read()
