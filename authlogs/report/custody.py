"""Who made a report, where, when, with what, and from which bytes: the chain of custody."""

import getpass
import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from authlogs.engine.queries import run_sql
from authlogs.engine.spark_table import SparkTable
from authlogs.logs import Logs
from authlogs.sources.places import Told
from authlogs.sources.reopening import Reopened

COURSE = """
SELECT source_file, cast(sum(cast(md5_number_lower(concat_ws('|', line_no, epoch_us("time"),
       {told})) AS HUGEINT)) AS VARCHAR) AS course
FROM records WHERE source_file IS NOT NULL GROUP BY source_file
"""
OF_EVENTS = "event_type, outcome, reason, service, service_version, http_status"
OF_CHANGES = "epoch_us(end_time), change_type, service, version"


@dataclass(frozen=True, kw_only=True)
class Custody:
    """What only the caller knows of a report.

    `command`: as it was typed. `asked`: the options of the reading, so that it can be done again.
    `obtained`: how the sources came here, in free words, by glob of their names. `history`: the
    healthy days that the result was held against.
    """

    command: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)
    obtained: Mapping[str, str] = field(default_factory=dict)
    started: datetime | None = None
    history: Logs | None = None

    def how(self, name: str) -> str | None:
        """Return how a source was obtained, by the first glob that fits its path or last part."""
        last = PurePosixPath(name).name
        fits = (t for g, t in self.obtained.items() if fnmatchcase(name, g) or fnmatchcase(last, g))
        return next(fits, None)


def who() -> dict[str, Any]:
    """Return the person, machine and folder that a report is made by and in."""
    try:
        person = getpass.getuser()
    except (KeyError, OSError):
        person = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return {
        "user": person,
        "host": platform.node(),
        "system": platform.platform(),
        "folder": str(Path.cwd()),
    }


def packages() -> dict[str, Any]:
    """Return how many packages are installed, the hash of their versions, and that of the lock.

    `sha256` is that of the sorted lines `name==version`; `lock_sha256` that of the uv.lock beside
    the package, null where it was installed without one.
    """
    lines = {f"{d.metadata['Name']}=={d.version}".lower() for d in distributions()}
    text = "".join(f"{line}\n" for line in sorted(lines))
    lock = Path(__file__).resolve().parents[2] / "uv.lock"
    return {
        "packages": len(lines),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
    }


def hashes_now(sources: pa.Table) -> dict[str, str | None]:
    """Return the SHA-256 of every source as it is stored now; null where it cannot be read."""
    places = Reopened()
    told: dict[str, str | None] = {}
    for row in sources.select(["source_file", "path"]).to_pylist():
        place = places.place(row["path"]) if row["path"] else None
        digest, fault = hashlib.sha256(), Told()
        for piece in place.pieces(fault) if place else ():
            digest.update(piece)
        told[row["source_file"]] = digest.hexdigest() if place and not fault.fault else None
    return told


def courses(logs: Logs) -> dict[str, str]:
    """Return a sum over the records of each source that leaves out names, addresses and texts.

    It stays the same where a file is redacted again, and differs where a record's line number,
    time, kind, outcome, reason, service or version does. Spark's rows have none.
    """
    if isinstance(logs.dataset, SparkTable):
        return {}
    parts = ((logs.dataset, OF_EVENTS), (logs.changes, OF_CHANGES))
    tables = [run_sql(COURSE.format(told=told), records=rows) for rows, told in parts]
    told: dict[str, str] = {}
    for row in (row for table in tables for row in table.to_pylist()):
        before = told.get(row["source_file"])
        told[row["source_file"]] = f"{before}/{row['course']}" if before else row["course"]
    return told
