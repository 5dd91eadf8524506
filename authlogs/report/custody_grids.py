"""The chain of custody as tables of a report: how it was made, and from which bytes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from authlogs.report.files import HISTORY
from authlogs.report.grids import Cell, Code, Grid, grid


def made(record: Mapping[str, Any] | None) -> Grid:
    """Return who made a report, where, when, by which command, and with what."""
    return grid(("what", "as recorded"), _told(record) if record else ())


def handled(record: Mapping[str, Any] | None) -> Grid:
    """Return the hash of every source as it was read and afterwards, and how it was obtained."""
    parts = ((record["sources"], ""), (record["history"], HISTORY)) if record else ()
    rows = (
        (
            Code(f"{option}{source['source_file']}"),
            Code(source["sha256"] or "none"),
            _afterwards(source),
            source["obtained"] or "not said",
        )
        for sources, option in parts
        for source in sources
    )
    return grid(("file", "SHA-256 of what was read", "afterwards", "how it was obtained"), rows)


def _told(record: Mapping[str, Any]) -> Iterator[tuple[Cell, Cell]]:
    by, around = record["made_by"], record["environment"]
    yield "made by", f"{by['user']} on {by['host']} ({by['system']})"
    yield "in the folder", Code(by["folder"])
    began = f"{record['started']} to " if record["started"] else ""
    yield "when", f"{began}{record['created']}"
    if record["command"]:
        yield "command", Code(record["command"])
    if record["asked"]:
        yield "asked", Code(json.dumps(record["asked"], ensure_ascii=False))
    shown = "shown as they are" if record["identities"] else "under pseudonyms"
    yield "people and addresses", shown
    yield "software", ", ".join(f"{name} {v}" for name, v in record["software"].items())
    yield f"{around['packages']} packages, SHA-256", Code(around["sha256"])
    if around["lock_sha256"]:
        yield "uv.lock, SHA-256", Code(around["lock_sha256"])


def _afterwards(source: Mapping[str, Any]) -> str:
    if source["sha256_after"] is None:
        return "not read again"
    return "the same" if source["sha256_after"] == source["sha256"] else "changed meanwhile"
