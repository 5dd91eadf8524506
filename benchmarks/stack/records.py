"""Change records as three ways of deploying write them: CSV, JSON lines, GitHub deployments."""

import csv
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def iso(when: float) -> str:
    return dt.datetime.fromtimestamp(when, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Record:
    id: str
    kind: str
    service: str
    start: float
    end: float = 0.0
    version: str = ""
    previous: str = ""
    actor: str = ""
    what: str = ""
    share: float | None = None


@dataclass
class Records:
    style: str
    kept: list[Record] = field(default_factory=list)

    def new_id(self) -> str:
        number = len(self.kept) + 1
        return str(2214500100 + 7 * number) if self.style == "github" else f"CHG-{4100 + number}"

    def save(self, folder: Path) -> None:
        {"csv": self._csv, "jsonl": self._jsonl, "github": self._github}[self.style](folder)

    def _csv(self, folder: Path) -> None:
        heading = (
            "time end_time change_type service version previous_version actor change_id description"
        )
        with (folder / "changes.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(heading.split())
            for r in self.kept:
                span = iso(r.start), iso(r.end)
                rows.writerow(
                    [*span, r.kind, r.service, r.version, r.previous, r.actor, r.id, r.what]
                )

    def _jsonl(self, folder: Path) -> None:
        with (folder / "deploys.jsonl").open("w") as file:
            for r in self.kept:
                told: dict[str, Any] = {
                    "started_at": iso(r.start), "finished_at": iso(r.end), "type": r.kind,
                    "service": r.service, "version": r.version, "previous_version": r.previous,
                    "by": r.actor, "change_id": r.id, "description": r.what, "share": r.share,
                }  # fmt: skip
                file.write(
                    json.dumps({k: v for k, v in told.items() if v not in ("", None)}) + "\n"
                )

    def _github(self, folder: Path) -> None:
        told = [self._deployment(r) for r in reversed(self.kept)]
        (folder / "deployments.json").write_text(json.dumps(told, indent=1))

    def _deployment(self, r: Record) -> dict[str, Any]:
        url = f"https://api.github.com/repos/shop/{r.service}/deployments/{r.id}"
        states = [("success", r.end), ("in_progress", r.start), ("queued", r.start - 4)]
        return {
            "url": url, "id": int(r.id), "task": r.kind,
            "sha": hashlib.sha1(r.id.encode()).hexdigest(),
            "ref": f"v{r.version}" if r.version else "main",
            "environment": "production", "description": r.what, "creator": {"login": r.actor},
            "created_at": iso(r.start - 5), "updated_at": iso(r.end),
            "payload": {"service": r.service, "version": r.version, "previous_version": r.previous},
            "statuses": [{"state": state, "created_at": iso(when)} for state, when in states],
        }  # fmt: skip
