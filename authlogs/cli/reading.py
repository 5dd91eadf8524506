"""Reading for the command line: what can be read is read, and the rest is told."""

import atexit
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked
from authlogs.cli.terminal import say
from authlogs.errors import BadCall, NothingToRead, UnknownPath

if TYPE_CHECKING:
    from datetime import datetime

    from authlogs.logs import Counts, Logs

SHOWN: Final = 20
TIMELESS: Final = 'SELECT count(*) AS events FROM events WHERE "time" IS NULL'
SPOOLED: Final = 1 << 30
"""Bytes of input above which rows do not stay in memory."""


@dataclass(frozen=True)
class Reading:
    """The Logs, and what stayed outside them."""

    logs: "Logs"
    missing: tuple[str, ...] = ()
    """One line for each path that leads nowhere."""
    history: "Logs | None" = None
    """The healthy days that were read beside them (`--history`)."""

    @property
    def unread(self) -> tuple[str, ...]:
        """One line for each path or file that could not be read, or not to its end."""
        rows = self.logs.sources.select(["source_file", "error"]).to_pylist()
        faults = (f"{row['source_file']}: {row['error']}" for row in rows if row["error"])
        return (*self.missing, *faults)

    @property
    def exit_code(self) -> Exit:
        return Exit.UNREAD if self.unread else Exit.DONE

    def say_what_was_read(self, *, gaps: bool = True) -> None:
        """The sums that account for every line, and what could not be read."""
        files = self.logs.sources.num_rows
        say(f"read {files} {'file' if files == 1 else 'files'}: {sums(self.logs.tally().total)}")
        self.say_what_was_missed(gaps=gaps)

    def say_what_was_missed(self, *, gaps: bool = True) -> None:
        """What could not be read, was left out on purpose, or (`gaps`) is missing."""
        for line in self.unread[:SHOWN]:
            say(f"not read: {line}")
        if len(self.unread) > SHOWN:
            say(f"not read: {len(self.unread) - SHOWN} more, see the sources of the result")
        if self.unread:
            say("  next: mend or leave out what is named here; the rest was read and counted")
        for line in (*self.logs.warnings, *(self._gaps() if gaps else ())):
            say(f"note: {line}")

    def _gaps(self) -> Iterator[str]:
        """What the logs lack, and what would help."""
        from authlogs.engine.queries import run_sql

        told = run_sql(TIMELESS, events=self.logs.dataset)
        if timeless := told["events"][0].as_py():
            yield (
                f"{timeless:,} events have no readable time and stand in no minute\n"
                "  next: look at their time_raw (authlogs parse PATH --out STORE)"
            )
        if not self.logs.changes.num_rows:
            yield (
                "there are no change records, so no change can be blamed\n"
                "  next: add deployments, flags or a change log to the paths (authlogs formats)"
            )


def sums(counts: "Counts") -> str:
    """The accounting identity with its numbers."""
    from authlogs.schema import TALLY

    told = [f"{getattr(counts, name):,} {name}" for name in TALLY]
    return f"{' + '.join(told[:2])} = {' + '.join(told[2:])}"


def read_asked(asked: Asked, *, store: Path | None = None) -> Reading:
    """Read the paths that are there; raises NothingToRead or UnknownPath when none gives a row.

    With a `store` what it does not have is appended, and the Logs are those of the whole store.
    Without one more than a GiB goes through a store that lasts as long as the process.
    """
    paths, missing = _existing(asked.paths)
    stores = [path for path in paths if is_store(Path(path))]
    if not stores:
        logs = _read(paths, asked, store)
    else:
        logs = _loaded(stores, asked, alone=len(paths) == 1)
        if store is not None:
            logs.save(store)
    reading = Reading(logs, tuple(missing))
    if not logs.dataset.count_rows() and not logs.changes.num_rows and not _filtered(logs):
        raise _nothing(reading)
    return reading


