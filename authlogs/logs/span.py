"""Keep the rows of a stretch of time; what falls outside is counted as filtered."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from authlogs.logs.record import Logs
from authlogs.parse.reader import known_by


def keep_span(logs: Logs, *, since: datetime | None, until: datetime | None) -> Logs:
    """Logs without events before `since`, and without events and changes from `until` on.

    Rows without a time stay. Changes before `since` stay too: they may be to blame.
    """
    events, changes = logs.events, logs.changes
    inside = _inside(events["time"], since, until)
    known = _inside(changes["time"], None, until)
    dropped = {
        "events": _counts(events.filter(pc.invert(inside))),
        "changes": _counts(changes.filter(pc.invert(known))),
    }
    return Logs(
        dataset=ds.dataset(events.filter(inside)),
        changes=known_by(changes.filter(known), until),
        rejects=logs.rejects,
        sources=_moved(logs.sources, dropped),
        warnings=logs.warnings,
        key=logs.key,
    )


def _inside(
    times: pa.ChunkedArray, since: datetime | None, until: datetime | None
) -> pa.ChunkedArray:
    kept = pc.or_(pc.is_null(times), pc.is_valid(times))
    if since is not None:
        late = pc.greater_equal(times, pa.scalar(since, times.type))
        kept = pc.and_(kept, pc.fill_null(late, True))
    if until is not None:
        early = pc.less(times, pa.scalar(until, times.type))
        kept = pc.and_(kept, pc.fill_null(early, True))
    return kept


def _counts(table: pa.Table) -> dict[str, int]:
    counted = table["source_file"].value_counts().to_pylist()
    return {row["values"]: row["counts"] for row in counted}


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
