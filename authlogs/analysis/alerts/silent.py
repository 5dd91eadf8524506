"""Rules that look at a service of which there is nothing: no alarm of theirs means anything."""

from collections.abc import Iterable

from authlogs.analysis.alerts.rules import AlertRule
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

SERVICES = "SELECT DISTINCT CAST(service AS STRING) AS service FROM events"
MOST_NAMED = 8


def looks_at_nothing(rules: Iterable[object], events: Events, where: str) -> list[str]:
    """Return a sentence for each service that rules name and the events do not hold."""
    wanted: dict[str, list[str]] = {}
    for rule in rules:
        if isinstance(rule, AlertRule):
            for service in rule.count.get("service", ()):
                wanted.setdefault(service or "", []).append(rule.alert)
    if not wanted:
        return []
    there = {row or "" for row in run_sql(SERVICES, events=events)["service"].to_pylist()}
    named = ", ".join(sorted(there - {""})[:MOST_NAMED]) or "none"
    return [
        f"{where} nothing of service {service} (but of: {named}): that {', '.join(names)} did not "
        "fire there says nothing"
        for service, names in wanted.items()
        if service not in there
    ]
