"""A store: a folder of Parquet files with a manifest, and the key beside it."""

import hashlib
import json
import os
from os import PathLike
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.logs.record import Logs
from authlogs.schema import EVENTS, SCHEMA_VERSION

MANIFEST: Final = "manifest.json"
_TABLES: Final = ("events", "changes", "rejects", "sources")


def save_logs(logs: Logs, store: str | PathLike[str]) -> None:
    """Write Logs to a new or empty folder (or over an older store); raises Unwritable."""
    folder = Path(store)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / MANIFEST).exists():
            raise Unwritable(
                "the folder holds other things",
                where=str(folder),
                next_step="name a new folder for the store",
            )
        files = {}
        for name in _TABLES:
            path = folder / f"{name}.parquet"
            _write(getattr(logs, name), path)
            files[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        _write_key(logs.key, key_path(folder))
        _write_manifest(logs, files, folder / MANIFEST)
    except OSError as error:
        raise Unwritable(
            error.strerror or str(error),
            where=str(folder),
            next_step="name a folder that can be written, with space left",
        ) from None


def load(store: str | PathLike[str]) -> Logs:
    """The Logs of a store, its events left on disk until asked for.

    Raises UnknownPath where there is no store, BadCall where a newer authlogs wrote it.

    >>> import tempfile, authlogs as al
    >>> logs = al.read("sample_logs/login-lockout/alerts.json")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     logs.save(folder + "/store")
    ...     len(al.load(folder + "/store").changes)
    1
    """
    folder = Path(store)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = str(manifest["schema_version"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UnknownPath(
            "is no store: it has no readable manifest.json",
            where=str(folder),
            next_step="make one with logs.save(folder) or `authlogs parse PATH --out STORE`",
        ) from None
    if version != SCHEMA_VERSION:
        raise BadCall(
            f"has schema version {version}, this authlogs reads {SCHEMA_VERSION}",
            where=str(folder),
            next_step="read the logs again, or use the authlogs that wrote the store",
        )
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in _TABLES[1:]}
    key = key_path(folder)
    return Logs(
        dataset=ds.dataset(folder / "events.parquet", schema=EVENTS, format="parquet"),
        **tables,
        warnings=tuple(manifest.get("warnings", ())),
        key=key.read_bytes() if key.exists() else b"",
    )


def key_path(folder: Path) -> Path:
    """Where the key of a store lies: beside it, so that the store can be handed on without it."""
    return folder.with_name(folder.name + ".key")


def _write(table: pa.Table, path: Path) -> None:
    waiting = path.with_suffix(".part")
    pq.write_table(table, waiting, compression="zstd")
    waiting.replace(path)


def _write_key(key: bytes, path: Path) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)


def _write_manifest(logs: Logs, files: dict[str, str], path: Path) -> None:
    from authlogs import __version__

    rows = logs.sources.select(["source_file", "path", "sha256", "size"]).to_pylist()
    manifest: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "authlogs": __version__,
        "files": files,
        "sources": rows,
        "warnings": list(logs.warnings),
    }
    waiting = path.with_suffix(".part")
    waiting.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    waiting.replace(path)
