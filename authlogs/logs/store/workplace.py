"""A store in the hands of its only writer: what it finds, and how it puts the new in place."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from authlogs.errors import Unwritable
from authlogs.logs.store.contents import SCHEMAS
from authlogs.logs.store.keyfile import settle_key, write_key
from authlogs.logs.store.lock import LOCK, locked
from authlogs.logs.store.manifest import (
    MANIFEST,
    TABLES,
    Manifest,
    is_store,
    read_manifest,
    write_manifest,
)
from authlogs.logs.store.shards import Shards

WAIT_S: Final = 60.0
_OURS: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}-\d+\.parquet")


class Workplace:
    """One store while it is written: nothing of it changes for readers before `publish`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder) if is_store(folder) else None
        self._begun: list[Shards] = []
        settle_key(folder, self.manifest)
        self._sweep(self.manifest)

    def shards(self, table: str, *, divided: bool = True) -> Shards:
        """New files of a table, under names that nobody else has."""
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
        shards = Shards(self.folder, table, SCHEMAS[table], stamp, divided=divided)
        self._begun.append(shards)
        return shards

    def write_sources(self, table: pa.Table) -> Shards:
        """Lay down the rows of all sources: they are few, so each commit has them whole."""
        shards = self.shards("sources")
        shards.add(table)
        shards.close()
        return shards

    def publish(self, manifest: Manifest, *, key: bytes | None = None) -> None:
        """Make this what readers see; then remove what no manifest names any more."""
        if key is not None:
            write_key(self.folder, key)
        write_manifest(self.folder, manifest)
        self._begun = []
        before, self.manifest = self.manifest, manifest
        settle_key(self.folder, manifest)
        for entry in before.files if before else ():
            if entry not in manifest.files:
                (self.folder / entry.path).unlink(missing_ok=True)
        self._sweep(manifest)

    def abandon(self) -> None:
        """Remove what was begun and not published."""
        for shards in self._begun:
            shards.discard()
        settle_key(self.folder, self.manifest)
        self._sweep(self.manifest)

    def _sweep(self, manifest: Manifest | None) -> None:
        """Remove what killed writers left: files of our making that no manifest names."""
        named = {entry.path for entry in manifest.files} if manifest else set()
        for table in TABLES:
            for path in (self.folder / table).rglob("*.parquet"):
                own = _OURS.fullmatch(path.name)
                if own and path.relative_to(self.folder).as_posix() not in named:
                    path.unlink(missing_ok=True)
        for table in TABLES:
            for path in (self.folder / table).glob("date=*"):
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
        (self.folder / f"{MANIFEST}.part").unlink(missing_ok=True)


@contextmanager
def workplace(
    folder: Path, *, wait_s: float = WAIT_S, say: Callable[[str], None] = lambda _: None
) -> Iterator[Workplace]:
    """Hold a store, new or old, for writing; what is not published is removed in the end.

    Raises Unwritable where the folder holds other things, cannot be written or is in other hands.
    """
    with told_as_unwritable(folder):
        _make(folder)
        with locked(folder, wait_s=wait_s, say=say):
            place = Workplace(folder)
            try:
                yield place
            finally:
                place.abandon()


@contextmanager
def told_as_unwritable(folder: Path) -> Iterator[None]:
    """Say what the system refuses as what it means for a store."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            error.strerror or str(error),
            where=str(folder),
            next_step="name a folder that can be written, with space left",
        ) from None


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()) and not is_store(folder) and not (folder / LOCK).exists():
        raise Unwritable(
            "the folder holds other things",
            where=str(folder),
            next_step="name a new folder for the store",
        )
