"""What the logs and records themselves say happened, each with its lines: what claims are held to.

A fact is a stretch of time: a recorded change from its start to its end, an onset with its
interval, a spell of slow statements.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.case import Case
from authlogs.analysis.causes import network
from authlogs.analysis.causes.database_overload import slow_statements
from authlogs.analysis.exposure import change_id
from authlogs.analysis.result import Incident, Interval
from authlogs.analysis.roles import DATABASE, played_by
from authlogs.analysis.series import micros
from authlogs.analysis.symptoms import JOIN_BINS, Symptom
from authlogs.analysis.volume import MISSING
from authlogs.engine.queries import run_sql
from authlogs.schema import TIME

FACTS = pa.schema(
    [
        pa.field("kind", pa.string()),
        pa.field("at", TIME, metadata={"doc": "best single time of its beginning"}),
        pa.field("time", TIME, metadata={"doc": "start of the interval in which it began"}),
        pa.field("time_latest", TIME, metadata={"doc": "end of the interval in which it began"}),
        pa.field("end_time", TIME),
        pa.field("end_time_latest", TIME),
        pa.field("service", pa.string()),
        pa.field("version", pa.string()),
        pa.field("change_id", pa.string()),
        pa.field("who", pa.string(), metadata={"doc": "who did it; for an alert, who was told"}),
        pa.field("words", pa.string(), metadata={"doc": "the record's own words, to be matched"}),
        pa.field("statement", pa.string()),
        pa.field("rows", pa.list_(pa.string())),
        pa.field("incident_id", pa.string()),
    ]
)
"""One row a fact. `kind` is a change type, or onset, new_sign_ins, recovery, alert, acknowledged,
declared, closed, database_trouble, network_trouble."""
MARKED = (("acknowledged", "ack"), ("closed", "resolv"), ("closed", "clos"), ("declared", ""))
"""What a record of type incident marks, by the beginning of a word in its status or description."""
NEVER = (None, None)
FAILING = """
SELECT source_file || ':' || CAST(line_no AS STRING) AS place FROM events
WHERE outcome = 'failure' AND service IS NOT DISTINCT FROM $1 AND event_type = $2
  AND coalesce(reason, 'unspecified') = $3
  AND unix_micros("time") >= $4 AND unix_micros("time") < $5
