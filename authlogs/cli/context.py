"""`search --context`: the original lines of the events that were found, and their neighbours."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from authlogs.cli.terminal import coloured, say, show_painted

if TYPE_CHECKING:
    import pyarrow as pa

    from authlogs.logs import Logs
    from authlogs.sources.places import Place


def show_context(rows: "pa.Table", logs: "Logs", count: int) -> None:
    """Print them file by file as grep does: `:` after a line that was found, `-` after others.

    Secrets are redacted; people and addresses stand there as they were logged.
    """
    from authlogs.sources.reopening import Reopened

    paths = dict(
        zip(*(logs.sources[name].to_pylist() for name in ("source_file", "path")), strict=True)
    )
    places = Reopened()
    for name, wanted in _by_file(rows).items():
        place = places.place(paths.get(name) or "")
        if place is None:
            say(f"not shown: {name} is not there any more, or was a stream")
            continue
        shown = _show_file(name, place, wanted, count)
        if shown < len(wanted):
            say(f"not shown: {len(wanted) - shown} of {name}, which has changed since it was read")


def _show_file(name: str, place: "Place", wanted: Mapping[int, int], count: int) -> int:
    """Print the lines of one file and return how many of those wanted were there."""
    from authlogs.sources.neighbours import lines_around

    paint, before, shown = coloured(sys.stdout), 0, 0
    for line in lines_around(place, wanted, count):
        if before and line.line_no != before + 1:
            show_painted([("--", None)])
        sign = ":" if line.wanted else "-"
        text = f"{name}{sign}{line.line_no}{sign} {line.text}"
        show_painted([(text, "bold" if paint and line.wanted else None)])
        before, shown = line.line_no, shown + line.wanted
    return shown


def _by_file(rows: "pa.Table") -> dict[str, dict[int, int]]:
    """For each file the lines that were found, with the byte at which their record begins."""
    found: dict[str, dict[int, int]] = {}
    columns = (rows[name].to_pylist() for name in ("source_file", "line_no", "byte_offset"))
    for name, line, offset in zip(*columns, strict=True):
        if name is not None and line is not None:
            found.setdefault(name, {})[line] = offset
    return found
