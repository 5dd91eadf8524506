"""`verify`: what differs from what was written down, in the files and in the result."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from authlogs.cli.asking import asked_again, investigated
from authlogs.cli.reading import is_store
from authlogs.cli.terminal import say
from authlogs.errors import NothingToRead, UnknownPath
from authlogs.report.files import FILES, HISTORY

if TYPE_CHECKING:
    import pyarrow as pa

    from authlogs.analysis.result import Investigation
    from authlogs.logs import Logs

RESULT: Final = FILES["json"]
MEANT: Final = {
    "altered": "altered",
    "missing": "missing",
    "rotated": "rotated: what was read is still its beginning, more was written since",
    "re-redacted": "re-redacted: other bytes, but every record has its time, kind, outcome and "
    "reason as before",
    "new": "new: it was not there when the report was made",
}


def check(place: Path, logs_at: Path | None, key_file: Path | None = None) -> Iterator[str]:
    """One line for each difference: of a store and the logs behind it, or of a report."""
    if is_store(place):
        yield from (f"{name}: {state}" for name, state in _check_store(place, logs_at).items())
    else:
        yield from _check_report(place, logs_at, key_file)


def _check_store(store: Path, logs_at: Path | None) -> dict[str, str]:
    from authlogs.logs import load
    from authlogs.logs.store import check_files
    from authlogs.logs.verification import verify_sources

    if own := check_files(store):
        return own
    logs = verify_sources(_moved(load(store).sources, logs_at))
    return {name: state for name, state in logs.files.items() if state != "same"}


def _moved(sources: "pa.Table", logs_at: Path | None) -> "pa.Table":
    """The sources as they lie under another path."""
    import pyarrow as pa

    from authlogs.logs.verification import moved

    if logs_at is None:
        return sources
    names = sources["source_file"].to_pylist()
    paths = [moved(name, logs_at) for name in names]
    place = sources.schema.get_field_index("path")
    return sources.set_column(place, sources.schema.field(place), pa.array(paths, pa.string()))


def _check_report(folder: Path, logs_at: Path | None, key_file: Path | None) -> Iterator[str]:
    from authlogs.report.folder import verify_report
    from authlogs.report.manifest import read_manifest

    files = verify_report(folder)
    yield from (f"{name}: {state}" for name, state in files.items())
    told = read_manifest(folder)
    asked = told["asked"]
    if not asked:
        say("the manifest does not say how the logs were read, so they were not read again")
        return
    base = Path(told["made_by"]["folder"])
    paths = _paths(asked["paths"], base, logs_at)
    again = asked_again(asked, paths, base, key_file)
    # Without its healthy days the logs can still be held against their hashes.
    usual = again.history
    gone = usual is not None and not Path(usual).exists()
    try:
        reading, found = investigated(replace(again, history=None) if gone else again)
    except (UnknownPath, NothingToRead) as error:
        if logs_at is not None:
            raise
        say(f"the logs behind the report were not read again: {error.what}")
        say("  next: name them with --logs PATH")
        return
    yield from _differing(told["sources"], reading.logs)
    if reading.history is not None:
        yield from _differing(told.get("history", ()), reading.history, HISTORY)
    if gone:
        say(f"the history was not read again, nor the result compared: it is not at {usual}")
    elif RESULT in told["outputs"] and RESULT not in files:
        yield from _result(folder, found, asked, key_file)
    else:
        say(f"the result was not compared: {RESULT} is not as it was written, or not there")


def _paths(paths: list[str], base: Path, logs_at: Path | None) -> tuple[str, ...]:
    """Where the logs are: as they were asked for, from the folder of then, or under `logs_at`."""
    from authlogs.sources.places import is_address

    if logs_at is None:
        return tuple(p if is_address(p) or p == "-" else str(base / p) for p in paths)
    inside = [logs_at / Path(path).name for path in paths]
    if len(paths) > 1 and all(path.exists() for path in inside):
        return tuple(map(str, inside))
    return (str(logs_at),)


def _differing(
    before: Sequence[Mapping[str, Any]], logs: "Logs", option: str = ""
) -> Iterator[str]:
    for name, state in _states(before, logs).items():
        yield f"{option}{name}: {MEANT.get(state, state)}"


def _states(before: Sequence[Mapping[str, Any]], logs: "Logs") -> dict[str, str]:
    """What became of each source since the report was made, but for those that are the same."""
    from authlogs.report.custody import courses
    from authlogs.report.manifest import source_states

    rows = logs.sources.select(["source_file", "path"]).to_pylist()
    paths = {row["source_file"]: row["path"] for row in rows}
    states = source_states(before, paths)
    now = courses(logs) if "altered" in states.values() else {}
    for row in before:
        name, course = row["source_file"], row["course"]
        if states.get(name) == "altered" and course is not None and course == now.get(name):
            states[name] = "re-redacted"
    known = {row["source_file"] for row in before}
    states |= {name: "new" for name in paths if name not in known}
    return {name: state for name, state in states.items() if state != "same"}


def _result(
    folder: Path, found: "Investigation", asked: Mapping[str, Any], key_file: Path | None
) -> Iterator[str]:
    """The first place where the result is another one."""
    from authlogs.report.comparing import first_difference

    before = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    after = found.to_dict()
    if asked["key"] and key_file is None:
        say("the report was made with a key: give it with --key FILE to compare pseudonyms exactly")
    if differs := first_difference(before, after):
        yield f"{RESULT} {differs}"
        if before["software"] != after["software"]:
            say(f"the software is another one too: {before['software']}, now {after['software']}")
