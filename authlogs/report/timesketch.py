"""The timeline for Timesketch: JSON lines with the fields that its importer asks for.

Source: Timesketch, "Create a timeline from JSON/JSONL/CSV file": every row has `message`,
`datetime` (ISO 8601 with its zone), `timestamp` (microseconds since 1970) and `timestamp_desc`.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from authlogs.analysis.result import Incident, Investigation, plain
from authlogs.analysis.words import headline
from authlogs.report.quotes import Quote

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NAMED: Final = {
    "change": "Change", "response": "Response", "alert": "Alert", "claim": "Claimed time",
}  # fmt: skip


def timesketch_lines(investigation: Investigation, lines: Iterable[Quote] = ()) -> str:
    """Return a row for each mark of the incidents, each record on the timeline, each quoted line.

    Rows stand in order of time; a line without a readable time has no place on a timeline.
    """
    rows = [row for incident in investigation.incidents for row in _marks(investigation, incident)]
    if investigation.charts:
        rows += [row for told in investigation.charts.lanes.to_pylist() for row in _record(told)]
    rows += [_quoted(quote) for quote in lines if quote.time]
    rows.sort(key=lambda row: row["timestamp"])
    return "".join(json.dumps(plain(row), ensure_ascii=False) + "\n" for row in rows)


def _row(when: datetime, what: str, message: str, **more: Any) -> dict[str, Any]:
    micros = (when - EPOCH) // (EPOCH.resolution)
    base = {"message": message, "datetime": when, "timestamp": micros, "timestamp_desc": what}
    return base | {"data_type": "authlogs:investigation"} | more


def _marks(investigation: Investigation, incident: Incident) -> Iterator[dict[str, Any]]:
    named = {"incident_id": incident.incident_id, "tag": ["authlogs"]}
    yield _row(incident.onset, "Onset", headline(investigation, incident), **named)
    for name, when in (
        ("Detected", incident.phases.detected),
        ("Acknowledged", incident.phases.acknowledged),
        ("Mitigated", incident.phases.mitigated),
        ("Recovered", incident.recovered),
    ):
        if when is not None:
            yield _row(when, name, f"{name.lower()}: {incident.signal.reason}", **named)


def _record(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = NAMED.get(told["lane"], told["lane"])
    more = {key: told[key] for key in ("change_id", "role", "probability", "note") if told[key]}
    yield _row(told["time"], f"{name} start" if told["end_time"] else name, told["label"], **more)
    if told["end_time"]:
        yield _row(told["end_time"], f"{name} end", told["label"], **more)


def _quoted(quote: Quote) -> dict[str, Any]:
    assert quote.time is not None
    more = {
        name: getattr(quote, name)
        for name in ("source_file", "line_no", "byte_offset", "byte_length", "sha256")
    }
    return _row(quote.time, "Log line", quote.text, behind="; ".join(quote.behind), **more)
