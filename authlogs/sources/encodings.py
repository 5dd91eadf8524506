"""UTF-16 and UTF-32 on their way to UTF-8, with every line where it stands in the stored bytes."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
"""Byte-order marks; UTF-32 first, whose mark begins with that of UTF-16."""


def as_utf8(data: bytes, encoding: str) -> bytes:
    """Bytes in UTF-8; what stands for no character becomes U+FFFD."""
    if encoding == "utf-8":
        return data
    return data.decode(encoding, "replace").encode()


class Wide:
    """A stream of UTF-16 or UTF-32: its UTF-8, and where its lines begin and end.

    Newlines of both are the same and in the same order, so a line is found by its number.
    """

    def __init__(self, chunks: Iterable[bytes], encoding: str, start: int) -> None:
        self._chunks, self._encoding, self._at = chunks, encoding, start
        self._unit = 2 if "16" in encoding else 4
        self._type = np.dtype(f"{'<' if encoding.endswith('le') else '>'}u{self._unit}")
        self._next = start
        self._ends: list[Longs] = []
        self._nexts: list[Longs] = []
        self._carriage = False  # whether the last unit of the chunk before was one

    def chunks(self) -> Iterator[bytes]:
        """The UTF-8."""
        decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        held = b""
        for chunk in self._chunks:
            data = held + chunk
            whole = len(data) // self._unit * self._unit
            data, held = data[:whole], data[whole:]
            self._note(np.frombuffer(data, self._type))
            yield decoder.decode(data).encode()
        self._at += len(held)
        yield decoder.decode(held, final=True).encode()

    def _note(self, units: NDArray[np.uint32]) -> None:
        if not len(units):
            return
        newlines = np.flatnonzero(units == 10)
        before = np.concatenate(([self._carriage], units[:-1] == 13))
        starts = self._at + newlines * self._unit
        self._ends.append(starts - before[newlines] * self._unit)
        self._nexts.append(starts + self._unit)
        self._carriage = bool(units[-1] == 13)
        self._at += len(units) * self._unit

    def lines(self, count: int) -> tuple[Longs, Longs]:
        """Offset and length of the next lines, in stored bytes; the last may lack its newline."""
        ends = np.concatenate([*self._ends, [self._at]]).astype(np.int64)
        nexts = np.concatenate([*self._nexts, [self._at]]).astype(np.int64)
        offset = np.concatenate(([self._next], nexts[: count - 1]))
        length = ends[:count] - offset
        self._next = int(nexts[count - 1])
        self._ends, self._nexts = [ends[count:-1]], [nexts[count:-1]]
        return offset, length
