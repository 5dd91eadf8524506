"""One file from end to end: its chunks, and then its row in `sources`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from typing import Any, Final

import pyarrow.compute as pc

from authlogs.parse.ceilings import Ceiling
from authlogs.parse.chunks import Chunk, Ledger
from authlogs.parse.delimited import Sheet
from authlogs.parse.documents import read_document, slices
from authlogs.parse.extended import ExtendedLog
from authlogs.parse.journal_files import JournalFile
from authlogs.parse.markup_files import MarkupFile, record_names
from authlogs.parse.pieces import Piece, bytes_of
from authlogs.parse.probing import Mode, Probe
from authlogs.parse.reader import Outcome, Reader, Settings, State, Stretch
from authlogs.parse.runs import whole_runs
from authlogs.secrets import redact_text
from authlogs.sources.compression import Stored
from authlogs.sources.encodings import as_utf8
from authlogs.sources.lines import Block, cut_blocks, look

_LARGEST_DOCUMENT: Final = 512 << 20
_NOTES: Final = 256 << 10


@dataclass(frozen=True)
class Task:
    """A stretch of a file, and the state that it is read from as far as it is known."""

    file: "FileRead"
    stretch: Stretch
    assumed: State

    def read(self) -> Outcome:
        """Read it, on whatever thread."""
        return self.file.reader.read(self.stretch, self.assumed)


class FileRead:
    """Reads one probed file: settle its `tasks()` in their order, then ask for `source()`.

    `name` is what its rows bear. With a `piece` only that stretch of a file of lines is read.
    """

    def __init__(
        self,
        probed: Probe,
        settings: Settings,
        *,
        zone: tzinfo | None = None,
        zone_name: str | None = None,
        year: int | None = None,
        year_from: str | None = None,
        name: str | None = None,
        piece: Piece | None = None,
    ) -> None:
        self.probed, self.name = probed, name or probed.found.name
        self._piece = piece or Piece()
        self._zone_name, self._year_from = zone_name, year_from
        self._stored = Stored(probed.found.path if piece is None else bytes_of(probed.found, piece))
        self.reader = Reader(self.name, probed.recognition, settings, zone, year, probed.looked)
        self.ledger = Ledger()
        self._state = State()
        self._waiting: Chunk | None = None
        self.zone_used = self.year_used = False
        self._notes: list[str] = []
        self._span: tuple[Any, Any] = (None, None)
        self._ceiling = Ceiling()
        self._encoding = "utf-8"

    @property
    def taken(self) -> float:
        """Stored bytes that were read so far."""
        return self._stored.taken

    @property
    def note(self) -> str | None:
        """What is worth knowing of how the file was read, and no fault."""
        told = [one for one in (self._stored.note, self._capped) if one is not None]
        return "; ".join(told) or None

    @property
    def _capped(self) -> str | None:
        """Why it may be an export that stopped before its end."""
        counts = self.ledger.counts
        names = ("events", "changes", "filtered", "rejected")
        whole = self.probed.mode in (Mode.DOCUMENT, Mode.SHEET)
        exported = whole or any(one.export for one in self.probed.recognition.envelopes)
        return self._ceiling.told(sum(counts[name] for name in names), exported=exported)

    def chunks(self) -> Iterator[Chunk]:
        """All chunks of the file, in order, read here and now."""
        for task in self.tasks():
            yield from self.settle(task, task.read())
        yield from self.last()

    def tasks(self) -> Iterator[Task]:
        """The stretches of the file; some may be read before those ahead of them are settled."""
        if self.probed.mode is Mode.NOTHING:
            if self.probed.found.error is None:
                for _ in self._stored.chunks():  # for the hash
                    pass
            return
        stream = self._stored.chunks()
        first = next(stream, b"")
        head = look(first)
        start = self._piece.start or head.mark
        passed = 0 if self._piece.end is None else self._piece.start  # in the stream already
        self._encoding = head.encoding
        cut = {
            Mode.LINES: self._lines,
            Mode.DOCUMENT: self._document,
            Mode.SHEET: self._sheet,
            Mode.EXTENDED: self._extended,
            Mode.MARKUP: self._markup,
            Mode.JOURNAL: self._journal,
            Mode.PROSE: self._prose,
        }[self.probed.mode]
        for stretch in cut(_from(chain([first], stream), start - passed), start):
            yield Task(self, stretch, self._state)

    def settle(self, task: Task, outcome: Outcome) -> Iterator[Chunk]:
        """Account for a stretch, in its turn; a chunk waits for the next, which may continue it."""
        if not outcome.holds(task.assumed, self._state):
            outcome = self.reader.read(task.stretch, self._state)
        self._state = outcome.after
        self.ledger.merge(outcome.ledger)
        self.zone_used |= outcome.clock.zone_used
        self.year_used |= outcome.clock.year_used
        self._note_span(outcome.chunk)
        if self._waiting is not None:
            self._waiting = self._waiting.continued(outcome.ahead.text, outcome.ahead.end)
        if not outcome.chunk.empty:
            yield from self.last()
            self._waiting = outcome.chunk

    def _lines(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        line = self._piece.first_line
        blocks = cut_blocks(pieces, start=mark, encoding=self._encoding, line=line)
        parted = tuple(one for one in self.probed.recognition.envelopes if one.more)
        for block in whole_runs(blocks, parted) if parted else blocks:
            yield Stretch(block=block, refused="line_too_long" if block.too_long else None)

    def last(self) -> Iterator[Chunk]:
        """The chunk that waits, if there is one."""
        if self._waiting is not None:
            yield self._waiting
            self._waiting = None

    def _document(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        data = b"".join(pieces)
        if len(data) > _LARGEST_DOCUMENT:
            self._stored.fault = "a JSON document of more than 512 MiB: split it into lines (jq -c)"
            return
        document = read_document(as_utf8(data, self._encoding), start=mark)
        names = ("lines", "unpacked", "joined", "comments", "blank")
        yield Stretch(
            records=document.broken,
            counts={name: getattr(document, name) for name in names},
            refused=document.why,
        )
        for records in slices(document.records):
            yield Stretch(records=records)

    def _sheet(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        assert self.probed.heading is not None
        blocks = self._counted(cut_blocks(pieces, start=mark, encoding=self._encoding))
        for cut in Sheet(self.probed.heading).stretches(blocks):
            counts = {name: getattr(cut, name) for name in ("joined", "comments", "blank")}
            yield Stretch(records=cut.records, counts=counts)
            if len(cut.broken):
                yield Stretch(records=cut.broken, refused="bad_csv")

    def _extended(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        blocks = self._counted(cut_blocks(pieces, start=mark, encoding=self._encoding))
        for cut, why in ExtendedLog().stretches(blocks):
            counts = {name: getattr(cut, name) for name in ("comments", "blank")}
            yield Stretch(records=cut.records, counts=counts)
            if len(cut.broken):
                yield Stretch(records=cut.broken, refused=why)

    def _journal(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        blocks = self._counted(cut_blocks(pieces, start=mark, encoding=self._encoding))
        for cut in JournalFile().stretches(blocks):
            yield Stretch(records=cut.records, counts={"joined": cut.joined, "blank": cut.blank})
            if len(cut.broken):
                yield Stretch(records=cut.broken, refused="bad_journal")

    def _markup(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        blocks = self._counted(cut_blocks(pieces, start=mark, encoding=self._encoding))
        names = record_names(self.probed.recognition.order)
        for cut in MarkupFile(names, self._encoding).stretches(blocks):
            counts = {name: getattr(cut, name) for name in ("joined", "comments", "blank")}
            yield Stretch(records=cut.records, counts={**counts, "unpacked": cut.unpacked})
            if len(cut.broken):
                yield Stretch(records=cut.broken, refused="bad_xml")

    def _prose(self, pieces: Iterator[bytes], mark: int) -> Iterator[Stretch]:
        for block in self._counted(cut_blocks(pieces, start=mark, encoding=self._encoding)):
            filled = int(pc.sum(pc.not_equal(pc.utf8_trim_whitespace(block.text), "")).as_py() or 0)
            self.ledger.add("blank", len(block.text) - filled)
            self.ledger.add("comments", filled)
            if sum(map(len, self._notes)) < _NOTES:
                self._notes.append("\n".join(block.text.to_pylist())[:_NOTES])
        yield from ()

    def _counted(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for block in blocks:
            self.ledger.add("lines", len(block.line_no))
            yield block

    def _note_span(self, chunk: Chunk) -> None:
        if len(chunk.events):
            self._ceiling.note(chunk.events["time"])
        for table in (chunk.events, chunk.changes):
            if len(table):
                edges = pc.min_max(table["time"])
                low, high = edges["min"].as_py(), edges["max"].as_py()
                known = [one for one in (*self._span, low, high) if one is not None]
                self._span = (min(known), max(known)) if known else (None, None)

    @property
    def span(self) -> tuple[Any, Any]:
        """First and last time that was read, or None."""
        return self._span

    def source(self) -> dict[str, Any]:
        """The file's row in `sources`."""
        told, counts = self.probed.recognition, self.ledger.counts
        prose = self.probed.mode is Mode.PROSE
        kind = "notes" if prose else self._kind()
        was_opened = self._stored.size or not (self.probed.error or self._stored.fault)
        named = kind in ("events", "changes") and told.format is not None
        return {
            "source_file": self.name,
            "path": str(self.probed.found.path),
            "kind": kind,
            "sha256": self._stored.sha256 if was_opened else None,
            "size": self._stored.size,
            "compression": self._stored.compression,
            "encoding": self._encoding,
            "format": told.format.name if named and told.format else None,
            "confidence": told.confidence if named else None,
            "zone": self._zone_name if self.zone_used else None,
            "year": self.reader.year if self.year_used else None,
            "year_from": self._year_from if self.year_used else None,
            "first_time": self._span[0],
            "last_time": self._span[1],
            "logs_success": told.format.logs_success if named and told.format else None,
            "truncated": self._stored.truncated or self._capped is not None,
            "error": self._error(),
            "notes": redact_text("\n".join(self._notes)) if prose else None,
            **counts,
        }

    def _kind(self) -> str:
        counts = self.ledger.counts
        if counts["changes"] > counts["events"]:
            return "changes"
        if counts["events"] or (counts["filtered"] and self.probed.recognition.format):
            return "events"
        format = self.probed.recognition.format
        return format.kind if format is not None and counts["lines"] else "none"

    def _error(self) -> str | None:
        ledger = self.ledger
        missing = []
        if ledger.needs_zone:
            missing.append(f"{ledger.needs_zone} records have no time zone: give one with --tz")
        if ledger.needs_year:
            missing.append(f"{ledger.needs_year} records have no year: give one with --year")
        told = [self.probed.error, self._stored.fault, *missing]
        return "; ".join(one for one in told if one) or None


def _from(pieces: Iterator[bytes], start: int) -> Iterator[bytes]:
    """A stream from some byte on; what lies before is passed over, and hashed on the way."""
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(start - len(piece), 0)
