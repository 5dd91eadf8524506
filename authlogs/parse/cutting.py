"""Where a large plain file may be cut into pieces: one cheap pass that hashes and counts lines."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from authlogs.parse.clock import Clock
from authlogs.parse.engine import assign
from authlogs.parse.format import Format
from authlogs.parse.pieces import Piece
from authlogs.parse.records import line_records
from authlogs.sources.lines import cut_blocks
from authlogs.sources.places import CHUNK

_LOOKED_AT: Final = 256 << 10
"""Bytes in which a record must begin, or there is no cut."""


@dataclass(frozen=True)
class Cut:
    """A file in pieces that follow each other, and its hash and size as it was cut."""

    pieces: tuple[Piece, ...]
    sha256: str
    size: int


@dataclass(frozen=True, order=True)
class _Place:
    offset: int
    line_no: int


def cut_file(path: Path, order: Sequence[Format], *, size: int) -> Cut:
    """Cut a plain file into pieces of about `size` bytes, each of which begins with a record.

    A line begins a record when one of the formats in `order` claims it: what continues a record is
    claimed by none. Raises OSError.
    """
    digest = hashlib.sha256()
    places: list[_Place] = []
    done, lines, target = 0, 0, size
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
            counted = 0  # bytes of this chunk whose newlines are in `lines`
            while (end := data.find(b"\n", max(0, target - done)) + 1) > 0:
                lines += data.count(b"\n", counted, end)
                counted = end
                places.append(_Place(done + end, lines + 1))
                target = done + end + size
            lines += data.count(b"\n", counted)
            done += len(data)
    near = (_record_near(path, place, order) for place in places)
    starts = sorted({one for one in near if one is not None})
    edges = [_Place(0, 1), *starts, _Place(done, 0)]
    pieces = [Piece(low.offset, high.offset, low.line_no) for low, high in pairwise(edges)]
    return Cut(tuple(pieces), digest.hexdigest(), done)


def _record_near(path: Path, place: _Place, order: Sequence[Format]) -> _Place | None:
    """The first line at or after a place that a format claims; null where none does."""
    with path.open("rb") as file:
        file.seek(place.offset)
        data = file.read(_LOOKED_AT)
    block = next(cut_blocks([data[: data.rfind(b"\n") + 1]], start=place.offset, size=1), None)
    if block is None:
        return None
    records = line_records(block)
    told = assign(records, order, Clock())
    claimed = np.setdiff1d(np.arange(len(records)), np.concatenate([told.left, told.parts]))
    if not len(claimed):
        return None
    return _Place(int(records.offset[claimed[0]]), place.line_no + int(claimed[0]))
