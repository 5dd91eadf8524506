"""The stretches that are shaded across the strips."""

from datetime import datetime, timedelta

import pyarrow as pa

from authlogs.analysis.chart_tables import UTC
from authlogs.analysis.result import Incident, Interval, Investigation
from authlogs.plot.lettering import literal

Row = tuple[str, datetime, datetime, str]
SPANS = pa.schema([("kind", pa.string()), ("start", UTC), ("end", UTC), ("label", pa.string())])


def spans_of(
    incident: Incident | None,
    silences: list[Row],
    missing: list[Interval],
    axis: Interval,
    *,
    until: datetime,
) -> pa.Table:
    """Return every shaded stretch, clipped to the axis; `until` is where the data end."""
    rows: list[Row] = [("missing", start, end, "no data") for start, end in missing]
    rows += silences
    if incident is not None:
        rows += _phases(incident, until)
    kept = [
        {"kind": kind, "start": max(start, axis[0]), "end": min(end, axis[1]), "label": label}
        for kind, start, end, label in rows
        if start < axis[1] and end >= axis[0]
    ]
    return pa.Table.from_pylist(kept, schema=SPANS)


def gap_rows(gaps: pa.Table) -> list[Row]:
    """Return the stretches in which one source was silent."""
    return [
        ("silent", row["start"], row["end"], literal(row["source_file"] or "a source"))
        for row in gaps.to_pylist()
    ]


def cut_rows(investigation: Investigation, axis: Interval) -> list[Row]:
    """Return what is missing at the end of truncated sources."""
    return [
        ("truncated", entry["to"], axis[1], literal(entry["source"] or "a source"))
        for entry in investigation.coverage
        if entry.get("truncated") and entry["to"] < axis[1]
    ]


def _phases(incident: Incident, until: datetime) -> list[Row]:
    rows = [
        ("incident", incident.onset, incident.recovered or max(incident.onset, until), "incident"),
        ("onset", *incident.onset_interval, "onset"),
    ]
    fresh = incident.recovery.get("new_sign_ins")
    if fresh is not None:
        rows.append(("recovered_new", *fresh.interval, "new sign-ins well again"))
    if incident.recovered_interval is not None:
        rows.append(("recovered_all", *incident.recovered_interval, "all traffic well again"))
    tail = tail_of(incident)
    return [*rows, ("tail", *tail, "tail")] if tail else rows


def tail_of(incident: Incident) -> Interval | None:
    """Return the tail: from the end of the blamed change's rollback until all traffic was well."""
    if incident.recovered is None or not incident.phases.tail_s:
        return None
    return incident.recovered - timedelta(seconds=incident.phases.tail_s), incident.recovered
