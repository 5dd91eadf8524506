"""Keep the rows of a stretch of time; what falls outside is counted as filtered."""

from collections import Counter
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from authlogs.logs.record import Logs
from authlogs.parse.reader import known_by
from authlogs.schema import TIME


def keep_span(logs: Logs, *, since: datetime | None, until: datetime | None) -> Logs:
    """Logs without events before `since`, and without events and changes from `until` on.

    Rows without a time stay. Changes before `since` stay too: they may be to blame. The events of
    a store stay on disk.
    """
    inside, known = _inside(since, until), _inside(None, until)
    changes = ds.dataset(logs.changes)
    dropped = {"events": _counts(logs.dataset, ~inside), "changes": _counts(changes, ~known)}
    return Logs(
        dataset=logs.dataset.filter(inside),
        changes=known_by(changes.filter(known).to_table(), until),
        rejects=logs.rejects,
        sources=_moved(logs.sources, dropped),
        warnings=logs.warnings,
        key=logs.key,
    )


def _inside(since: datetime | None, until: datetime | None) -> pc.Expression:
    time = pc.field("time")
    kept = pc.scalar(True)
    if since is not None:
        kept &= time >= pa.scalar(since, TIME)
    if until is not None:
        kept &= time < pa.scalar(until, TIME)
    return kept | time.is_null()


def _counts(dataset: ds.Dataset, outside: pc.Expression) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for batch in dataset.to_batches(columns=["source_file"], filter=outside):
        rows = batch["source_file"].value_counts().to_pylist()
        counted.update({row["values"]: row["counts"] for row in rows})
    return counted


def _moved(sources: pa.Table, dropped: dict[str, dict[str, int]]) -> pa.Table:
    """The tally with dropped rows counted as filtered."""
    names = sources["source_file"].to_pylist()
    filtered = pc.add(sources["filtered"], pa.array([0] * len(names), pa.int64()))
    for kind, counts in dropped.items():
        gone = pa.array([counts.get(name, 0) for name in names], pa.int64())
        filtered = pc.add(filtered, gone)
        at = sources.schema.get_field_index(kind)
        left = pc.subtract(sources[kind], gone)
        sources = sources.set_column(at, sources.schema.field(at), left)
    at = sources.schema.get_field_index("filtered")
    return sources.set_column(at, sources.schema.field(at), filtered)
