"""What Spark's workers do: the same reading of a file as on one machine, one task a file or piece.

A worker gives events as plain rows. Whatever else a file says (changes, rejects, its row of
`sources`) is small and travels beside them, pickled, in a column of its own.
"""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from authlogs.engine.spark_table import undictionaried
from authlogs.parse.cutting import Cut, cut_file
from authlogs.parse.files import FileRead
from authlogs.parse.pieces import Piece
from authlogs.parse.probing import Probe
from authlogs.parse.reader import Settings
from authlogs.schema import EVENTS

TOLD: Final = pa.field("told", pa.binary())
ROWS: Final = EVENTS.append(TOLD)
"""Events with nothing told, and rows without an event that tell the rest."""
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class Job:
    """A file, or a piece of one, with the zone and year that were chosen for it.

    `at` is its place among all files.
    """

    at: int
    probed: Probe
    zone: tzinfo | None = None
    zone_name: str | None = None
    year: int | None = None
    year_from: str | None = None
    piece: Piece | None = None


@dataclass(frozen=True)
class Told:
    """What a job tells beside its events; `source` comes last, with everything counted."""

    at: int
    start: int
    changes: pa.Table | None = None
    rejects: pa.Table | None = None
    source: dict[str, Any] | None = None
    note: str | None = None
    needs_zone: bool = False
    needs_year: bool = False


def read_jobs(jobs: Sequence[Job], settings: Settings, batches: Batches) -> Batches:
    """Read the jobs whose numbers are in the column `id`."""
    for batch in batches:
        for number in batch.column("id").to_pylist():
            for table in _read(jobs[number], settings):
                yield from undictionaried(table).to_batches()


def cut_files(probes: Sequence[Probe], size: int, batches: Batches) -> Batches:
    """Cut the files whose numbers are in the column `id`; null where one cannot be read."""
    for batch in batches:
        for number in batch.column("id").to_pylist():
            cut = pickle.dumps((number, _cut(probes[number], size)))
            yield pa.record_batch([pa.array([cut], pa.binary())], schema=pa.schema([TOLD]))


def _cut(probed: Probe, size: int) -> Cut | None:
    try:
        return cut_file(Path(str(probed.found.path)), probed.recognition.order, size=size)
    except OSError:  # the reading will tell
        return None


def _read(job: Job, settings: Settings) -> Iterator[pa.Table]:
    read = FileRead(
        job.probed,
        settings,
        zone=job.zone,
        zone_name=job.zone_name,
        year=job.year,
        year_from=job.year_from,
        piece=job.piece,
    )
    start = job.piece.start if job.piece else 0
    for chunk in read.chunks():
        if len(chunk.events):
            yield chunk.events.append_column(TOLD, pa.nulls(len(chunk.events), TOLD.type))
        if len(chunk.changes) or len(chunk.rejects):
            yield _row(Told(job.at, start, chunk.changes, chunk.rejects))
    ledger = read.ledger
    yield _row(
        Told(
            job.at,
            start,
            source=read.source(),
            note=read.note,
            needs_zone=bool(ledger.needs_zone),
            needs_year=bool(ledger.needs_year),
        )
    )


def _row(told: Told) -> pa.Table:
    empty = [pa.nulls(1, field.type) for field in EVENTS]
    return pa.table([*empty, pa.array([pickle.dumps(told)], TOLD.type)], schema=ROWS)
