"""The lines around places in a file: what stands before and after a record."""

from collections.abc import Iterator, Mapping
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


def lines_around(place: Place, wanted: Mapping[int, int], count: int) -> Iterator[Line]:
    """The lines that were asked for, and `count` before and after each, in the file's order.

    `wanted` gives for each line the byte of the uncompressed stream at which its record begins: a
    line that does not hold this byte any more is not the one that was read, and is left out with
    its neighbours. The file is read up to the last of them.
    """
    last = max(wanted, default=0) + count
    near = np.unique(np.add.outer(np.array(sorted(wanted), np.int64), np.arange(-count, count + 1)))
    for block in _blocks(place):
        rows = np.flatnonzero(np.isin(block.line_no, near))
        texts = redact(block.text.take(pa.array(rows))).to_pylist()
        for row, text in zip(rows.tolist(), texts, strict=True):
            number = int(block.line_no[row])
            start, length = int(block.offset[row]), int(block.length[row])
            at = wanted.get(number)
            if at is not None and not start <= at <= start + length:
                return
            yield Line(number, text, at is not None)
        if int(block.line_no[-1]) >= last:
            return


def _blocks(place: Place) -> Iterator[Block]:
    stream = Stored(place).chunks()
    first = next(stream, b"")
    head = look(first)
    rest = chain([first[head.mark :]], stream)
    return cut_blocks(rest, start=head.mark, size=_BLOCK, encoding=head.encoding)
