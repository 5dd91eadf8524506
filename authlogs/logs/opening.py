"""`read`: from paths to Logs, or a message that says what is missing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.errors import BadCall
from authlogs.logs.asked import Asked, Folders, Moment, OnZoneNeeded, Zones, check_full, is_relative
from authlogs.logs.record import Logs
from authlogs.logs.span import keep_span
from authlogs.logs.store import StoreWriter, is_store, load
from authlogs.parse.reading import read_files
from authlogs.secrets import new_key
from authlogs.sources.find import Paths
from authlogs.window import parse_moment


def read(
    paths: Paths,
    *,
    tz: Zones = None,
    year: int | Mapping[str, int] | None = None,
    log_format: str | Mapping[str, str] | None = None,
    since: Moment = None,
    until: Moment = None,
    key: bytes | None = None,
    strict: bool = False,
    formats: Folders = (),
    on_zone_needed: OnZoneNeeded = "raise",
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
    asked = Asked.of(
        paths,
        tz=tz,
        span=(since, until),
        formats=formats,
        strict=strict,
        on_zone_needed=on_zone_needed,
        columns=columns,
    )
    how: dict[str, Any] = {"tz": tz, "year": year, "log_format": log_format, "threads": threads}
    if store is not None:
        _whole_rows(store, since, until, columns)
        return _into_store(asked, how, store, key)
    key = new_key() if key is None else key
    tables = read_files(asked.findings.files, asked.settings(key), **how)
    asked.check(tables)
    return _relative(asked.logs(tables, key), since, until, asked.zone)


def _into_store(asked: Asked, how: Mapping[str, Any], store: str | Path, key: bytes | None) -> Logs:
    """Append what the store does not have, block by block, and give the whole store back.

    Where nothing gave a row the store stays as it is, and the Logs tell of what was tried.
    """
    with StoreWriter(store, key=key) as writer:
        settings = asked.settings(writer.key)
        tables = read_files(asked.findings.files, settings, **how, shelf=writer)
        asked.check(tables)
        sources = tables.source_table()
        if len(sources) and not _rows(sources):
            return asked.logs(tables, writer.key)
        writer.commit(sources, asked.warnings(tables))
    return load(store)


def _rows(sources: pa.Table) -> int:
    """Records that were read, those that were not wanted among them."""
    counts = ("events", "changes", "filtered")
    return sum(pc.sum(sources[name]).as_py() or 0 for name in counts)


def _whole_rows(
    store: str | Path, since: Moment, until: Moment, columns: Iterable[str] | None
) -> None:
    """Refuse what would leave gaps in a store: later reads take its files for known."""
    check_full(since, until, where="with a store")
    if columns is not None:
        raise BadCall("a store holds whole rows", where="columns", next_step="leave out columns")
    if (since is not None or until is not None) and is_store(Path(store)):
        raise BadCall(
            "a stretch of time cannot be appended: it would replace what the store has of a file",
            where=str(store),
            next_step="name a new folder, or read everything into the store and search there",
        )


def _relative(logs: Logs, since: Moment, until: Moment, zone: tzinfo | None) -> Logs:
    """Apply `30m` and bare times of day, which only the data can place."""
    if not (is_relative(since) or is_relative(until)):
        return logs
    times = pc.min_max(logs.dataset.to_table(columns=["time"])["time"]).as_py()
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
