"""The lines around places in a file: what stands before and after a record."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.secrets import redact
from authlogs.sources.compression import Stored
from authlogs.sources.lines import Block, cut_blocks, look
from authlogs.sources.places import Place

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Line:
    """A line of a file without its secrets; `wanted` where it was asked for itself."""

    line_no: int
    text: str
    wanted: bool


def lines_around(place: Place, wanted: Collection[int], count: int) -> Iterator[Line]:
    """The lines of these numbers, and `count` before and after each, in the file's order.

    The file is read up to the last of them. Faults of it end the lines, as they ended its reading.
    """
    last = max(wanted, default=0) + count
    near = np.unique(np.add.outer(np.array(sorted(wanted), np.int64), np.arange(-count, count + 1)))
    for block in _blocks(place):
        rows = np.flatnonzero(np.isin(block.line_no, near))
        texts = redact(block.text.take(pa.array(rows))).to_pylist()
        for number, text in zip(block.line_no[rows].tolist(), texts, strict=True):
            yield Line(number, text, number in wanted)
        if int(block.line_no[-1]) >= last:
            return


def _blocks(place: Place) -> Iterator[Block]:
    stream = Stored(place).chunks()
    first = next(stream, b"")
    head = look(first)
    rest = chain([first[head.mark :]], stream)
    return cut_blocks(rest, start=head.mark, size=_BLOCK, encoding=head.encoding)
