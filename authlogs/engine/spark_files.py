"""All files of a read on Spark: the driver chooses zones and years, the workers read."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from pathlib import Path
from typing import Any

from authlogs.engine.spark_table import SparkTable, spark_columns, worked
from authlogs.engine.spark_tasks import ROWS, TOLD, Job, Told, cut_files, read_jobs
from authlogs.parse.cutting import Cut
from authlogs.parse.probing import Mode
from authlogs.parse.reader import Settings
from authlogs.parse.reading import Tables
from authlogs.schema import EVENTS, TALLY
from authlogs.sources.compression import Stored
from authlogs.sources.lines import look

ALIKE = ("kind", "compression", "encoding", "format", "confidence", "logs_success", "truncated")
"""What the pieces of a file must say alike to speak for the whole."""


@dataclass
class SparkFiles:
    """Reads batches of jobs: events stay with Spark, everything else gathers in `tables`."""

    session: Any
    settings: Settings
    split_bytes: int
    tables: Tables = field(default_factory=Tables)
    frames: list[Any] = field(default_factory=list)

    def read(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Read these files, large ones in pieces, and return their rows of `sources`.

        What only the whole can tell exactly (a record without zone or year, a stamp without a
        year, after which the years are counted) makes a file be read again in one go.
        """
        if not jobs:
            return []
        cuts = self._cuts(jobs)
        frame, told = self._run([piece for job in jobs for piece in _pieces(job, cuts)])
        rows = {job.at: _joined(told[job.at], cuts.get(job.at)) for job in jobs}
        if again := [job for job in jobs if rows[job.at] is None]:
            names = [job.probed.found.name for job in again]
            frame = frame.where(~frame["source_file"].isin(names))
            whole, retold = self._run(again)
            frame, told = frame.unionAll(whole), told | retold
            rows |= {job.at: _joined(told[job.at], None) for job in again}
        self.frames.append(frame)
        return [row for job in jobs if (row := self._gather(job, told[job.at], rows[job.at]))]

    def events(self) -> SparkTable:
        """Everything that was read."""
        return SparkTable(reduce(lambda whole, frame: whole.unionAll(frame), self.frames))

    def _run(self, jobs: Sequence[Job]) -> tuple[Any, dict[int, list[Told]]]:
        run = partial(read_jobs, jobs, self.settings)
        frame = worked(self._numbered(len(jobs)), run, spark_columns(ROWS)).persist()
        told: dict[int, list[Told]] = {}
        for one in _unpickled(frame.where(frame[TOLD.name].isNotNull())):
            told.setdefault(one.at, []).append(one)
        for parts in told.values():
            parts.sort(key=lambda one: one.start)
        return frame.where(frame[TOLD.name].isNull()).select(*EVENTS.names), told

    def _cuts(self, jobs: Sequence[Job]) -> dict[int, Cut]:
        large = [job for job in jobs if self._may_be_cut(job)]
        if not large:
            return {}
        run = partial(cut_files, [job.probed for job in large], self.split_bytes)
        frame = worked(self._numbered(len(large)), run, f"{TOLD.name} BINARY")
        found = {large[number].at: cut for number, cut in _unpickled(frame)}
        return {at: cut for at, cut in found.items() if cut and len(cut.pieces) > 1}

    def _may_be_cut(self, job: Job) -> bool:
        """Whether a file is large, plain and of lines, with nothing that runs on through it."""
        probed = job.probed
        path: Any = probed.found.path  # where that is not all there is to a source, no Path
        if probed.mode is not Mode.LINES or probed.recognition.yearless is not None:
            return False
        if not isinstance(path, Path) or path.stat().st_size <= self.split_bytes:
            return False
        stored = Stored(path)
        first = next(stored.chunks(), b"")
        return stored.compression == "none" and look(first).encoding == "utf-8"

    def _numbered(self, count: int) -> Any:
        """The numbers below `count`, each in a task of its own."""
        return self.session.range(0, count, 1, count)

    def _gather(self, job: Job, told: list[Told], row: dict[str, Any] | None) -> dict[str, Any]:
        assert row is not None
        for one in told:
            if one.changes is not None:
                self.tables.changes.setdefault(job.at, []).append(one.changes)
            if one.rejects is not None:
                self.tables.note_reject(one.rejects)
                self.tables.rejects.setdefault(job.at, []).append(one.rejects)
        self.tables.sources[job.at] = row
        name = job.probed.found.name
        self.tables.notes += [f"{name}: {one.note}" for one in told if one.note]
        if any(one.needs_zone for one in told):
            self.tables.needs_zone.append(name)
        if any(one.needs_year for one in told):
            self.tables.needs_year.append(name)
        return row


def _pieces(job: Job, cuts: dict[int, Cut]) -> Iterator[Job]:
    cut = cuts.get(job.at)
    if cut is None:
        yield job
    else:
        yield from (replace(job, piece=piece) for piece in cut.pieces)


def _unpickled(frame: Any) -> Iterator[Any]:
    for cell in frame.select(TOLD.name).toArrow().column(0):
        yield pickle.loads(cell.as_py())  # noqa: S301  (from our own workers)


def _joined(told: list[Told], cut: Cut | None) -> dict[str, Any] | None:
    """One row of `sources` from the pieces of a file; null where they cannot tell it exactly."""
    rows = [one.source for one in told if one.source is not None]
    if cut is None:
        return rows[0]
    if any(row["error"] or row["year"] for row in rows):
        return None
    if any(row[name] != rows[0][name] for name in ALIKE for row in rows):
        return None
    return (
        rows[0]
        | {name: sum(row[name] for row in rows) for name in TALLY}
        | {name: _edge(min, rows, name) for name in ("zone", "first_time")}
        | {"last_time": _edge(max, rows, "last_time"), "sha256": cut.sha256, "size": cut.size}
    )


def _edge(choose: Callable[[list[Any]], Any], rows: list[dict[str, Any]], name: str) -> Any:
    known = [row[name] for row in rows if row[name] is not None]
    return choose(known) if known else None
