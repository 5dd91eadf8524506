"""`read`: from paths to Logs, or a message that says what is missing."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from authlogs.errors import AuthlogsError, BadCall, NothingToRead, ZoneNeeded
from authlogs.logs.record import Logs
from authlogs.logs.span import keep_span
from authlogs.logs.store import StoreWriter, is_store, load
from authlogs.parse.reader import Settings
from authlogs.parse.reading import Shelf, Tables, read_files
from authlogs.parse.registry import Registry, load_registry
from authlogs.schema import EVENTS
from authlogs.secrets import Fingerprints, new_key
from authlogs.sources.find import Findings, Paths, find, given_paths
from authlogs.sources.places import without_secrets
from authlogs.window import parse_moment, parse_zone, stands_alone

Moment = datetime | str | None

_SHOWN: Final = 12


def read(
    paths: Paths,
    *,
    tz: str | Mapping[str, str] | None = None,
    year: int | Mapping[str, int] | None = None,
    log_format: str | Mapping[str, str] | None = None,
    since: Moment = None,
    until: Moment = None,
    key: bytes | None = None,
    strict: bool = False,
    formats: str | Path | Iterable[str | Path] = (),
    on_zone_needed: Literal["raise", "skip"] = "raise",
    columns: Iterable[str] | None = None,
    threads: int | None = None,
    store: str | Path | None = None,
) -> Logs:
    """Read log files, change records and notes, each for what it is.

    `paths` are files, folders, globs, archives, addresses (`s3://bucket/logs`) or `-`.

    `tz` (an IANA name or an offset) and `year` speak for sources whose times lack them, one value
    or one for each glob of names; they are never guessed. Events outside [`since`, `until`) are
    counted as filtered; both may be aware datetimes or text (`2024-05-03T09:41-05:00`, `09:41`,
    `30m` back from the end). `key` makes fingerprints of tokens the same over reads. `formats` are
    folders of your own format files. Bad lines are counted rejects; `strict` makes them raise.
    `columns` makes events of these alone, and of when and where each record stands. Blocks are
    read on `threads` threads (as many as there are cores).

    With a `store` (a folder) rows go there block by block, in bounded memory: what it does not have
    is appended, and the Logs are those of the whole store.

    Raises UnknownPath, NothingToRead, UnknownFormat, and ZoneNeeded naming every file that needs
    a zone or a year (with `on_zone_needed="skip"` those records are rejects instead).

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> logs.tally().holds
    True
    """
    zone = _zones(tz)
    findings = find(paths)
    if not findings.files:
        raise NothingToRead(
            "there is no file in it" + _hint(findings.warnings),
            where=", ".join(map(without_secrets, given_paths(paths))),
            next_step="name a file, or a folder that holds logs",
        )
    asked = _Asked(
        findings,
        load_registry(*(Path(folder) for folder in _listed_paths(formats))),
        span=(_moment(since, zone), _moment(until, zone)),
        columns=None if columns is None else _known_columns(columns),
        how={"tz": tz, "year": year, "log_format": log_format, "threads": threads},
        strict=strict,
        zones_needed=on_zone_needed == "raise",
    )
    if store is not None:
        _whole_rows(store, since, until, columns)
        return _into_store(asked, store, key)
    logs = _in_memory(asked, new_key() if key is None else key)
    return _relative(logs, since, until, zone)


@dataclass(frozen=True)
class _Asked:
    """What is to be read, and how."""

    findings: Findings
    registry: Registry
    span: tuple[datetime | None, datetime | None]
    columns: frozenset[str] | None
    how: Mapping[str, Any]
    strict: bool
    zones_needed: bool

    def read(self, key: bytes, shelf: Shelf | None = None) -> Tables:
        """Read everything, and raise for what must not be missing."""
        since, until = self.span
        settings = Settings(self.registry, Fingerprints(key), since, until, self.columns)
        tables = read_files(self.findings.files, settings, **self.how, shelf=shelf)
        if self.zones_needed and (tables.needs_zone or tables.needs_year):
            raise _zone_needed(tables)
        if self.strict and tables.first_reject is not None:
            raise _strictly(tables.first_reject)
        return tables


def _in_memory(asked: _Asked, key: bytes) -> Logs:
    """The tables as Logs; raises when nothing in them was read."""
    tables = asked.read(key)
    sources = tables.source_table()
    _something_was_read(sources)
    return Logs(
        dataset=ds.dataset(tables.table("events")),
        changes=tables.table("changes"),
        rejects=tables.table("rejects"),
        sources=sources,
        warnings=(*asked.findings.warnings, *tables.notes),
        key=key,
    )


def _into_store(asked: _Asked, store: str | Path, key: bytes | None) -> Logs:
    """Append what the store does not have, block by block, and give the whole store back.

    Where nothing gave a row the store stays as it is, and the Logs tell of what was tried.
    """
    with StoreWriter(store, key=key) as writer:
        tables = asked.read(writer.key, writer)
        sources = tables.source_table()
        warnings = (*asked.findings.warnings, *tables.notes)
        if len(sources) and not _rows(sources):
            _something_was_read(sources)
            nothing = {name: tables.table(name) for name in ("changes", "rejects")}
            events = ds.dataset(tables.table("events"))
            return Logs(
                dataset=events, sources=sources, warnings=warnings, key=writer.key, **nothing
            )
        writer.commit(sources, warnings)
    return load(store)


def _rows(sources: pa.Table) -> int:
    """Records that were read, those that were not wanted among them."""
    counts = ("events", "changes", "filtered")
    return sum(pc.sum(sources[name]).as_py() or 0 for name in counts)


def _whole_rows(
    store: str | Path, since: Moment, until: Moment, columns: Iterable[str] | None
) -> None:
    """Refuse what would leave gaps in a store: later reads take its files for known."""
    for told in (since, until):
        if isinstance(told, str) and not stands_alone(told):
            raise BadCall(
                f"{told!r} can only be placed once everything is read",
                where="since or until, with a store",
                next_step="give a date and a zone: 2024-05-03T09:41-05:00",
            )
    if columns is not None:
        raise BadCall("a store holds whole rows", where="columns", next_step="leave out columns")
    if (since is not None or until is not None) and is_store(Path(store)):
        raise BadCall(
            "a stretch of time cannot be appended: it would replace what the store has of a file",
            where=str(store),
            next_step="name a new folder, or read everything into the store and search there",
        )


def _known_columns(columns: Iterable[str]) -> frozenset[str]:
    asked = frozenset([columns] if isinstance(columns, str) else columns)
    if unknown := sorted(asked - set(EVENTS.names)):
        near = difflib.get_close_matches(unknown[0], EVENTS.names, n=3)
        raise BadCall(
            f"no such column: {', '.join(unknown)}",
            next_step=f"did you mean {', '.join(near)}?" if near else "see authlogs.schema",
        )
    return asked


def _listed_paths(formats: str | Path | Iterable[str | Path]) -> Iterable[str | Path]:
    return [formats] if isinstance(formats, (str, Path)) else formats


def _zones(tz: str | Mapping[str, str] | None) -> tzinfo | None:
    """Check every zone before anything is read; the one that speaks for all, if there is one."""
    if isinstance(tz, Mapping):
        zones = {glob: parse_zone(name) for glob, name in tz.items()}
        return zones.get("*")
    return None if tz is None else parse_zone(tz)


def _moment(told: Moment, zone: tzinfo | None) -> datetime | None:
    """A moment that can be known before the data is."""
    if told is None or (isinstance(told, str) and not stands_alone(told)):
        return None
    if isinstance(told, str):
        return parse_moment(told, zone=zone)
    if told.tzinfo is None:
        raise BadCall(
            f"{told.isoformat()} has no zone",
            where="since or until",
            next_step="give an aware datetime, or text with an offset",
        )
    return told.astimezone(UTC)


def _relative(logs: Logs, since: Moment, until: Moment, zone: tzinfo | None) -> Logs:
    """Apply `30m` and bare times of day, which only the data can place."""
    if not any(isinstance(one, str) and not stands_alone(one) for one in (since, until)):
        return logs
    times = pc.min_max(logs.events["time"]).as_py()
    first, last = times["min"], times["max"]
    day = _only_day(first, last, zone)

    def place(told: Moment, end: datetime | None) -> datetime | None:
        if isinstance(told, str):
            return parse_moment(told, zone=zone, day=day, end=end)
        return told

    latest = place(until, last)
    return keep_span(logs, since=place(since, latest or last), until=latest)


def _only_day(first: datetime | None, last: datetime | None, zone: tzinfo | None) -> date | None:
    if first is None or last is None or zone is None:
        return None
    days = {moment.astimezone(zone).date() for moment in (first, last)}
    return days.pop() if len(days) == 1 else None


def _hint(warnings: tuple[str, ...]) -> str:
    return f" ({warnings[0]})" if warnings else ""


def _zone_needed(tables: Tables) -> ZoneNeeded:
    parts, steps = [], []
    if tables.needs_zone:
        parts.append(f"times without a zone in {_listed(tables.needs_zone)}")
        steps.append('tz="America/Bogota" or tz="-05:00" (--tz)')
    if tables.needs_year:
        parts.append(f"times without a year in {_listed(tables.needs_year)}")
        steps.append("year=2024 (--year)")
    return ZoneNeeded("; ".join(parts), next_step="say which: " + " and ".join(steps))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _something_was_read(sources: pa.Table) -> None:
    if pc.sum(sources["lines"]).as_py():
        return
    rows: list[dict[str, Any]] = sources.select(["source_file", "error"]).to_pylist()
    told = [f"{row['source_file']}: {row['error'] or 'empty'}" for row in rows[:_SHOWN]]
    raise NothingToRead(
        "no line could be read\n  " + "\n  ".join(told),
        next_step="name a text log, plain, compressed or in an archive",
    )


def _strictly(reject: Mapping[str, Any]) -> AuthlogsError:
    return AuthlogsError(
        f"a record could not be read, for {reject['reason']}: {reject['first_bytes']}",
        where=f"{reject['source_file']}:{reject['line_no']}",
        next_step="read without strict=True to count such records as rejects",
    )
