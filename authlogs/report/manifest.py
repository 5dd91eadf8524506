"""What a report was made of, and the hash of everything in it, so that it can be checked later."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from authlogs.analysis.result import Investigation, plain

NAME = "manifest.json"
SCHEMA = "authlogs.manifest/1"
KEPT = ("source_file", "kind", "sha256", "size", "format", "lines", "rejected")


def make_manifest(investigation: Investigation, outputs: Iterable[Path], command: str) -> str:
    """Return the manifest as JSON: when, with what, from which bytes, giving which bytes."""
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "created": datetime.now(UTC),
        "command": command,
        "software": investigation.software,
        "sources": [{name: s.get(name) for name in KEPT} for s in investigation.sources],
        "outputs": {path.name: sha256_of(path) for path in sorted(outputs)},
    }
    return json.dumps(plain(told), indent=2, ensure_ascii=False) + "\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def differences(folder: Path, logs: Path | None = None) -> dict[str, str]:
    """Return what is no longer as the manifest says: name to `altered` or `missing`.

    With `logs`, the sources are looked up below that folder and compared as well.
    """
    told = json.loads((folder / NAME).read_text(encoding="utf-8"))
    expected = {folder / name: digest for name, digest in told["outputs"].items()}
    if logs is not None:
        inside = {logs / s["source_file"]: s["sha256"] for s in told["sources"] if s["sha256"]}
        expected |= inside if logs.is_dir() else dict(zip([logs], inside.values(), strict=False))
    states = {path: _state(path, digest) for path, digest in expected.items()}
    return {path.name: state for path, state in states.items() if state != "same"}


def _state(path: Path, digest: str) -> str:
    if not path.is_file():
        return "missing"
    return "same" if sha256_of(path) == digest else "altered"
