"""What the two readings of a file that grew make together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlogs.logs.store.known import Row, Standing
from authlogs.schema import TALLY

_OF_THE_WHOLE: Final = frozenset(("source_file", "path", "sha256", "size", "truncated", "error"))


Edges = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Tail:
    """The rows of a file's last record, which is read again: how many a table, and their times.

    They all began on one line.
    """

    rows: Mapping[str, int]
    edges: Edges


def continued(row: Row, standing: Standing, tail: Tail, kept: Callable[[], Edges]) -> Row:
    """The row of `sources` for the whole file: what was kept of it, and what was read on.

    `kept` tells the first and last time of the rows before the tail. It reads the store, and is
    asked only where the old edge was the tail's and what was read on does not reach it.
    """
    old = standing.kept
    if old is None or not standing.offset:
        return row
    again, rows = sum(tail.rows.values()), tail.rows
    less = {
        "lines": 1, "unpacked": again - 1, "events": rows["events"], "changes": rows["changes"],
        "rejected": rows["rejects"],
    }  # fmt: skip
    whole: dict[str, Any] = {
        name: old[name] if value is None and name not in _OF_THE_WHOLE else value
        for name, value in row.items()
    }
    for name in TALLY:
        whole[name] = old[name] - less.get(name, 0) + row[name]
    edges = (old["first_time"], old["last_time"])
    first, last = kept() if _was_the_tails(old, row, tail) else edges
    whole["first_time"] = min(_known(first, row["first_time"]), default=None)
    whole["last_time"] = max(_known(last, row["last_time"]), default=None)
    if row["kind"] in (None, "none"):
        whole |= {name: old[name] for name in ("kind", "format", "confidence")}
    return whole


def _was_the_tails(old: Row, row: Row, tail: Tail) -> bool:
    """Whether an edge of what was there may have gone with the last record."""
    first, last = tail.edges
    if first is None or last is None:
        return False
    begun, ended = row["first_time"], row["last_time"]
    later = first == old["first_time"] and (begun is None or begun > first)
    earlier = last == old["last_time"] and (ended is None or ended < last)
    return later or earlier


def _known(*times: datetime | None) -> list[datetime]:
    return [time for time in times if time is not None]
