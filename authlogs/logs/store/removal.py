"""Rows taken out of files of a store, or put under another name: by files written anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from authlogs.logs.store.contents import naming_damage
from authlogs.logs.store.manifest import FileEntry
from authlogs.logs.store.shards import Shards

_NEVER: Final = 2**63 - 1


@dataclass(frozen=True)
class Amendment:
    """What is to become of the rows of some sources; names are those in the files."""

    gone: Mapping[str, int] = field(default_factory=dict)
    """Rows of a source from this byte offset on are taken out; -1 means all."""
    renamed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.gone or self.renamed)

    def concerns(self, path: Path) -> bool:
        """Whether a file has rows that change."""
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["source_file", "byte_offset"]):
                names = batch["source_file"].dictionary.to_pylist()
                if self.renamed.keys() & set(names) or pc.any(self._out(batch)).as_py():
                    return True
        return False

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows that stay, under the names they are to have."""
        batch = batch.filter(pc.invert(self._out(batch)))
        at = batch.schema.get_field_index("source_file")
        return batch.set_column(at, batch.schema.field(at), self._rename(batch["source_file"]))

    def _out(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        """Rows to be taken out: a limit for each name, by which all of them are told at once."""
        names = batch["source_file"]
        limits = [self.gone.get(name, _NEVER) for name in names.dictionary.to_pylist()]
        limit = pa.array(limits, pa.int64()).take(names.indices)
        return pc.fill_null(pc.greater_equal(batch["byte_offset"], limit), fill_value=False)

    def _rename(self, names: pa.DictionaryArray) -> pa.DictionaryArray:
        told = [self.renamed.get(name, name) for name in names.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(names.indices, pa.array(told, pa.string()))


def amended(
    folder: Path, entries: Iterable[FileEntry], amendment: Amendment, shards: Mapping[str, Shards]
) -> list[FileEntry]:
    """The files, those with rows that change written anew through `shards` of their table."""
    if not amendment:
        return list(entries)
    kept = []
    for entry in entries:
        with naming_damage(folder, [entry]):
            if not amendment.concerns(folder / entry.path):
                kept.append(entry)
                continue
            with pq.ParquetFile(folder / entry.path) as file:
                for batch in file.iter_batches():
                    shards[entry.table].add(pa.Table.from_batches([amendment.apply(batch)]))
    return [*kept, *(made for one in shards.values() for made in one.close())]
