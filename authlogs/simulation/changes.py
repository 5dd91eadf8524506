"""The change records beside the logs: deployments, the team's change log and alerts."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any, Final

from authlogs.simulation.alert_rule import ShareRule
from authlogs.simulation.moments import HOUR, MINUTE, SECOND, iso_utc, naive_seconds
from authlogs.simulation.timeline import (
    ACTS,
    GUILTY,
    ROLLBACK,
    ROLLOUTS,
    THE_DAY_BEFORE,
    Rollout,
)

SUPERSEDED: Final = {THE_DAY_BEFORE.change_id: GUILTY.end, GUILTY.change_id: ROLLBACK.end}
CSV_FIELDS: Final = (
    "time", "end_time", "change_type", "service", "version", "previous_version", "actor",
    "change_id", "status", "description",
)  # fmt: skip


def _utc(moment: int) -> str:
    if moment < 0:
        return iso_utc(moment + 24 * HOUR, 0).replace("2024-05-03", "2024-05-02")
    return iso_utc(moment, 0)


def _sha(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _deployment(rollout: Rollout) -> dict[str, Any]:
    states = [
        ("queued", rollout.created + 2 * SECOND),
        ("in_progress", rollout.start),
        ("success", rollout.end),
    ]
    if rollout.change_id in SUPERSEDED:
        states.append(("inactive", SUPERSEDED[rollout.change_id]))
    url = f"https://api.github.com/repos/acme/{rollout.service}/deployments/{rollout.change_id}"
    return {
        "url": url,
        "id": int(rollout.change_id),
        "task": rollout.task,
        "sha": _sha(f"{rollout.service} {rollout.version}"),
        "ref": f"v{rollout.version}",
        "environment": "production",
        "production_environment": True,
        "description": rollout.description,
        "creator": {"login": rollout.actor, "type": "User"},
        "created_at": _utc(rollout.created),
        "updated_at": _utc(states[-1][1]),
        "payload": {
            "service": rollout.service,
            "version": rollout.version,
            "previous_version": rollout.previous,
        },
        "statuses": [
            {
                "id": int(rollout.change_id) * 10 + number,
                "state": state,
                "environment": "production",
                "created_at": _utc(moment),
            }
            for number, (state, moment) in reversed(list(enumerate(states)))
        ],
    }


def deployments_json() -> bytes:
    """Return deployments as GitHub's API lists them, newest first, statuses embedded."""
    newest_first = sorted((THE_DAY_BEFORE, *ROLLOUTS), key=lambda each: -each.created)
    return json.dumps([_deployment(each) for each in newest_first], indent=2).encode() + b"\n"


def changes_csv() -> bytes:
    """Return the team's own change log, local times without a zone."""
    text = io.StringIO()
    rows = csv.DictWriter(text, CSV_FIELDS, restval="", lineterminator="\n")
    rows.writeheader()
    for act in ACTS:
        rows.writerow(
            {
                "time": naive_seconds(act.start),
                "end_time": naive_seconds(act.end) if act.end > act.start else "",
                "change_type": act.change_type,
                "service": act.service,
                "actor": act.actor,
                "change_id": act.change_id,
                "status": act.status,
                "description": act.description,
            }
        )
    return text.getvalue().encode()


def alerts_json(rule: ShareRule, firings: Sequence[tuple[int, int | None]]) -> bytes:
    """Return alerts as Alertmanager's API v2 lists them."""
    alerts = [
        {
            "annotations": {
                "summary": "The gateway refuses more than 10 % of session tokens",
                "description": f"{rule.expression} for {rule.hold // MINUTE}m",
            },
            "endsAt": iso_utc(end, 3) if end is not None else "0001-01-01T00:00:00Z",
            "fingerprint": _sha(rule.name)[:16],
            "receivers": [{"name": "oncall"}],
            "startsAt": iso_utc(start, 3),
            "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
            "updatedAt": iso_utc(end if end is not None else start, 3),
            "generatorURL": f"https://prometheus.acme.example/graph?g0.tab=1#{rule.name}",
            "labels": {"alertname": rule.name, "service": "gateway", "severity": "page"},
        }
        for start, end in firings
    ]
    return json.dumps(alerts, indent=2).encode() + b"\n"
