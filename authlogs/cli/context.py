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

    Secrets are redacted; people and addresses stand there as they were logged. A file that is not
    what was read any more is told and not shown.
    """
    import pyarrow.compute as pc

    from authlogs.logs.verification import verify_sources
    from authlogs.sources.reopening import Reopened

    found = _by_file(rows)
    sources = logs.sources.filter(pc.is_in(logs.sources["source_file"], _names(found)))
    states = verify_sources(sources).files
    places = Reopened()
    for row in sources.select(["source_file", "path"]).to_pylist():
        name, place = row["source_file"], places.place(row["path"])
        if place is None or states.get(name) == "missing":
            say(f"not shown: {name} is not there any more, or was a stream")
        elif states.get(name) == "altered":
            say(f"not shown: {name} has changed since it was read")
        else:
            _show_file(name, place, found[name], count)


def _show_file(name: str, place: "Place", lines: frozenset[int], count: int) -> None:
    from authlogs.sources.neighbours import lines_around

    paint, before = coloured(sys.stdout), 0
    for line in lines_around(place, lines, count):
        if before and line.line_no != before + 1:
            show_painted([("--", None)])
        sign = ":" if line.wanted else "-"
        text = f"{name}{sign}{line.line_no}{sign} {line.text}"
        show_painted([(text, "bold" if paint and line.wanted else None)])
        before = line.line_no


def _by_file(rows: "pa.Table") -> dict[str, frozenset[int]]:
    """The lines that were found in each file."""
    found: dict[str, set[int]] = {}
    columns = (rows[name].to_pylist() for name in ("source_file", "line_no"))
    for name, line in zip(*columns, strict=True):
        if name is not None and line is not None:
            found.setdefault(name, set()).add(line)
    return {name: frozenset(lines) for name, lines in found.items()}


def _names(found: Mapping[str, object]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(list(found), pa.string())
