"""What stands in the lanes: the incident, changes, responders' acts, alerts and claimed times."""

import re
from datetime import datetime
from typing import Any

import pyarrow as pa

from authlogs.analysis.chart_tables import UTC
from authlogs.analysis.result import Incident, Interval, Investigation
from authlogs.plot.lettering import literal
from authlogs.window import parse_zone

ENTRIES = pa.schema(
    [
        ("time", UTC),
        ("end_time", UTC),
        ("lane", pa.string()),
        ("label", pa.string()),
        ("detail", pa.string()),
        ("role", pa.string()),
        ("change_id", pa.string()),
        ("weight", pa.float64()),
        ("probability", pa.float64()),
    ]
)
EFFECTS = {
    "effect: complete": "failures ended",
    "effect: partial": "failures fell",
    "effect: none": "no effect",
}
WEIGHTS = {"most_supported": 9.0, "suspect": 8.0, "mitigation": 5.0, "mark": 4.0, "alert": 4.0}
OPENS_WITH_CLOCK = re.compile(r"^\d{1,2}:\d\d\b")
REMARK = re.compile(r" \(P\(.*$")
Entry = dict[str, Any]


def entries_of(
    lanes: pa.Table, investigation: Investigation, incident: Incident | None, axis: Interval
) -> tuple[pa.Table, list[tuple[str, datetime]]]:
    """Return the entries on the axis, and the labels and times of those that lie outside it."""
    rows = lanes.to_pylist()
    first = incident.suspects[0].change.id if incident and incident.suspects else None
    blamed = first if incident and incident.verdict == "change" else None
    found = [_entry(row, incident, blamed) for row in rows if row["lane"] != "claim"]
    found += _claims([row for row in rows if row["lane"] == "claim"])
    found = [*_incidents(investigation, incident), *found]
    shown, left_out = [], []
    for entry in found:
        end = entry["end_time"] or entry["time"]
        if entry["time"] >= axis[1] or end < axis[0]:
            left_out.append((entry["label"], entry["time"]))
            continue
        entry["time"] = max(entry["time"], axis[0])
        entry["end_time"] = min(end, axis[1]) if entry["end_time"] else None
        shown.append(entry)
    return pa.Table.from_pylist(shown, schema=ENTRIES), left_out


def _entry(row: Entry, incident: Incident | None, blamed: str | None) -> Entry:
    role = "alert" if row["lane"] == "alert" else row["role"]
    if role == "ruled_out" and incident is None:
        role = "recorded"
    if role == "suspect" and row["change_id"] == blamed:
        role = "most_supported"
    return {
        "time": row["time"],
        "end_time": row["end_time"],
        "lane": row["lane"],
        "label": literal(row["label"] or "unnamed"),
        "detail": _detail(role, row),
        "role": role,
        "change_id": row["change_id"],
        "weight": _weight(role, row, incident),
        "probability": row["probability"] if role in {"suspect", "most_supported"} else None,
    }


def _detail(role: str, row: Entry) -> str | None:
    if role == "most_supported":
        return f"most supported, {row['probability']:.0%}"
    if role == "suspect":
        return f"{row['probability']:.0%}"
    if role == "mitigation":
        note = row["note"]
        return EFFECTS.get(note, literal(note)) if note else None
    if role == "ruled_out":
        return _reason(row)
    return None


def _reason(row: Entry) -> str:
    if row["note"]:
        return literal(REMARK.sub("", row["note"]).removeprefix("it "))
    chance = row["probability"] or 0.0
    return f"{chance:.0%}" if chance >= 0.01 else "below 1%"


def _weight(role: str, row: Entry, incident: Incident | None) -> float:
    """Weigh an entry: its role, its probability, and how near the onset it began."""
    weight = WEIGHTS.get(role, 1.0) + (row["probability"] or 0.0)
    if incident is None:
        return weight
    away = abs((row["time"] - incident.onset).total_seconds())
    return float(weight + 1.0 / (1.0 + away / 600.0))


def _claims(rows: list[Entry]) -> list[Entry]:
    """Take claims of one time together: the line that opens with its time speaks for them."""
    by_time: dict[datetime, list[str]] = {}
    for row in rows:
        by_time.setdefault(row["time"], []).append(row["label"] or "")
    found = []
    for time, texts in by_time.items():
        clocked = [text for text in texts if OPENS_WITH_CLOCK.match(text)]
        found.append(
            {
                "time": time,
                "end_time": None,
                "lane": "claim",
                "label": literal((clocked or texts)[0]),
                "detail": f"and {len(texts) - 1} more" if len(texts) > 1 else None,
                "role": "claim",
                "change_id": None,
                "weight": 2.0 if clocked else 1.0,
                "probability": None,
            }
        )
    return found


def _incidents(investigation: Investigation, main: Incident | None) -> list[Entry]:
    """Return the bar of each incident, and the moments of the main one."""
    zone = parse_zone(investigation.display_zone)
    found = []
    for incident in investigation.incidents:
        name = "" if incident is main else f"{incident.signal.reason} (another incident)"
        role = "incident" if incident is main else "other_incident"
        end = incident.recovered or max(incident.onset, investigation.data_through)
        found.append(_moment(role, incident.onset, end, name))
    if main is None:
        return found
    found.append(
        _moment("onset", main.onset, None, f"onset {main.onset.astimezone(zone):%H:%M:%S}")
    )
    fresh = main.recovery.get("new_sign_ins")
    over = main.recovered
    if fresh is not None and fresh.time != over:
        text = f"new sign-ins well {fresh.time.astimezone(zone):%H:%M:%S}"
        found.append(_moment("recovered_new", fresh.time, None, text))
    if over is not None:
        text = f"all traffic well {over.astimezone(zone):%H:%M:%S}"
        found.append(_moment("recovered_all", over, None, text))
    return found


def _moment(role: str, time: datetime, end: datetime | None, label: str) -> Entry:
    return {
        "time": time,
        "end_time": end,
        "lane": "incident",
        "label": literal(label),
        "detail": None,
        "role": role,
        "change_id": None,
        "weight": 9.0,
        "probability": None,
    }
