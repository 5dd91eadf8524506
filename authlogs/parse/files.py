"""One file from end to end: its chunks, and then its row in `sources`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from authlogs.parse.delimited import Sheet
from authlogs.parse.documents import read_document, slices
from authlogs.parse.pieces import Piece, StoredPiece
from authlogs.parse.probing import Mode, Probe, line_records
from authlogs.parse.reader import Ahead, Chunk, Ledger, Reader, Settings
from authlogs.parse.records import Records
from authlogs.secrets import redact_text
from authlogs.sources.compression import Stored
from authlogs.sources.lines import Block, cut_blocks, look

_LARGEST_DOCUMENT: Final = 512 << 20
_NOTES: Final = 256 << 10


class FileRead:
    """Reads one probed file: iterate `chunks()` to its end, then ask for `source()`.

    With a `piece` only that stretch of a file of lines is read; its rows are those that the whole
    file gives there, and `source()` counts the stretch alone.
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
        piece: Piece | None = None,
    ) -> None:
        self.probed, self._settings = probed, settings
        self._zone_name, self._year_from = zone_name, year_from
        path = probed.found.path
        self._piece = piece or Piece()
        self._stored = Stored(path) if piece is None else StoredPiece(path, piece)
        order = probed.recognition.order
        self.reader = Reader(probed.found.name, order, settings, zone=zone, year=year)
        self._notes: list[str] = []
        self._span: tuple[Any, Any] = (None, None)
        self._encoding = "utf-8"

    @property
    def ledger(self) -> Ledger:
        return self.reader.ledger

    def chunks(self) -> Iterator[Chunk]:
        """All chunks of the file, in order."""
        if self.probed.mode is Mode.NOTHING:
            if self.probed.found.error is None:
                for _ in self._stored.chunks():  # for the hash
                    pass
            return
        stream = self._stored.chunks()
        first = next(stream, b"")
        mark = 0 if self._piece.start else look(first).mark
        pieces = chain([first[mark:]], stream)
        read = {
            Mode.LINES: self._lines,
            Mode.DOCUMENT: self._document,
            Mode.SHEET: self._sheet,
            Mode.PROSE: self._prose,
        }[self.probed.mode]
        for chunk in read(pieces, self._piece.start + mark):
            self._note_span(chunk)
            yield chunk

    def _lines(self, pieces: Iterator[bytes], mark: int) -> Iterator[Chunk]:
        """Blocks of lines; a chunk waits for the next, whose first lines may continue it."""
        waiting: Chunk | None = None
        for block in cut_blocks(pieces, start=mark):
            block = replace(block, line_no=block.line_no + (self._piece.first_line - 1))
            records, blank = _filled_lines(block)
            self.ledger.add("lines", len(block.line_no))
            self.ledger.add("blank", blank)
            if not len(records):
                continue
            ahead = Ahead()
            if block.too_long:
                chunk = self.reader.refuse(records, "line_too_long")
            else:
                chunk, ahead = self.reader.chunk(records)
            if waiting is not None:
                waiting = waiting.continued(ahead.text, ahead.end)
                if chunk.empty:
                    continue
                yield waiting
            waiting = chunk
        if waiting is not None:
            yield waiting

    def _document(self, pieces: Iterator[bytes], mark: int) -> Iterator[Chunk]:
        data = b"".join(pieces)
        if len(data) > _LARGEST_DOCUMENT:
            self._stored.fault = "a JSON document of more than 512 MiB: split it into lines (jq -c)"
            return
        document = read_document(data, start=mark)
        counts = ("lines", "unpacked", "joined", "comments", "blank")
        for name in counts:
            self.ledger.add(name, getattr(document, name))
        for records in slices(document.records):
            yield self.reader.chunk(records)[0]
        if len(document.broken):
            yield self.reader.refuse(document.broken, "bad_json")

    def _sheet(self, pieces: Iterator[bytes], mark: int) -> Iterator[Chunk]:
        assert self.probed.heading is not None
        blocks = self._counted(cut_blocks(pieces, start=mark))
        for stretch in Sheet(self.probed.heading).stretches(blocks):
            for name in ("joined", "comments", "blank"):
                self.ledger.add(name, getattr(stretch, name))
            if len(stretch.records):
                yield self.reader.chunk(stretch.records)[0]
            if len(stretch.broken):
                yield self.reader.refuse(stretch.broken, "bad_csv")

    def _prose(self, pieces: Iterator[bytes], mark: int) -> Iterator[Chunk]:
        for block in self._counted(cut_blocks(pieces, start=mark)):
            records, blank = _filled_lines(block)
            self.ledger.add("blank", blank)
            self.ledger.add("comments", len(records))
            if sum(map(len, self._notes)) < _NOTES:
                self._notes.append("\n".join(block.text.to_pylist())[:_NOTES])
        yield from ()

    def _counted(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for block in blocks:
            self.ledger.add("lines", len(block.line_no))
            yield block

    def _note_span(self, chunk: Chunk) -> None:
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
        told, clock, counts = self.probed.recognition, self.reader.clock, self.ledger.counts
        prose = self.probed.mode is Mode.PROSE
        kind = "notes" if prose else self._kind()
        was_opened = self._stored.size or not (self.probed.error or self._stored.fault)
        named = kind in ("events", "changes") and told.format is not None
        return {
            "source_file": self.probed.found.name,
            "path": str(self.probed.found.path),
            "kind": kind,
            "sha256": self._stored.sha256 if was_opened else None,
            "size": self._stored.size,
            "compression": self._stored.compression,
            "encoding": self._encoding,
            "format": told.format.name if named and told.format else None,
            "confidence": told.confidence if named else None,
            "zone": self._zone_name if clock.zone_used else None,
            "year": clock.year if clock.year_used else None,
            "year_from": self._year_from if clock.year_used else None,
            "first_time": self._span[0],
            "last_time": self._span[1],
            "logs_success": told.format.logs_success if named and told.format else None,
            "truncated": self._stored.truncated,
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


def _filled_lines(block: Block) -> tuple[Records, int]:
    """The lines that hold something, and how many do not."""
    records = line_records(block)
    blank = pc.equal(pc.utf8_trim_whitespace(block.text), "").to_numpy(zero_copy_only=False)
    count = int(blank.sum())
    return (records.take(np.flatnonzero(~blank)) if count else records), count