def _read(paths: list[str], asked: Asked, store: Path | None) -> "Logs":
    if asked.engine == "spark":
        return _read_on_spark(paths, asked, store)
    from authlogs.logs import load, read
    from authlogs.logs.store import append_logs
    from authlogs.window import stands_alone

    spans = [told for told in (asked.since, asked.until) if told is not None]
    placed = all(stands_alone(told) for told in spans)
    if store is None and placed and _stored_bytes(paths) > SPOOLED:
        store = passing_folder() / "spool"
    how = {**asked.reading(), "on_zone_needed": "skip"}
    if store is None or placed or is_store(store):
        return read(paths, **how, store=store)
    append_logs(read(paths, **how), store)
    return load(store)


def _read_on_spark(paths: list[str], asked: Asked, store: Path | None) -> "Logs":
    from authlogs.engine.spark_reading import read_on_spark

    if store is not None:
        raise BadCall(
            "a store is written by this process alone",
            where=str(store),
            next_step="leave out --engine spark",
        )
    return read_on_spark(paths, **asked.reading(), on_zone_needed="skip")


def _stored_bytes(paths: list[str]) -> int:
    """Bytes of the files that lie here."""
    from authlogs.sources.find import find

    files = find(paths, inside=False).files
    here = (one.path for one in files if one.error is None and isinstance(one.path, Path))
    return sum(path.stat().st_size for path in here if path.is_file())


def passing_folder() -> Path:
    """A folder that goes when the process ends."""
    folder = tempfile.TemporaryDirectory(prefix="authlogs-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def is_store(path: Path) -> bool:
    """Whether a folder is a store of Logs."""
    if not (path / "manifest.json").is_file():
        return False
    from authlogs.logs.store import is_store as known

    return known(path)


def _existing(paths: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Tell the paths that lead somewhere from those that do not; raises when all lead nowhere."""
    from authlogs.sources.find import find

    there: list[str] = []
    missing: list[UnknownPath] = []
    for path in paths:
        try:
            find([path], inside=False)
        except UnknownPath as error:
            missing.append(error)
        else:
            there.append(path)
    if not there:
        raise missing[0]
    return there, [f"{error.what} ({error.next_step})" for error in missing]


def _loaded(stores: list[str], asked: Asked, *, alone: bool) -> "Logs":
    from authlogs.logs import load

    if asked.engine == "spark":
        raise BadCall(
            "a store is queried by DuckDB",
            where=stores[0],
            next_step="leave out --engine spark, or give the logs themselves",
        )
    if not alone:
        raise BadCall(
            "a store is read alone",
            where=stores[0],
            next_step="give the logs themselves, or make one store of all of them",
        )
    logs = load(stores[0])
    if asked.since is None and asked.until is None:
        return logs
    from authlogs.logs.span import keep_span

    until = moment_of(asked.until, logs, asked)
    return keep_span(logs, since=moment_of(asked.since, logs, asked, end=until), until=until)


def moment_of(
    text: str | None, logs: "Logs", asked: Asked, end: "datetime | None" = None
) -> "datetime | None":
    """A moment as it was typed, where the logs say what it counts back from."""
    import pyarrow.compute as pc

    from authlogs.window import parse_moment, parse_zone

    if text is None:
        return None
    zone = parse_zone(asked.display_zone) if asked.display_zone else None
    last: Any = pc.max(logs.dataset.to_table(columns=["time"])["time"]).as_py()
    day = last.astimezone(zone).date() if last and zone else None
    return parse_moment(text, zone=zone, day=day, end=end or last)


def _filtered(logs: "Logs") -> int:
    return logs.tally().total.filtered


def _nothing(reading: Reading) -> NothingToRead:
    """No row came of anything: say of each file why, or what it might have been."""
    sources = reading.logs.sources.select(["source_file", "kind", "error"]).to_pylist()
    why = {"notes": "prose, not a log"}
    unknown = [
        f"{row['source_file']}: {why.get(row['kind'], 'no known format')}"
        for row in sources
        if not row["error"]
    ]
    told = [*reading.unread, *unknown]
    more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    step = "`authlogs formats` lists what is known; --log-format NAME reads a file as one of them"
    if any("--tz" in line or "--year" in line for line in reading.unread):
        step = "say which zone and year they are of, such as --tz America/Bogota --year 2024"
    lines = "\n  ".join([*told[:SHOWN], *more])
    total = sums(reading.logs.tally().total)
    return NothingToRead(f"nothing could be read\n  {lines}\n  {total}", next_step=step)
