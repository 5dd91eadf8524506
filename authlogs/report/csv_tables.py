"""The tables of a report as CSV (RFC 4180), for spreadsheets: no cell can be a formula."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from authlogs.analysis.result import Incident, Investigation, plain
from authlogs.report.quotes import Quote
from authlogs.schema import TALLY
from authlogs.spreadsheets import csv_bytes

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "incidents": (
        "incident_id", "status", "onset", "onset_from", "onset_to", "recovered", "service",
        "event_type", "reason", "verdict", "cause_class", "none_probability", "users_attempting",
        "users_affected", "failed_logins", "rejected_tokens", "lost_logins", "peak_rate",
        "detected", "acknowledged", "mitigated", "resolved",
        "ttd_s", "tta_s", "ttm_s", "ttr_s", "tail_s",
    ),
    "suspects": (
        "incident_id", "id", "time", "end_time", "service", "version", "previous_version",
        "change_type", "description", "probability", "bayes_factor", "prior", "group",
    ),
    "theories": ("incident_id", "name", "probability", "verdict", "statement"),
    "evidence": (
        "incident_id", "about", "kind", "direction", "log_bayes_factor", "statement", "numbers",
        "rows",
    ),
    "changes": ("incident_id", "id", "excluded_because"),
    "segments": ("incident_id", "where", "rate", "rest", "rate_ratio", "ratio_from", "ratio_to"),
    "timeline": (
        "time", "end_time", "lane", "label", "change_id", "role", "probability", "note",
    ),
    "minutes": (
        "time", "attempts", "attempts_low", "attempts_high", "people_failing", "covered",
    ),
    "stages": ("time", "stage", "attempts", "successes"),
    "issuing": ("time", "version", "tokens"),
    "coverage": ("source", "from", "to", "events", "truncated", "silent"),
    "sources": (
        "source_file", "kind", "sha256", "size", "format", "zone", "year", "error", *TALLY,
    ),
    "rejects": ("source_file", "line_no", "byte_offset", "byte_length", "reason"),
    "lines": (
        "source_file", "line_no", "byte_offset", "byte_length", "sha256", "behind", "text",
    ),
}  # fmt: skip


def csv_tables(
    investigation: Investigation,
    *,
    rejects: pa.Table | None = None,
    lines: Iterable[Quote] = (),
) -> dict[str, bytes]:
    """Return every table by its name, as CSV (UTF-8) with a header; times are UTC, ISO 8601.

    A text that a spreadsheet would take for a formula begins with an apostrophe instead.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in COLUMNS}
    for incident in investigation.incidents:
        for name, told in _of_incident(incident):
            rows[name].append({"incident_id": incident.incident_id, **told})
    if charts := investigation.charts:
        rows["timeline"] = charts.lanes.to_pylist()
        for name in ("minutes", "stages", "issuing"):
            rows[name] = getattr(charts, name).to_pylist()
    rows["coverage"] = list(investigation.coverage)
    rows["sources"] = list(investigation.sources)
    rows["rejects"] = rejects.to_pylist() if rejects is not None else []
    rows["lines"] = [{**vars(quote), "behind": "; ".join(quote.behind)} for quote in lines]
    return {name: _csv(COLUMNS[name], told) for name, told in rows.items()}


def _of_incident(incident: Incident) -> Iterator[tuple[str, Mapping[str, Any]]]:
    low, high = incident.onset_interval
    flat = {**vars(incident), "onset_from": low, "onset_to": high}
    for part in (incident.signal, incident.impact, incident.phases):
        flat |= {} if part is None else vars(part)
    yield "incidents", flat
    for suspect in incident.suspects:
        yield "suspects", {**vars(suspect.change), **vars(suspect)}
    for theory in incident.theories:
        yield "theories", vars(theory)
    cases = [(s.change.id, s.evidence) for s in incident.suspects]
    for about, evidence in (*cases, *((t.name, t.evidence) for t in incident.theories)):
        for finding in evidence:
            yield "evidence", {"about": about, **vars(finding), "rows": " ".join(finding.rows)}
    for change in incident.changes_considered:
        yield "changes", vars(change)
    for segment in incident.segments:
        edges = {"ratio_from": segment.interval[0], "ratio_to": segment.interval[1]}
        yield "segments", {**vars(segment), **edges}


def _csv(columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> bytes:
    cells = [[_cell(row.get(name)) for row in rows] for name in columns]
    return csv_bytes(pa.table([pa.array(column) for column in cells], names=columns))


def _cell(value: Any) -> Any:
    """Return a JSON value as a number or a text."""
    value = plain(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value
