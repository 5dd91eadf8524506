"""What one stretch of a file gave: its tables, what continues the record before, its counts."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse import endings
from authlogs.schema import TALLY


@dataclass(frozen=True)
class Chunk:
    """Tables of one stretch; `last` is the row of events that a continuation would go to."""

    events: pa.Table
    changes: pa.Table
    rejects: pa.Table
    last: int | None = None
    empty: bool = False  # no record at all: nothing that could be continued

    def continued(self, text: str, end: int) -> "Chunk":
        """The chunk with text appended to its last event, which now runs on to byte `end`."""
        if self.last is None or not text:
            return self
        row = self.last
        length = end - self.events["byte_offset"][row].as_py()
        events = _with_cell(self.events, "byte_length", row, length)
        if "message" in events.column_names:
            said = events["message"][row].as_py()
            whole = text if said is None else f"{said}\n{text}"
            if said is None or len(said) <= 2 * endings.KEPT:
                events = _with_cell(events, "message", row, whole)
        return Chunk(events, self.changes, self.rejects, row)


@dataclass(frozen=True)
class Ahead:
    """Lines at the start of a stretch that continue the record before it."""

    text: str = ""
    end: int = 0


@dataclass
class Ledger:
    """What has been counted of one file, and how many records lacked a zone or a year."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TALLY, 0))
    needs_zone: int = 0
    needs_year: int = 0

    def add(self, name: str, count: object) -> None:
        self.counts[name] += int(count)  # type: ignore[call-overload]

    def merge(self, other: "Ledger") -> None:
        """Add what another stretch of the file counted."""
        for name, count in other.counts.items():
            self.counts[name] += count
        self.needs_zone += other.needs_zone
        self.needs_year += other.needs_year


def _with_cell(table: pa.Table, name: str, row: int, value: object) -> pa.Table:
    at = table.schema.get_field_index(name)
    mask = np.zeros(len(table), bool)
    mask[row] = True
    column = table.column(at).combine_chunks()
    changed = pc.replace_with_mask(column, pa.array(mask), pa.array([value], column.type))
    return table.set_column(at, table.schema.field(at), changed)
