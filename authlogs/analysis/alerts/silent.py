"""Rules that look at a service of which there is nothing: no alarm of theirs means anything."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from authlogs.analysis.alerts.rules import AlertRule

MOST_NAMED = 8


def looks_at_nothing(rules: Iterable[object], there: AbstractSet[str], where: str) -> list[str]:
    """Return a sentence for each service that rules name and that is not `there`."""
    wanted: dict[str, list[str]] = {}
    for rule in rules:
        if isinstance(rule, AlertRule):
            for service in filter(None, rule.count.get("service", ())):
                wanted.setdefault(service, []).append(rule.alert)
    named = ", ".join(sorted(there)[:MOST_NAMED]) or "none"
    return [
        f"{where} nothing of service {service} (but of: {named}): that {', '.join(names)} did not "
        "fire there says nothing"
        for service, names in wanted.items()
        if service not in there
    ]
