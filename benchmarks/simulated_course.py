"""What happened in a simulated incident, from its change log and its truth, in people's words."""

import csv
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from made_postmortems import Happened

PHRASES = {
    "deploy": ("{s} {v} deployed", "deploy of {s} {v}", "{s} {v} rolled out", "shipped {s} {v}"),
    "rollback": ("{s} rolled back to {v}", "rollback of {s} to {v}", "reverted {s} to {v}"),
    "restart": ("{s} restarted", "restart of {s}", "we restarted {s}"),
    "flag": ("flag for {s} switched on", "feature flag of {s} toggled"),
    "migration": ("migration of {s}", "{s} migrated"),
    "failover": ("{s} failover", "failed over {s}"),
    "scale": ("{s} scaled out", "scaled up {s}"),
    "session_flush": ("{s} sessions flushed", "flushed sessions of {s}"),
}
COURSE = {
    "onset": ("outage begins", "users cannot log in", "logins start failing", "errors started"),
    "recovered": ("outage ends", "all users recovered", "service back to normal"),
}


def simulated_course(folder: Path, *, found: bool) -> tuple[Happened, ...]:
    """Every record that people would tell, and the onset and recovery if they were found at all."""
    rows = [row for row in _records(folder) if row["change_type"] in PHRASES]
    truth = json.loads(folder.with_name(f"{folder.name}.truth.json").read_text(encoding="utf-8"))
    zone = ZoneInfo(truth["tz"])
    told = [_happened(row, rows, zone) for row in rows]
    for name, phrases in COURSE.items():
        if found and truth[name]:
            told.append(Happened(datetime.fromisoformat(truth[name]), phrases))
    return tuple(told)


def _records(folder: Path) -> list[dict[str, str]]:
    """The change log of a case, which is CSV or JSON lines."""
    with next(folder.glob("changes.*")).open(encoding="utf-8") as file:
        if file.name.endswith(".csv"):
            return list(csv.DictReader(file))
        told = [json.loads(line) for line in file]
    names = ("time", "end_time", "change_type", "service", "version")
    return [{name: str(row.get(name) or "") for name in names} for row in told]


def _happened(row: dict[str, str], rows: list[dict[str, str]], zone: ZoneInfo) -> Happened:
    """One record; what is told in the same words is meant as well."""
    kind, service, version = row["change_type"], row["service"], row["version"]
    phrases = tuple(p.format(s=service, v=version).strip() for p in PHRASES[kind])
    same = [r for r in rows if (r["change_type"], r["service"]) == (kind, service)]
    alike = same if kind not in ("deploy", "rollback") or not version else [row]
    edges = [r[name] for r in alike for name in ("time", "end_time") if r[name]]
    also = tuple(_moment(edge, zone) for edge in edges)
    return Happened(_moment(row["time"], zone), phrases, also)


def _moment(text: str, zone: ZoneInfo) -> datetime:
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=zone)
