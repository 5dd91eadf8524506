"""What a report was made of, and the hash of everything in it, so that it can be checked later."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from authlogs.analysis.result import Investigation, plain
from authlogs.errors import BadCall
from authlogs.logs.verification import moved, verify_sources

NAME = "manifest.json"
SCHEMA = "authlogs.manifest/1"
KEPT = ("source_file", "kind", "sha256", "size", "format", "lines", "rejected", "error")
DREW = ("jinja2", "matplotlib")


def make_manifest(investigation: Investigation, outputs: Iterable[Path], command: str) -> str:
    """Return the manifest as JSON: when, with what, from which bytes, giving which bytes."""
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "created": datetime.now(UTC).replace(microsecond=0),
        "command": command,
        "software": {**investigation.software, **{name: version(name) for name in DREW}},
        "incidents": [incident.incident_id for incident in investigation.incidents],
        "sources": [{name: s.get(name) for name in KEPT} for s in investigation.sources],
        "outputs": {path.name: sha256_of(path) for path in sorted(outputs)},
    }
    return json.dumps(plain(told), indent=2, ensure_ascii=False) + "\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def differences(folder: Path, logs: Path | None = None) -> dict[str, str]:
    """Return what is no longer as the manifest says, by name: altered, missing or rotated.

    With `logs` (the folder that was read, or the one file) the sources are compared as well.
    """
    told = _read(folder / NAME)
    sources = _sources(told["sources"], logs) if logs is not None else {}
    states = {**sources, **{n: _state(folder / n, told["outputs"][n]) for n in told["outputs"]}}
    return {name: state for name, state in states.items() if state != "same"}


def _read(path: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise BadCall(
            "this is no manifest of a report",
            where=str(path),
            next_step="name the folder that `authlogs investigate --out` wrote",
        )
    return told


def _sources(rows: list[dict[str, Any]], logs: Path) -> Mapping[str, str]:
    """Compare the sources with what lies under `logs`."""
    paths = [moved(row["source_file"], logs) for row in rows]
    table = pa.table(
        {
            "source_file": pa.array([row["source_file"] for row in rows], pa.string()),
            "path": pa.array(paths, pa.string()),
            "sha256": pa.array([row["sha256"] for row in rows], pa.string()),
            "size": pa.array([row["size"] for row in rows], pa.int64()),
        }
    )
    return verify_sources(table).files


def _state(path: Path, digest: str) -> str:
    if not path.is_file():
        return "missing"
    return "same" if sha256_of(path) == digest else "altered"
