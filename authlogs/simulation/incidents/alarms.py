"""Alerts as Alertmanager lists them: some about the incident, some about nothing."""

import json
from datetime import timedelta
from typing import Any

from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.plan import Plan

NOTHING = "0001-01-01T00:00:00Z"


def _alert(plan: Plan, name: str, start: float, end: float | None, number: int) -> dict[str, Any]:
    def text(seconds: float) -> str:
        return f"{plan.start + timedelta(seconds=round(seconds)):%Y-%m-%dT%H:%M:%S.000Z}"

    return {
        "annotations": {"summary": f"{name} since five minutes"},
        "endsAt": NOTHING if end is None else text(end),
        "fingerprint": f"{number * 7919 + 104729:016x}",
        "receivers": [{"name": "oncall"}],
        "startsAt": text(start),
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "generatorURL": "https://prometheus.acme.example/graph",
        "labels": {"alertname": name, "severity": "page"},
    }


def alarms(plan: Plan, chance: Chance) -> dict[str, bytes]:
    """Return the file of alerts, in half of all cases."""
    rng = chance.stream("alerts")
    if rng.random() < 0.5:
        return {}
    told = []
    for number in range(int(rng.poisson(1.5))):
        start = float(rng.uniform(0, plan.length * 0.9))
        end = start + float(rng.uniform(120, 1500))
        told.append(_alert(plan, "HighLatency", start, end, number))
    noticed = plan.begins + 60 * float(rng.lognormal(2.2, 0.5))
    if plan.way is not None and rng.random() < 0.85 and noticed < plan.length:
        over = None if plan.going_on else plan.ends + 300
        told.append(_alert(plan, "LoginsFailing", noticed, over, 99))
    return {"alerts.json": json.dumps(told, indent=1).encode() + b"\n"} if told else {}
