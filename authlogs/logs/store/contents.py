"""What lies in a store: its tables as a manifest names them, and what is wrong with them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from authlogs.errors import DamagedStore, UnknownPath
from authlogs.logs.record import Logs
from authlogs.logs.store.keyfile import read_key
from authlogs.logs.store.manifest import MANIFEST, FileEntry, read_manifest
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TIME

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "events": EVENTS, "changes": CHANGES, "rejects": REJECTS, "sources": SOURCES,
}  # fmt: skip


class StoreFiles(ds.FileSystemDataset):  # type: ignore[misc]
    """Files of a store as a dataset. One that is made of it, by a filter say, is a plain one."""

    in_order = False
    """Whether all rows, file after file, lie by time, source file and offset."""


def load(store: str | PathLike[str]) -> Logs:
    """The Logs of a store, its events left on disk until asked for.

    `events` come by time, then source file and offset. Raises UnknownPath where there is no store,
    BadCall where a newer authlogs wrote it, DamagedStore where a file is missing or cut short.

    >>> import tempfile, authlogs as al
    >>> logs = al.read("sample_logs/login-lockout/alerts.json")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     logs.save(folder + "/store")
    ...     len(al.load(folder + "/store").changes)
    1
    """
    folder = Path(store)
    manifest = read_manifest(folder)
    for entry in manifest.files:
        if entry.size is not None and _size(folder / entry.path) != entry.size:
            what = "is missing" if _size(folder / entry.path) is None else "is cut short or altered"
            raise damaged(folder / entry.path, what)
    return Logs(
        dataset=dataset_of(folder, manifest.of("events"), "events"),
        changes=table_of(folder, manifest.of("changes"), "changes"),
        rejects=table_of(folder, manifest.of("rejects"), "rejects"),
        sources=table_of(folder, manifest.of("sources"), "sources"),
        warnings=manifest.warnings,
        key=read_key(folder, manifest),
    )


def dataset_of(folder: Path, entries: Iterable[FileEntry], table: str) -> ds.Dataset:
    """The files as one dataset, none of them opened; each is skipped by filters on time."""
    parquet, here = ds.ParquetFileFormat(), fs.LocalFileSystem()
    files = sorted(entries, key=_place)
    fragments = [
        parquet.make_fragment(str(folder / one.path), here, partition_expression=_span(one))
        for one in files
    ]
    dataset = StoreFiles(fragments, SCHEMAS[table], parquet, here)
    dataset.in_order = all(one.sorted for one in files) and all(map(_follow, files, files[1:]))
    return dataset


def lies_in_order(events: Any) -> bool:
    """Whether rows lie by time, source file and offset already, so that they need no sorting."""
    return isinstance(events, StoreFiles) and events.in_order


def table_of(folder: Path, entries: Iterable[FileEntry], table: str) -> pa.Table:
    """The rows of small files as one table."""
    return read_table(dataset_of(folder, entries, table))


def read_table(dataset: ds.Dataset) -> pa.Table:
    """A dataset as a table; raises DamagedStore where a file of a store cannot be read."""
    try:
        table = dataset.to_table()
    except (OSError, pa.ArrowException):
        if (error := damage(dataset)) is not None:
            raise error from None
        raise
    return table.unify_dictionaries().combine_chunks()


def damage(dataset: Any) -> DamagedStore | None:
    """Which file of a dataset cannot be read, once something has gone wrong with it."""
    paths = dataset.files if isinstance(dataset, ds.FileSystemDataset) else ()
    return next((error for path in paths if (error := _fault(Path(path)))), None)


@contextmanager
def naming_damage(folder: Path, entries: Iterable[FileEntry]) -> Iterator[None]:
    """Turn a failure to read into one that names the file, if one of these is to blame."""
    try:
        yield
    except (OSError, pa.ArrowException):
        faults = (_fault(folder / entry.path) for entry in entries)
        if (error := next((one for one in faults if one), None)) is not None:
            raise error from None
        raise


def _fault(path: Path) -> DamagedStore | None:
    try:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches():
                pass
    except FileNotFoundError:
        return damaged(path, "is missing")
    except (OSError, pa.ArrowException):
        return damaged(path, "is no whole Parquet file")
    return None


def damaged(path: Path, what: str) -> DamagedStore:
    """The error that names a file."""
    return DamagedStore(
        what,
        where=str(path),
        next_step="load the store again if it was written to since; else take it from a backup, "
        "or make it again from the logs",
    )


def check_files(store: str | PathLike[str]) -> dict[str, str]:
    """The files of a store that are not as its manifest says, by name: missing or altered."""
    folder = Path(store)
    try:
        manifest = read_manifest(folder)
    except DamagedStore:
        return {MANIFEST: "altered"}
    states = {entry.path: _state(folder / entry.path, entry.sha256) for entry in manifest.files}
    return {name: state for name, state in states.items() if state != "same"}


def known_sources(store: str | PathLike[str]) -> dict[tuple[str, int], str]:
    """What a store has read already: the name of each source by its SHA-256 and size.

    Empty where there is no store yet. Members of one archive share its hash: the first is named.
    """
    try:
        rows = read_manifest(Path(store)).sources
    except UnknownPath:
        return {}
    hashed = [row for row in rows if row["sha256"] is not None]
    return {(row["sha256"], row["size"]): row["source_file"] for row in reversed(hashed)}


def _span(entry: FileEntry) -> pc.Expression:
    """What is known of every row of a file without opening it."""
    time = pc.field("time")
    if entry.table != "events" or entry.rows is None or not entry.rows:
        return pc.scalar(True)
    if entry.first_us is None or entry.last_us is None:
        return time.is_null()
    first, last = (pa.scalar(edge, TIME) for edge in (entry.first_us, entry.last_us))
    inside = (time >= first) & (time <= last)
    return inside | time.is_null() if entry.untimed else inside


def _place(entry: FileEntry) -> tuple[bool, int, str]:
    """Files stand by their first time; those without any come last."""
    return (entry.first_us is None, entry.first_us or 0, entry.path)


def _follow(one: FileEntry, other: FileEntry) -> bool:
    """Whether every row of a file comes before those of the next; what has no time comes last."""
    if one.untimed or one.last_us is None:
        return False
    return other.first_us is None or one.last_us < other.first_us


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _state(path: Path, told: str) -> str:
    try:
        with path.open("rb") as file:
            return "same" if hashlib.file_digest(file, "sha256").hexdigest() == told else "altered"
    except OSError:
        return "missing"
