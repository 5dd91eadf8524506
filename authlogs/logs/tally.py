"""The accounting: what became of every line."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from authlogs.schema import TALLY


@dataclass(frozen=True)
class Counts:
    """The accounting of some lines: lines + unpacked = the sum of the other seven."""

    lines: int = 0
    unpacked: int = 0
    events: int = 0
    changes: int = 0
    filtered: int = 0
    rejected: int = 0
    joined: int = 0
    blank: int = 0
    comments: int = 0

    @property
    def holds(self) -> bool:
        """Whether every line is accounted for."""
        spent = self.events + self.changes + self.filtered + self.rejected
        return self.lines + self.unpacked == spent + self.joined + self.blank + self.comments

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in TALLY})


@dataclass(frozen=True)
class Tally:
    """The accounting of a read: in total, and of each file by its name."""

    total: Counts
    files: Mapping[str, Counts]

    @property
    def holds(self) -> bool:
        """Whether every line is accounted for, in total and in each file."""
        return self.total.holds and all(counts.holds for counts in self.files.values())

    def to_arrow(self) -> pa.Table:
        """A row for each file."""
        names = pa.array(list(self.files), pa.string())
        counts = [[getattr(one, name) for one in self.files.values()] for name in TALLY]
        columns = [names, *(pa.array(column, pa.int64()) for column in counts)]
        return pa.table(columns, names=["source_file", *TALLY])
