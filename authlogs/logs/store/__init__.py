"""A store: a folder of Parquet files that holds Logs, its manifest, and the key beside it.

    STORE/manifest.json                          names every file that belongs to the store
    STORE/events/date=2024-05-03/….parquet       by the UTC date of `time`; date=none has no time,
                                                 date=mixed the rest of a block of very many dates
    STORE/changes/….parquet  rejects/….parquet   a file for each append
    STORE/sources/….parquet                      a row for each source, written whole each time
    STORE/writer.lock                            held by the one process that writes
    STORE.key                                    the key of all its fingerprints

What no manifest names is not there: new files are seen when the new manifest takes the place of
the old by one renaming, so that a writer that is killed leaves the store as it was. The next
writer removes what it left.

To read files into a store in bounded memory:

    with StoreWriter(store, key=key) as writer:        # key=None: that of the store, or a new one
        prints = Fingerprints(writer.key)
        for found in files:
            told = writer.standing(found.name, found.path)
            if told.skip:                              # the store has these bytes
                continue
            ...                                        # read from told.offset, whose line is
            writer.add(events, changes, rejects)       # told.line_no; rows bear told.name
        writer.commit(sources, warnings)               # without it nothing is kept

A file is known by its SHA-256 and size, wherever it lies. One that begins with the bytes of a known
source, in the same folder or under the same name, has grown: it is read on from its last record,
and what the store had of that record is replaced, for its line may have been cut short. Its row of
`sources` must tell the hash and size of the whole file, and the tally of what was read now; the
writer sums the two. A log that is compressed after it was read has other bytes: it is new.
"""

from authlogs.logs.store.compaction import compact
from authlogs.logs.store.contents import (
    check_files,
    damage,
    known_sources,
    lies_in_order,
    load,
    read_table,
)
from authlogs.logs.store.keyfile import destroy_key, key_path
from authlogs.logs.store.known import Standing
from authlogs.logs.store.manifest import is_store
from authlogs.logs.store.order import in_order
from authlogs.logs.store.writer import StoreWriter, append_logs, save_logs

__all__ = [
    "Standing",
    "StoreWriter",
    "append_logs",
    "check_files",
    "compact",
    "damage",
    "destroy_key",
    "in_order",
    "is_store",
    "key_path",
    "known_sources",
    "lies_in_order",
    "load",
    "read_table",
    "save_logs",
]
