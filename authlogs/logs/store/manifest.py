"""The manifest: what belongs to a store, and nothing else does."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from authlogs.errors import BadCall, DamagedStore, UnknownPath
from authlogs.schema import SCHEMA_VERSION

MANIFEST: Final = "manifest.json"
TABLES: Final = ("events", "changes", "rejects", "sources")
_READABLE: Final = ("1", SCHEMA_VERSION)


@dataclass(frozen=True)
class FileEntry:
    """One Parquet file of a store; times are microseconds since 1970, UTC."""

    table: str
    path: str
    """Relative to the store."""
    sha256: str
    size: int | None = None
    rows: int | None = None
    first_us: int | None = None
    last_us: int | None = None
    untimed: int | None = None
    """Rows without a time; None, as every other number, where version 1 did not say."""
    sorted: bool = False
    """Whether the whole file is in order, not only each of its row groups."""


@dataclass(frozen=True)
class Manifest:
    """What one commit left: the files of the four tables, the sources and the warnings."""

    files: tuple[FileEntry, ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    """Path, hash, size and tally of each source, for people and other programs."""
    warnings: tuple[str, ...] = ()
    key_id: str | None = None
    """Tells the key of the fingerprints without giving it away; empty where there is none."""
    version: str = SCHEMA_VERSION

    def of(self, table: str) -> tuple[FileEntry, ...]:
        """The files of one table."""
        return tuple(entry for entry in self.files if entry.table == table)


def is_store(folder: Path) -> bool:
    """Whether a folder is a store, of this version or another."""
    told = _content(folder)
    return isinstance(told, dict) and {"schema_version", "files"} <= told.keys()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a store; raises UnknownPath, BadCall (a newer store) or DamagedStore."""
    told = _content(folder)
    if not isinstance(told, dict) or "schema_version" not in told:
        raise UnknownPath(
            "is no store: it has no readable manifest.json",
            where=str(folder),
            next_step="make one with logs.save(folder) or `authlogs parse PATH --out STORE`",
        )
    version = str(told["schema_version"])
    if version not in _READABLE:
        raise BadCall(
            f"has schema version {version}, this authlogs reads {' and '.join(_READABLE)}",
            where=str(folder),
            next_step="read the logs again, or use the authlogs that wrote the store",
        )
    try:
        return _first_version(told) if version == "1" else _checked(told)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DamagedStore(
            "was altered, or damaged",
            where=str(folder / MANIFEST),
            next_step="take the store from a backup, or make it again from the logs",
        ) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the last one, in one step that survives a crash."""
    from authlogs import __version__

    told = {
        "schema_version": SCHEMA_VERSION,
        "authlogs": __version__,
        "key_id": manifest.key_id,
        "warnings": list(manifest.warnings),
        "files": [asdict(entry) for entry in manifest.files],
        "sources": list(manifest.sources),
    }
    text = json.dumps({**told, "check": _check(told)}, indent=1)
    waiting = folder / f"{MANIFEST}.part"
    waiting.unlink(missing_ok=True)
    with open_private(waiting) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / MANIFEST)
    sync_folder(folder)


def open_private(path: Path) -> Any:
    """A new file that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _content(folder: Path) -> Any:
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _check(told: dict[str, Any]) -> str:
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _checked(told: dict[str, Any]) -> Manifest:
    check = told.pop("check")
    if check != _check(told):
        raise ValueError
    names = {field.name for field in fields(FileEntry)}
    entries = [FileEntry(**{k: v for k, v in one.items() if k in names}) for one in told["files"]]
    return Manifest(
        files=tuple(_inside(entry) for entry in entries),
        sources=tuple(told["sources"]),
        warnings=tuple(told["warnings"]),
        key_id=told["key_id"],
    )


def _first_version(told: dict[str, Any]) -> Manifest:
    """Version 1 had one file for each table, in the folder itself."""
    entries = [
        FileEntry(name.removesuffix(".parquet"), name, sha) for name, sha in told["files"].items()
    ]
    return Manifest(
        files=tuple(_inside(entry) for entry in entries),
        sources=tuple(told.get("sources", ())),
        warnings=tuple(told.get("warnings", ())),
        version="1",
    )


def _inside(entry: FileEntry) -> FileEntry:
    """Refuse a file that is none of the store's: a manifest may come from anywhere."""
    path = Path(entry.path)
    if path.is_absolute() or ".." in path.parts or entry.table not in TABLES:
        raise ValueError
    return replace(entry, path=path.as_posix())
