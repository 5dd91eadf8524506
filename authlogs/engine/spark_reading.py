"""`read_on_spark`: the same reading, done by a cluster; only small tables come back."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from authlogs.engine.spark_files import SparkFiles
from authlogs.engine.spark_session import spark_session
from authlogs.engine.spark_tasks import Job
from authlogs.errors import BadCall, NothingToRead
from authlogs.logs import Logs
from authlogs.logs.opening import (
    Moment,
    _hint,
    _listed_paths,
    _moment,
    _something_was_read,
    _strictly,
    _zone_needed,
    _zones,
)
from authlogs.parse.probing import Probe, probe
from authlogs.parse.reader import Settings
from authlogs.parse.reading import PerFile, _dated_first, _forced, _year, per_file
from authlogs.parse.registry import load_registry
from authlogs.secrets import Fingerprints, new_key
from authlogs.sources.find import Paths, find, given_paths
from authlogs.sources.places import without_secrets
from authlogs.window import parse_zone, stands_alone

if TYPE_CHECKING:
    from datetime import datetime

SPLIT_BYTES: Final = 1 << 30
"""Plain files of lines above this size are read in pieces."""


def read_on_spark(
    paths: Paths,
    *,
    session: Any = None,
    tz: str | Mapping[str, str] | None = None,
    year: int | Mapping[str, int] | None = None,
    log_format: str | Mapping[str, str] | None = None,
    since: Moment = None,
    until: Moment = None,
    key: bytes | None = None,
    strict: bool = False,
    formats: str | Path | Iterable[str | Path] = (),
    on_zone_needed: Literal["raise", "skip"] = "raise",
    split_bytes: int = SPLIT_BYTES,
) -> Logs:
    """Read logs as `read` does, on Spark: events stay there, and queries over them run there.

    `session` is a Spark session; by default the active one, else one on this machine. Its workers
    must see the files under the same paths. The other options are those of `read`, but that
    `since` and `until` must be full times. Plain files of lines above `split_bytes` are read in
    pieces, each of which begins with a record. Raises what `read` raises, and BadCall where
    pyspark or Java is missing.
    """
    zone = _zones(tz)
    _full_times(since, until)
    findings = find(paths)
    if not findings.files:
        raise NothingToRead(
            "there is no file in it" + _hint(findings.warnings),
            where=", ".join(map(without_secrets, given_paths(paths))),
            next_step="name a file, or a folder that holds logs",
        )
    key = new_key() if key is None else key
    settings = Settings(
        load_registry(*(Path(folder) for folder in _listed_paths(formats))),
        Fingerprints(key),
        since=_moment(since, zone),
        until=_moment(until, zone),
    )
    probes = [probe(one, settings, _forced(one, settings, log_format)) for one in findings.files]
    files = SparkFiles(session or spark_session(), settings, split_bytes)
    _read_all(files, probes, tz, year)
    tables = files.tables
    if on_zone_needed == "raise" and (tables.needs_zone or tables.needs_year):
        raise _zone_needed(tables)
    sources = tables.source_table()
    _something_was_read(sources)
    rejects = tables.table("rejects")
    if strict and len(rejects):
        raise _strictly(rejects.slice(0, 1).to_pylist()[0])
    return Logs(
        dataset=files.events(),
        changes=tables.table("changes"),
        rejects=rejects,
        sources=sources,
        warnings=(*findings.warnings, *tables.notes),
        key=key,
    )


def _full_times(*moments: Moment) -> None:
    """Refuse `30m` and bare times of day: Spark filters while it reads, before an end is known."""
    for told in moments:
        if isinstance(told, str) and not stands_alone(told):
            raise BadCall(
                f"{told!r} is known only when everything has been read",
                where="since or until",
                next_step="on Spark give a full time, such as 2024-05-03T09:00-05:00",
            )


def _read_all(files: SparkFiles, probes: list[Probe], tz: PerFile[str], year: PerFile[int]) -> None:
    """Read dated files first: they lend a year to those without, as they do on one machine."""
    spans: list[tuple[datetime, datetime]] = []

    for stage in _dated_first(probes):
        jobs = []
        for at in stage:
            zone = per_file(tz, probes[at].found.name)
            where = None if zone is None else parse_zone(zone)
            jobs.append(Job(at, probes[at], where, zone, *_year(probes[at], year, spans)))
        rows = files.read(jobs)
        edges = [(row["first_time"], row["last_time"]) for row in rows if row["year"] is None]
        spans += [edge for edge in edges if None not in edge]
