"""`compact`: the many small files of a store become few, each of them wholly in order."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby, pairwise
from os import PathLike
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from authlogs.logs.store.contents import naming_damage
from authlogs.logs.store.manifest import FileEntry, read_manifest
from authlogs.logs.store.runs import Stretch, merged, runs_of, source_names
from authlogs.logs.store.shards import MOST_GROUPS, ROWS
from authlogs.logs.store.workplace import WAIT_S, Workplace, told_as_unwritable, workplace
from authlogs.schema import SCHEMA_VERSION

_AT_ONCE: Final = 16
"""Runs that are merged at once: what bounds the memory."""


def compact(
    store: str | PathLike[str],
    *,
    wait_s: float = WAIT_S,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Merge the files of each date into one in order, and those of changes and rejects.

    Readers see the old files or the new; a Logs that was loaded before has to be loaded again.
    Raises Unwritable, and DamagedStore where a file cannot be read.
    """
    folder = Path(store)
    read_manifest(folder)
    with workplace(folder, wait_s=wait_s, say=say) as place, told_as_unwritable(folder):
        manifest = place.manifest
        if manifest is None:
            return
        files = list(manifest.of("sources"))
        for table in ("changes", "rejects"):
            small = manifest.of(table)
            files += _joined(place, table, small) if len(small) > 1 else small
        for entries in _by_folder(manifest.of("events")):
            files += entries if _settled(entries) else _sorted(place, entries)
        if files != list(manifest.files):
            place.publish(replace(manifest, files=tuple(files), version=SCHEMA_VERSION))


def _by_folder(entries: Iterable[FileEntry]) -> list[list[FileEntry]]:
    def folder(entry: FileEntry) -> str:
        return Path(entry.path).parent.as_posix()

    return [list(group) for _, group in groupby(sorted(entries, key=folder), key=folder)]


def _settled(entries: list[FileEntry]) -> bool:
    """Whether files are as few as they can be, each in order and one after the other."""
    rows = sum(entry.rows or 0 for entry in entries)
    spans = sorted((one.first_us or 0, one.last_us or 0) for one in entries)
    apart = all(one[1] <= other[0] for one, other in pairwise(spans))
    few = len(entries) <= rows // (MOST_GROUPS * ROWS) + 1
    return few and apart and all(entry.sorted for entry in entries)


def _sorted(place: Workplace, entries: list[FileEntry]) -> list[FileEntry]:
    with naming_damage(place.folder, entries):
        named = set().union(*(source_names(place.folder, one) for one in entries))
        names = pa.array(sorted(named), pa.string())
        runs = [run for entry in entries for run in runs_of(place.folder, entry)]
        while len(runs) > _AT_ONCE:
            parts = [runs[at : at + _AT_ONCE] for at in range(0, len(runs), _AT_ONCE)]
            made = [_written(place, part, names, divided=False) for part in parts]
            runs = [run for files in made for one in files for run in runs_of(place.folder, one)]
        return _written(place, runs, names)


def _written(
    place: Workplace, runs: list[Stretch], names: pa.Array, *, divided: bool = True
) -> list[FileEntry]:
    shards = place.shards("events", divided=divided)
    for table in merged(runs, names):
        shards.add(table)
    return shards.close()


def _joined(place: Workplace, table: str, entries: tuple[FileEntry, ...]) -> list[FileEntry]:
    shards = place.shards(table)
    with naming_damage(place.folder, entries):
        for entry in entries:
            with pq.ParquetFile(place.folder / entry.path) as file:
                for batch in file.iter_batches():
                    shards.add(pa.Table.from_batches([batch]))
    return shards.close()