ORDER BY {order}, source_file NULLS LAST, byte_offset NULLS LAST LIMIT 5
"""
SHOWING = """
SELECT source_file || ':' || CAST(line_no AS STRING) AS place FROM events
WHERE unix_micros("time") >= $1 AND unix_micros("time") < $2 AND ({where})
ORDER BY {order}, "time", source_file NULLS LAST, byte_offset NULLS LAST LIMIT 5
"""


def gather_facts(changes: pa.Table, pairs: Iterable[tuple[Case, Incident]]) -> pa.Table:
    """Return the facts of all records and incidents, a table of FACTS in order of time."""
    rows = [_recorded(row) for row in changes.to_pylist() if row["time"]]
    for case, incident in pairs:
        rows += [*_course(case, incident), *_troubles(case, incident)]
    once = {(row["kind"], row["time"], row.get("change_id")): row for row in rows}
    ordered = sorted(once.values(), key=lambda row: (row["time"], row["kind"]))
    return pa.Table.from_pylist(ordered, schema=FACTS)


def _recorded(row: dict[str, Any]) -> dict[str, Any]:
    kind = row["change_type"] or "deploy"
    told = f"{row['status'] or ''} {row['description'] or ''}"
    if kind == "incident":
        kind = _marked(told)
    service = str(row["service"] or "")
    named = " ".join(word for word in (service, kind.replace("_", " "), row["version"]) if word)
    blurred = timedelta(seconds=row["time_uncertainty_s"] or 0.0)
    end = row["end_time"]
    return {
        "kind": kind,
        "at": row["time"],
        "time": row["time"] - blurred,
        "time_latest": row["time"] + blurred,
        "end_time": end - blurred if end else None,
        "end_time_latest": end + blurred if end else None,
        "service": service or None,
        "version": row["version"],
        "change_id": change_id(row),
        "who": _told(row) if kind == "alert" else row["actor"],
        "words": " ".join(str(row[name] or "") for name in ("description", "url", "extra")),
        "statement": f"{named}: {row['description']}" if row["description"] else named,
        "rows": [f"{row['source_file']}:{row['line_no']}"],
    }


def _told(row: dict[str, Any]) -> str | None:
    """Return whom an alert was sent to, as Alertmanager and its like record it."""
    try:
        extra = json.loads(row["extra"] or "{}")
    except ValueError:
        return None
    listed = extra.get("receivers") if isinstance(extra, dict) else None
    names = [one.get("name") if isinstance(one, dict) else one for one in listed or ()]
    return ", ".join(str(name) for name in names if name) or row["actor"]


def _marked(told: str) -> str:
    words = told.lower().split()
    return next(
        kind for kind, begins in MARKED if not begins or any(w.startswith(begins) for w in words)
    )


def _course(case: Case, incident: Incident) -> Iterator[dict[str, Any]]:
    """Give the onset and both recoveries, with the first and the last failing lines."""
    signal = incident.signal
    what = f"{signal.event_type.replace('_', ' ')} at {signal.service or 'every service'}"
    onset, over = incident.onset_interval, incident.recovered_interval
    first = _failing(case, incident, int(case.end_us), '"time"')
    began = f"the first {what} fails: {signal.reason}"
    yield _edge("onset", incident, incident.onset, onset) | {"statement": began, "rows": first}
    fresh = incident.recovery.get("new_sign_ins")
    for kind, who, when, interval in (
        ("new_sign_ins", "new sign-ins are", *((fresh.time, fresh.interval) if fresh else NEVER)),
        ("recovery", "all traffic is", incident.recovered, over),
    ):
        if when and interval:
            last = _failing(case, incident, micros(interval[1]), '"time" DESC')
            yield _edge(kind, incident, when, interval) | {
                "statement": f"{who} well again",
                "rows": last,
            }


def _edge(kind: str, incident: Incident, when: datetime, interval: Interval) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": when,
        "time": interval[0],
        "time_latest": interval[1],
        "service": incident.signal.service,
        "words": incident.signal.reason,
        "incident_id": incident.incident_id,
    }


def _failing(case: Case, incident: Incident, until_us: int, order: str) -> list[str]:
    """Return the places of the first failures of the signal in this order."""
    signal = incident.signal
    if signal.reason == MISSING:
        return []
    low = micros(incident.onset_interval[0])
    params = [signal.service, signal.event_type, signal.reason, low, until_us]
    found = run_sql(FAILING.format(order=order), params, events=case.events)
    return [str(place) for place in found["place"].to_pylist()]


def _troubles(case: Case, incident: Incident) -> Iterator[dict[str, Any]]:
    """Give each spell of slow statements and of connection errors, anywhere in the logs."""
    database = f"({played_by(DATABASE)}) AND duration_us IS NOT NULL"
    for kind, symptom, where, order in (
        ("database_trouble", slow_statements(case), database, "duration_us DESC"),
        ("network_trouble", network.TROUBLE.symptom(case), network.TROUBLE.condition, '"time"'),
    ):
        for start, end in _spells(symptom, case):
            edges = [micros(start), micros(end)]
            query = SHOWING.format(where=where, order=order)
            rows = run_sql(query, edges, events=case.events)["place"].to_pylist()
            width = timedelta(seconds=case.grid.width_s)
            yield {
                "kind": kind,
                "at": start,
                "time": start,
                "time_latest": start + width,
                "end_time": end - width,
                "end_time_latest": end,
                "words": "",
                "statement": symptom.name,
                "rows": rows,
                "incident_id": incident.incident_id,
            }


def _spells(symptom: Symptom, case: Case) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches in which a symptom shows, short gaps joined, from and to an instant."""
    if not symptom.heard.any():
        return
    runs: list[list[int]] = []
    for place in np.flatnonzero(symptom.bad & symptom.heard).tolist():
        if runs and place - runs[-1][1] <= max(1, JOIN_BINS * 60 // case.grid.width_s):
            runs[-1][1] = place + 1
        else:
            runs.append([place, place + 1])
    for first, last in runs:
        yield case.grid.at(first), case.grid.at(last)
