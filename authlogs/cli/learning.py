"""`authlogs postmortem` and `authlogs compare`: what to learn from one incident, and from many."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from authlogs.cli.asking import investigated, shown
from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import is_store, read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.cli.writing import check_new, write_text
from authlogs.report.files import FILES

if TYPE_CHECKING:
    from authlogs.analysis.result import Investigation
    from authlogs.logs import Logs

RESULT: Final = FILES["json"]


@click.command("postmortem")
@reads_logs
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.md",
    help="Write it into FILE.md, which must not be there yet.",
)
def postmortem_command(asked: Asked, *, out: Path | None) -> int:
    """Write a postmortem template, its measured parts filled in."""
    from authlogs.report.postmortem import postmortem_template

    if out is not None:
        check_new(out)
    reading, found = investigated(asked)
    reading.say_what_was_read()
    text = postmortem_template(found)
    if out is None:
        show(text.rstrip())
    else:
        write_text(out, text, what="postmortem", new=True)
        say(f"postmortem: {out}")
    return reading.exit_code


@click.command("compare")
@reads_logs
def compare_command(asked: Asked) -> int:
    """Compare incidents: the same signature seen before, repeated causes, trends of TTD and TTR.

    PATH is a store, or logs, with several incidents, or what `investigate` wrote (result.json).
    Times without logs may lie between them.
    """
    from authlogs.analysis.comparison import compare_incidents

    told = {path: _result(Path(path)) for path in asked.paths}
    results: list[Any] = [result for result in told.values() if result is not None]
    others = [path for path, result in told.items() if result is None]
    stores = [(path,) for path in others if is_store(Path(path))]
    logs = tuple(path for path in others if (path,) not in stores)
    code = Exit.DONE
    for paths in (*stores, *([logs] if logs else [])):
        reading = read_asked(replace(asked, paths=paths))
        reading.say_what_was_read()
        results += _investigated_apart(shown(reading, asked), asked.display_zone)
        code = max(code, reading.exit_code)
    show(str(compare_incidents(*results)))
    return code


def _investigated_apart(logs: "Logs", zone: str | None) -> "list[Investigation]":
    """Investigate each stretch of logs by itself: between two a day or more is without attempts."""
    from authlogs.analysis.investigation import investigate
    from authlogs.analysis.stretches import stretches

    parts = stretches(logs)
    progress(f"investigating {len(parts)} stretches of time …")
    return [investigate(part, display_zone=zone) for part in parts]


def _result(path: Path) -> Mapping[str, Any] | None:
    """Return the JSON document of a result, or of a report's folder; null for anything else."""
    from authlogs.schema import RESULT_SCHEMA

    file = path / RESULT if path.is_dir() else path
    if file.suffix != ".json" or not file.is_file():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and told.get("schema") == RESULT_SCHEMA else None


COMMANDS: Final = (postmortem_command, compare_command)
