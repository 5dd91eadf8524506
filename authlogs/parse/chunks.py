"""What one stretch of a file gave: its tables, what continues the record before, its counts."""

from dataclasses import dataclass, field

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
        begin = self.events["byte_offset"][self.last]
        mask = pc.equal(self.events["byte_offset"], begin).combine_chunks()  # it may be repeated
        events = _with_cells(self.events, "byte_length", mask, end - begin.as_py())
        if "message" in events.column_names:
            said = events["message"][self.last].as_py()
            whole = text if said is None else f"{said}\n{text}"
            if said is None or len(said) <= 2 * endings.KEPT:
                events = _with_cells(events, "message", mask, whole)
        return Chunk(events, self.changes, self.rejects, self.last)


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


def _with_cells(table: pa.Table, name: str, mask: pa.Array, value: object) -> pa.Table:
    at = table.schema.get_field_index(name)
    column = table.column(at).combine_chunks()
    changed = pc.if_else(mask, pa.scalar(value, column.type), column)
    return table.set_column(at, table.schema.field(at), changed)
