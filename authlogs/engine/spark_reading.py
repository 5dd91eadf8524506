"""`read_on_spark`: the same reading, done by a cluster; only small tables come back."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from authlogs.engine.spark_files import SparkFiles
from authlogs.engine.spark_session import spark_session
from authlogs.engine.spark_tasks import Job
from authlogs.logs import Logs
from authlogs.logs.asked import Asked, Folders, Moment, OnZoneNeeded, Zones, check_full
from authlogs.parse.probing import Probe, probe
from authlogs.parse.reading import PerFile, forced_format, per_file, year_of
from authlogs.secrets import new_key
from authlogs.sources.find import Paths
from authlogs.window import parse_zone

if TYPE_CHECKING:
    from datetime import datetime

SPLIT_BYTES: Final = 1 << 30
"""Plain files of lines above this size are read in pieces."""


def read_on_spark(
    paths: Paths,
    *,
    session: Any = None,
    tz: Zones = None,
    year: int | Mapping[str, int] | None = None,
    log_format: str | Mapping[str, str] | None = None,
    since: Moment = None,
    until: Moment = None,
    key: bytes | None = None,
    strict: bool = False,
    formats: Folders = (),
    on_zone_needed: OnZoneNeeded = "raise",
    split_bytes: int = SPLIT_BYTES,
) -> Logs:
    """Read logs as `read` does, on Spark: events stay there, and queries over them run there.

    `session` is a Spark session; by default the active one, else one on this machine. Its workers
    must see the files under the same paths. The other options are those of `read`, but that
    `since` and `until` must be full times. Plain files of lines above `split_bytes` are read in
    pieces, each of which begins with a record. Raises what `read` raises, and BadCall where
    pyspark or Java is missing.
    """
    check_full(since, until, where="on Spark")
    asked = Asked.of(
        paths,
        tz=tz,
        span=(since, until),
        formats=formats,
        strict=strict,
        on_zone_needed=on_zone_needed,
    )
    key = new_key() if key is None else key
    settings = asked.settings(key)
    found = asked.findings.files
    probes = [
        probe(one, settings, forced_format(one, settings, log_format)).without_claims()
        for one in found
    ]
    files = SparkFiles(session or spark_session(), settings, split_bytes)
    _read_all(files, probes, tz, year)
    asked.check(files.tables)
    return asked.logs(files.tables, key, events=files.events())


def _read_all(files: SparkFiles, probes: list[Probe], tz: PerFile[str], year: PerFile[int]) -> None:
    """Read dated files first: they lend a year to those without, as they do on one machine."""
    spans: list[tuple[datetime, datetime]] = []

    for stage in _dated_first(probes):
        jobs = []
        for at in stage:
            zone = per_file(tz, probes[at].found.name)
            where = None if zone is None else parse_zone(zone)
            jobs.append(Job(at, probes[at], where, zone, *year_of(probes[at], year, spans)))
        rows = files.read(jobs)
        edges = [(row["first_time"], row["last_time"]) for row in rows if row["year"] is None]
        spans += [edge for edge in edges if None not in edge]


def _dated_first(probes: list[Probe]) -> Iterator[list[int]]:
    """Files whose times have a year, and then the others, to which those lend one."""
    yearless = [one.recognition.yearless is not None for one in probes]
    yield [at for at, without in enumerate(yearless) if not without]
    yield [at for at, without in enumerate(yearless) if without]
