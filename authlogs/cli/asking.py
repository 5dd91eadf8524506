"""From what was asked to an investigation, and from an investigation back to what was asked."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from authlogs.cli.options import Asked
from authlogs.cli.reading import Reading, is_store, read_asked
from authlogs.cli.terminal import progress

if TYPE_CHECKING:
    from authlogs.analysis.result import Investigation
    from authlogs.logs import Logs
    from authlogs.report.custody import Custody

REPEATED: Final = (
    "paths", "tz", "year", "log_format", "since", "until", "strict", "identities", "engine",
    "history",
)  # fmt: skip
"""What a manifest keeps, so that the same can be asked again; of a key only that there was one."""


def investigated(
    asked: Asked, whole: Reading | None = None, since: datetime | None = None
) -> tuple[Reading, "Investigation"]:
    """Read (or cut from what was read), hide who is who unless asked not to, and investigate."""
    from authlogs.analysis.investigation import investigate
    from authlogs.logs.span import keep_span

    progress("reading …")
    if whole is None:
        reading = read_asked(asked)
    else:
        reading = replace(whole, logs=keep_span(whole.logs, since=since, until=None))
    usual = read_history(asked)
    progress("investigating …")
    logs = shown(reading, asked)
    found = investigate(logs, display_zone=asked.display_zone, history=usual)
    told = (*found.warnings, *(f"not read: {line}" for line in reading.missing))
    if asked.identities:
        told = (*told, "people and addresses are shown as they are (--identities)")
    return replace(reading, history=usual), replace(found, warnings=told)


def read_history(asked: Asked) -> "Logs | None":
    """Read a healthy time, all of it, as the logs themselves are read; say what was missed."""
    if asked.history is None:
        return None
    reading = read_asked(replace(asked, paths=(asked.history,), since=None, until=None))
    if not is_store(Path(asked.history)):
        reading.say_what_was_missed()
    return reading.logs


def shown(reading: Reading, asked: Asked) -> "Logs":
    """The logs as results may show them: with pseudonyms, unless identities were asked for."""
    from authlogs.pseudonyms import pseudonymise, without_typed

    if asked.identities:
        return without_typed(reading.logs)
    return pseudonymise(reading.logs, key=asked.key)


def now() -> datetime:
    """When a command began."""
    return datetime.now(UTC)


def custody_of(
    asked: Asked, reading: Reading, obtained: tuple[str, ...], started: datetime
) -> "Custody":
    """What the manifest is told of the reading."""
    from authlogs.report.custody import Custody
    from authlogs.sources.places import without_secrets

    words = click.get_current_context().find_root().obj
    told = {name: getattr(asked, name) for name in REPEATED}
    told["paths"] = [without_secrets(path) for path in asked.paths]
    return Custody(
        command=shlex.join(["authlogs", *map(without_secrets, words)]),
        asked={**told, "key": asked.key is not None},
        obtained=dict(_obtained(text) for text in obtained),
        started=started,
        history=reading.history,
    )


def asked_again(
    told: Mapping[str, Any], paths: tuple[str, ...], base: Path, key_file: Path | None
) -> Asked:
    """What a manifest says was asked in a folder, of these paths."""
    rest = {name: told[name] for name in REPEATED if name in told and name != "paths"}
    if usual := rest.get("history"):
        rest["history"] = str(base / usual)
    return Asked(paths=paths, key_file=key_file, **{**rest, "tz": tuple(rest["tz"])})


def _obtained(text: str) -> tuple[str, str]:
    """`GLOB=WORDS`, where what stands before the first `=` may be a glob; else words for all."""
    glob, equals, words = text.partition("=")
    return (glob, words) if equals and " " not in glob else ("*", text)
