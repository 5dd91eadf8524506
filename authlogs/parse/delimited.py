"""Files with a heading line: cells by heading, and records that take several lines."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.parse.format import Format
from authlogs.parse.known_by import has_fields
from authlogs.parse.records import Records, plain_records
from authlogs.parse.texts import text_array
from authlogs.secrets import name_secrets
from authlogs.sources.lines import Block

_DELIMITERS: Final = (",", ";", "\t", "|")
Lines = list[tuple[str, int, int, int]]
"""Text, number, offset and length of each line."""
_LONGEST: Final = 200
"""Lines that one quoted cell may span, so that a stray quote cannot swallow a file."""


@dataclass(frozen=True)
class Heading:
    """The names of the cells and what stands between them."""

    names: tuple[str, ...]
    delimiter: str


def find_heading(line: str, formats: tuple[Format, ...]) -> Heading | None:
    """The heading that a line is, if some format knows its names."""
    for delimiter in _DELIMITERS:
        names = _cells(line.lstrip("\ufeff"), delimiter)
        if names is None or len(names) < 2:
            continue
        heading = tuple(name.strip() for name in names)
        ways = (way for one in formats if one.shape == "csv" for way in one.recognise)
        if any(has_fields(way, heading) for way in ways):
            return Heading(heading, delimiter)
    return None


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=False))
    except csv.Error:
        return None
    return rows[0] if rows else None


@dataclass
class Stretch:
    """What a block of lines gives: records, broken ones, and counts of the lines that are none."""

    records: Records
    broken: Records
    joined: int = 0
    comments: int = 0
    blank: int = 0
    unpacked: int = 0


@dataclass
class Sheet:
    """Reads the blocks of one file; a record may begin in one and end in the next."""

    heading: Heading
    _open: Lines = field(default_factory=list)
    _headed: bool = False

    def stretches(self, blocks: Iterator[Block]) -> Iterator[Stretch]:
        """One stretch a block, and a last one for a record that never closed."""
        for block in blocks:
            yield self._stretch(lines_of(block))
        if self._open:
            yield self._flush()

    def _stretch(self, lines: Lines) -> Stretch:
        made = _Building(self.heading)
        pending = self._open + lines
        self._open = []
        at = 0
        while at < len(pending):
            end = _record_end(pending, at)
            if end is None:
                self._open = pending[at:]
                break
            self._one(pending[at:end], made)
            at = end
        return made.stretch()

    def _flush(self) -> Stretch:
        """A quote that never closes: its line is broken, the lines after it are read."""
        made = _Building(self.heading)
        pending, self._open = self._open, []
        while pending:
            end = _record_end(pending, 0)
            if end is None:
                made.refuse(pending[0])
                pending = pending[1:]
            else:
                self._one(pending[:end], made)
                pending = pending[end:]
        return made.stretch()

    def _one(self, lines: Lines, made: "_Building") -> None:
        text = "\n".join(line[0] for line in lines)
        if not text.strip():
            made.blank += len(lines)
        elif not self._headed or text.lstrip("\ufeff") == made.first_heading:
            self._headed = True
            made.comments += len(lines)
        elif text.startswith("#"):
            made.comments += len(lines)
        elif text.count('"') % 2:
            made.refuse(lines[0])
        else:
            made.add(lines, text, _cells(text, self.heading.delimiter) or [])


class _Building:
    """Records of one stretch on their way."""

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.first_heading = heading.delimiter.join(heading.names)
        self.good: Lines = []
        self.cells: list[list[str]] = []
        self.bad: Lines = []
        self.joined = self.comments = self.blank = 0

    def add(self, lines: Lines, text: str, cells: list[str]) -> None:
        _, number, offset, _ = lines[0]
        length = lines[-1][2] + lines[-1][3] - offset
        self.joined += len(lines) - 1
        if len(cells) == len(self.heading.names):
            self.good.append((text, number, offset, length))
            self.cells.append(cells)
        else:
            self.bad.append((text, number, offset, length))

    def refuse(self, line: tuple[str, int, int, int]) -> None:
        self.bad.append(line)

    def stretch(self) -> Stretch:
        names = self.heading.names
        columns = {
            name: text_array([row[at] for row in self.cells]) for at, name in enumerate(names)
        }
        good = records_of(self.good)
        records = replace(good, cells=columns)
        broken = without_cells(records_of(self.bad), names)
        return Stretch(records, broken, self.joined, self.comments, self.blank)


def without_cells(broken: Records, names: tuple[str, ...]) -> Records:
    """Broken records without their text where a name of the heading is that of a secret."""
    if not len(broken) or not name_secrets(names):
        return broken
    return replace(broken, text=pa.repeat(pa.scalar("[redacted:cells]"), len(broken)))


def records_of(rows: Lines, *, elements: bool = False) -> Records:
    """Lines, or elements of a document, as records."""
    numbers = np.array([row[1:] for row in rows], np.int64).reshape(len(rows), 3)
    text = text_array([row[0] for row in rows]) if rows else pa.array([], pa.string())
    made = plain_records(text, numbers[:, 0], numbers[:, 1], numbers[:, 2])
    return replace(made, elements=elements)


def lines_of(block: Block) -> Lines:
    """The lines of a block, one by one."""
    texts = block.text.to_pylist()
    places = (block.line_no.tolist(), block.offset.tolist(), block.length.tolist())
    return list(zip(texts, *places, strict=True))


def _record_end(lines: Lines, at: int) -> int | None:
    """The line after a record's last: quotes must pair up; None when the lines run out."""
    open_quote = False
    for end in range(at, len(lines)):
        if lines[end][0].count('"') % 2:
            open_quote = not open_quote
        if not open_quote:
            return end + 1
        if end - at >= _LONGEST:
            return at + 1
    return None
