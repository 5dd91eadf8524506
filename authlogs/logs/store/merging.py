"""What the two readings of a file that grew make together."""

from collections.abc import Mapping
from typing import Any, Final

from authlogs.logs.store.known import Row, Standing
from authlogs.schema import TALLY

_OF_THE_WHOLE: Final = frozenset(("source_file", "path", "sha256", "size", "truncated", "error"))


def continued(row: Row, standing: Standing, tail: Mapping[str, int]) -> Row:
    """The row of `sources` for the whole file: what was kept of it, and what was read on.

    `tail` counts the rows of the last record, which was read again: they all began on one line.
    """
    old = standing.kept
    if old is None or not standing.offset:
        return row
    again = sum(tail.values())
    less = {
        "lines": 1, "unpacked": again - 1, "events": tail["events"], "changes": tail["changes"],
        "rejected": tail["rejects"],
    }  # fmt: skip
    whole: dict[str, Any] = {
        name: old[name] if value is None and name not in _OF_THE_WHOLE else value
        for name, value in row.items()
    }
    for name in TALLY:
        whole[name] = old[name] - less.get(name, 0) + row[name]
    for name, pick in (("first_time", min), ("last_time", max)):
        times = [one[name] for one in (old, row) if one[name] is not None]
        whole[name] = pick(times, default=None)
    if row["kind"] in (None, "none"):
        whole |= {name: old[name] for name in ("kind", "format", "confidence")}
    return whole
