"""Records on their way to rows: their text, where it stands, and what an envelope said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.clock import Longs, Times
from authlogs.parse.fields import Fields
from authlogs.parse.format import Format
from authlogs.sources.lines import Block

Rows = NDArray[np.int64]


MOST_REPEATED: Final = 1000
"""Events that one record may stand for."""


@dataclass(frozen=True)
class Header:
    """What envelopes said of each record: fields by name, and when; the inner one comes first.

    `time` is null where none said anything readable, `seen` is what an outer one said beside it,
    `kinds` are what formats call such envelopes, `trail` are their names, the innermost last.
    """

    fields: Mapping[str, pa.Array]
    time: Times
    kinds: frozenset[str] = frozenset()
    trail: tuple[str, ...] = ("envelope",)
    seen: pa.Array | None = None

    def __len__(self) -> int:
        return len(self.time.moment)

    def get(self, name: str) -> pa.Array:
        """A field; null where no envelope has it."""
        column = self.fields.get(name)
        return pa.nulls(len(self), pa.string()) if column is None else column

    def take(self, rows: Rows) -> "Header":
        index = pa.array(rows)
        return replace(
            self,
            fields={name: column.take(index) for name, column in self.fields.items()},
            time=self.time.take(rows),
            seen=None if self.seen is None else self.seen.take(index),
        )

    def within(self, outer: "Header | None") -> "Header":
        """The same in another envelope, which says what this one leaves open."""
        if outer is None:
            return self
        fields = dict(outer.fields)
        for name, column in self.fields.items():
            fields[name] = pc.coalesce(column, fields[name]) if name in fields else column
        known = pa.array(self.time.known)
        return replace(
            self,
            fields=fields,
            time=self.time.or_else(outer.time),
            kinds=self.kinds | outer.kinds,
            trail=(*outer.trail, *self.trail),
            seen=pc.if_else(known, outer.time.to_arrow(), outer.seen),
        )


@dataclass(frozen=True)
class Records:
    """Texts with their places: `line_no`, `offset` and `length` in bytes, `repeat` of each.

    `elements` says that they are elements of a JSON document and no lines; `cells` are the columns
    of a file with a header line.
    """

    text: pa.Array
    line_no: Longs
    offset: Longs
    length: Longs
    repeat: Longs
    header: Header | None = None
    elements: bool = False
    cells: Mapping[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.line_no)

    def take(self, rows: Rows) -> "Records":
        index = pa.array(rows)
        return replace(
            self,
            text=self.text.take(index),
            line_no=self.line_no[rows],
            offset=self.offset[rows],
            length=self.length[rows],
            repeat=self.repeat[rows],
            header=None if self.header is None else self.header.take(rows),
            cells={name: column.take(index) for name, column in self.cells.items()},
        )


def plain_records(text: pa.Array, line_no: Longs, offset: Longs, length: Longs) -> Records:
    """Records of one line each, each standing for itself."""
    return Records(text, line_no, offset, length, np.ones(len(line_no), np.int64))


def line_records(block: Block | None) -> Records:
    """A block's lines as records, empty ones included."""
    if block is None:
        empty = np.empty(0, np.int64)
        return plain_records(pa.array([], pa.string()), empty, empty, empty)
    return plain_records(block.text, block.line_no, block.offset, block.length)


@dataclass(frozen=True)
class Claim:
    """Records that a format took for its own, their fields, and its pattern's constants.

    `repeat`, where given, is how often each stands; too often where a list is too long.
    """

    format: Format
    rows: Rows  # of the Records they came from; one may stand there several times
    fields: Fields
    constants: Mapping[str, str] = field(default_factory=dict)
    repeat: Longs | None = None
    pattern: str = ""


def rows_where(mask: Any) -> Rows:
    """Row numbers of a boolean mask (numpy or Arrow; null counts as no)."""
    if isinstance(mask, (pa.Array, pa.ChunkedArray)):
        mask = mask.fill_null(False).to_numpy(zero_copy_only=False)
    return np.flatnonzero(mask).astype(np.int64)
