"""What a report was made of, and the hash of everything in it, so that it can be checked later."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from authlogs.analysis.result import Investigation, plain
from authlogs.errors import BadCall
from authlogs.logs import Logs
from authlogs.logs.verification import moved, verify_sources
from authlogs.report.custody import Custody, courses, hashes_now, packages, who

NAME: Final = "manifest.json"
SCHEMA: Final = "authlogs.manifest/1"
KEPT: Final = ("source_file", "kind", "sha256", "size", "format", "lines", "rejected", "error")
DREW: Final = ("jinja2", "matplotlib")
UNSEALED: Final = "0" * 64
"""Stands in a page where the hash of the manifest will; files are hashed with it in that place."""
SEALED: Final = ("report.html", "report.md")
"""The pages that show the hash of the manifest in their foot."""


def make_record(
    investigation: Investigation,
    custody: Custody,
    *,
    logs: Logs | None = None,
    identities: bool = False,
) -> dict[str, Any]:
    """Return the manifest but for its outputs: who, when, how, with what, and from which bytes.

    `sha256` of a source, or of a file of the history, is that of the bytes that were read,
    `sha256_after` that of the file when the report was written; `course` speaks for its records
    without names and texts.
    """
    usual = custody.history
    told = {
        "schema": SCHEMA,
        "created": datetime.now(UTC).replace(microsecond=0),
        "started": custody.started and custody.started.replace(microsecond=0),
        "command": custody.command,
        "made_by": who(),
        "asked": custody.asked,
        "identities": identities,
        "software": {**investigation.software, **{name: version(name) for name in DREW}},
        "environment": packages(),
        "incidents": [incident.incident_id for incident in investigation.incidents],
        "sources": _sources(investigation.sources, custody, logs),
        "history": _sources(usual.sources.to_pylist() if usual else (), custody, usual),
    }
    record: dict[str, Any] = plain(told)
    return record


def _sources(
    rows: Iterable[Mapping[str, Any]], custody: Custody, logs: Logs | None
) -> list[dict[str, Any]]:
    after = hashes_now(logs.sources) if logs is not None else {}
    course = courses(logs) if logs is not None else {}
    return [
        {
            **{name: row.get(name) for name in KEPT},
            "sha256_after": after.get(row["source_file"]),
            "course": course.get(row["source_file"]),
            "obtained": custody.how(row["source_file"]),
        }
        for row in rows
    ]


def make_manifest(record: Mapping[str, Any], outputs: Mapping[str, Path]) -> str:
    """Return the manifest as JSON: a record, and the hash of every file of the report."""
    told = {**record, "outputs": {name: sha256_of(outputs[name]) for name in sorted(outputs)}}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def seal(folder: Path) -> str:
    """Write the hash of the manifest into the pages that left room for it, and return it.

    The manifest holds the hash of those pages as they are before that, with zeros in its place.
    """
    digest = sha256_of(folder / NAME)
    for name in SEALED:
        if (file := folder / name).exists():
            before, room, after = file.read_bytes().rpartition(UNSEALED.encode())
            file.write_bytes(before + (digest.encode() if room else b"") + after)
    return digest


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a report's folder; raises BadCall where it is none."""
    path = folder / NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise BadCall(
            "this is no manifest of a report",
            where=str(path),
            next_step="name the folder that `authlogs report --out` wrote",
        )
    return told


def differences(folder: Path, logs: Path | None = None) -> dict[str, str]:
    """Return what is no longer as the manifest says, by name: altered, missing or rotated.

    With `logs` (the folder that was read, or the one file) the sources are compared as well.
    """
    told = read_manifest(folder)
    digest = sha256_of(folder / NAME)
    rows = told["sources"] if logs is not None else []
    places = {r["source_file"]: moved(r["source_file"], logs) for r in rows if logs is not None}
    sources = source_states(rows, places)
    outputs = told["outputs"].items()
    states = {**sources, **{name: _state(folder / name, sha, digest) for name, sha in outputs}}
    return {name: state for name, state in states.items() if state != "same"}


def source_states(
    sources: Iterable[Mapping[str, Any]], paths: Mapping[str, str | None]
) -> dict[str, str]:
    """Compare the sources of a manifest with what lies at `paths` now, by their names.

    A source is the same, altered, missing, or rotated: what was read is still its beginning.
    """
    rows = list(sources)
    table = pa.table(
        {
            "source_file": pa.array([row["source_file"] for row in rows], pa.string()),
            "path": pa.array([paths.get(row["source_file"]) or "" for row in rows], pa.string()),
            "sha256": pa.array([row["sha256"] for row in rows], pa.string()),
            "size": pa.array([row["size"] for row in rows], pa.int64()),
        }
    )
    return dict(verify_sources(table).files)


def _state(path: Path, told: str, digest: str) -> str:
    if not path.is_file():
        return "missing"
    if path.name not in SEALED:
        return "same" if sha256_of(path) == told else "altered"
    before, sealed, after = path.read_bytes().rpartition(digest.encode())
    unsealed = before + (UNSEALED.encode() if sealed else b"") + after
    return "same" if hashlib.sha256(unsealed).hexdigest() == told else "altered"
