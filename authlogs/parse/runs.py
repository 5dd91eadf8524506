"""Blocks of lines cut anew, so that no record whose parts go on lies in two of them."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.parse.clock import Clock
from authlogs.parse.envelope_file import Envelope
from authlogs.parse.envelopes import header_of, message_of
from authlogs.parse.lanes import Lanes
from authlogs.parse.partials import stream_codes, unfinished
from authlogs.parse.records import line_records
from authlogs.sources.lines import LONGEST, Block

_LOOKED_AT: Final = 2000
"""Lines at the end of a block among which an open record must begin."""


def whole_runs(blocks: Iterator[Block], envelopes: tuple[Envelope, ...]) -> Iterator[Block]:
    """The blocks, each ending where no part of a record is still to come."""
    held: Block | None = None
    for block in blocks:
        if block.too_long:
            yield from () if held is None else (held,)
            yield block
            held = None
            continue
        both = block if held is None else _together(held, block)
        cut = _open_from(both, envelopes)
        if int(both.length[cut:].sum()) > LONGEST:
            cut = len(both.line_no)
        if cut:
            yield _part(both, 0, cut)
        held = _part(both, cut, len(both.line_no)) if cut < len(both.line_no) else None
    if held is not None:
        yield held


def _open_from(block: Block, envelopes: tuple[Envelope, ...]) -> int:
    """The first line of a record whose last part is still to come; else the end of the block."""
    count = len(block.line_no)
    start = max(0, count - _LOOKED_AT)
    lanes = Lanes(line_records(_part(block, start, count)))
    earliest = count
    for envelope in envelopes:
        if envelope.more is None:
            continue
        for claim in lanes.claim(envelope.format, np.arange(count - start)):
            goes_on = unfinished(envelope.more, claim.fields, message_of(envelope, claim.fields))
            if not goes_on.any():
                continue
            codes = stream_codes(header_of(envelope, claim.fields, Clock()))
            for code in np.unique(codes[goes_on]).tolist():
                rows = np.flatnonzero(codes == code)
                ended = np.flatnonzero(~goes_on[rows])
                after = int(ended[-1]) + 1 if len(ended) else 0
                if after < len(rows):
                    earliest = min(earliest, start + int(claim.rows[rows[after]]))
    return earliest


def _part(block: Block, start: int, end: int) -> Block:
    return Block(
        block.text.slice(start, end - start),
        block.line_no[start:end],
        block.offset[start:end],
        block.length[start:end],
    )


def _together(first: Block, second: Block) -> Block:
    return Block(
        pa.concat_arrays([first.text, second.text]),
        np.concatenate([first.line_no, second.line_no]),
        np.concatenate([first.offset, second.offset]),
        np.concatenate([first.length, second.length]),
    )
