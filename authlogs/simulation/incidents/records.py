"""Change records as people keep them: CSV, JSON lines, GitHub deployments."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any, Final

from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.plan import Plan

FIELDS: Final = ("time", "end_time", "change_type", "service", "version", "previous_version",
                 "actor", "change_id", "status", "share", "description")  # fmt: skip
ACTORS: Final = ("mvargas", "sduque", "rbeltran", "deploy-bot", "kmori", "aokafor")
ROLLED: Final = ("deploy", "rollback")


def _moment(plan: Plan, seconds: float, *, naive: bool) -> str:
    when = plan.start + timedelta(seconds=round(seconds))
    if naive:
        return f"{when + timedelta(hours=plan.offset_hours):%Y-%m-%d %H:%M:%S}"
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def _row(plan: Plan, deed: Deed, actor: str, *, naive: bool) -> dict[str, str]:
    end = deed.recorded_end
    return {
        "time": _moment(plan, deed.recorded_start, naive=naive),
        "end_time": "" if end is None else _moment(plan, end, naive=naive),
        "change_type": deed.change_type,
        "service": deed.service,
        "version": deed.version,
        "previous_version": deed.previous,
        "actor": actor,
        "change_id": deed.change_id,
        "status": "done" if end is not None else "",
        "share": "" if deed.share is None else f"{deed.share:.2f}",
        "description": f"{deed.change_type.replace('_', ' ')} of {deed.service}",
    }


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, FIELDS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def _json_lines(rows: list[dict[str, str]]) -> bytes:
    made = []
    for row in rows:
        record: dict[str, Any] = {key: value for key, value in row.items() if value}
        if "share" in record:
            record["share"] = float(record["share"])
        made.append(json.dumps(record))
    return "".join(f"{line}\n" for line in made).encode()


def _deployment(plan: Plan, deed: Deed, actor: str) -> dict[str, Any]:
    base = f"https://api.github.com/repos/acme/{deed.service}/deployments/{deed.change_id}"
    states = []
    if plan.record_law != "tickets":
        states = [("in_progress", deed.recorded_start)]
        if deed.recorded_end is not None:
            states.insert(0, ("success", deed.recorded_end))
    told: dict[str, Any] = {
        "url": base,
        "id": int(deed.change_id),
        "task": deed.change_type,
        "ref": f"v{deed.version}",
        "environment": "production",
        "description": f"{deed.change_type} of {deed.service}",
        "creator": {"login": actor},
        "created_at": _moment(plan, deed.recorded_start, naive=False),
        "payload": {
            "service": deed.service,
            "version": deed.version,
            "previous_version": deed.previous,
        },
    }
    listed = [{"state": s, "created_at": _moment(plan, at, naive=False)} for s, at in states]
    return told | ({"statuses": listed} if listed else {"statuses_url": f"{base}/statuses"})


def records(plan: Plan, chance: Chance, deeds: list[Deed]) -> tuple[dict[str, bytes], bool]:
    """Return the files of change records, and whether their times are without a zone."""
    rng = chance.stream("record files")
    listed = sorted((each for each in deeds if each.listed), key=lambda each: each.recorded_start)
    if not listed:
        return {}, False
    actors = {each.change_id: str(rng.choice(ACTORS)) for each in listed}
    naive = bool(rng.random() < 0.4)
    files: dict[str, bytes] = {}
    rest = listed
    if plan.github:
        rolled = [each for each in listed if each.change_type in ROLLED]
        rest = [each for each in listed if each.change_type not in ROLLED]
        told = [_deployment(plan, each, actors[each.change_id]) for each in reversed(rolled)]
        if told:
            files["deployments.json"] = json.dumps(told, indent=1).encode() + b"\n"
    if not rest:
        return files, False
    as_csv = bool(rng.random() < 0.5)
    rows = [_row(plan, each, actors[each.change_id], naive=naive) for each in rest]
    if as_csv:
        return files | {"changes.csv": _csv(rows)}, naive
    return files | {"changes.jsonl": _json_lines(rows)}, naive


def when(plan: Plan, seconds: float) -> datetime:
    """Return a moment of the logs in UTC."""
    return plan.start + timedelta(seconds=seconds)
