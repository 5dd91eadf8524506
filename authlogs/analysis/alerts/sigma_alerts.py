"""Sigma rules beside our own in a replay: read and compiled as `run_rules` does."""

import re
from dataclasses import dataclass
from pathlib import Path

from authlogs.analysis.alerts.evaluation import WEIGHT, Firing
from authlogs.analysis.alerts.rule_file import parse_rules, read_text
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.engine.base import Events
from authlogs.errors import BadCall
from authlogs.query.sigma import firings as fired
from authlogs.query.sigma import query_of
from authlogs.query.sigma_rules import Rule
from authlogs.query.sigma_rules import parse_rules as parse_sigma

SIGMA = re.compile(r"^(detection|correlation)\s*:", re.MULTILINE)
"""What a document of Sigma has at its left edge, and a file of our own never."""


@dataclass(frozen=True, kw_only=True)
class SigmaAlert:
    """A rule of Sigma as a replay sees it; `reach_s` is the timespan of a correlation, else 0."""

    rule: Rule
    for_s: int = 0

    @property
    def alert(self) -> str:
        return self.rule.name

    @property
    def kind(self) -> str:
        return "sigma"

    @property
    def reach_s(self) -> int:
        span = getattr(self.rule.parsed, "timespan", None)
        return int(span.seconds) if span is not None else 0

    @property
    def warm_up_s(self) -> int:
        """A window that is not full yet can fire all the same."""
        return 0


def read_any(path: str | Path) -> tuple[AlertRule | SigmaAlert, ...]:
    """Return the rules of a file, of our own YAML or of Sigma (which needs the extra `sigma`).

    Raises BadCall or BadRule where it cannot be read or meant.
    """
    text = read_text(path)
    if SIGMA.search(text):
        told = parse_sigma(text, str(path))
        for rule in told:
            query_of(rule)  # an unknown column is told before anything is read
        return tuple(SigmaAlert(rule=rule) for rule in told)
    return parse_rules(text, where=str(path))


def sigma_firings(rule: SigmaAlert, events: Events) -> tuple[Firing, ...]:
    """Return when a rule of Sigma fires over events. Raises BadCall for a roll-up."""
    if hasattr(events, "schema") and WEIGHT in events.schema.names:
        raise BadCall(
            "Sigma's windows end at each event, and a roll-up has none",
            where=rule.alert,
            next_step="give the events of the history: logs or a store",
        )
    rows = fired(rule.rule, events).to_pylist()
    return tuple(Firing(row["time"], row["end_time"], row["group"] or None) for row in rows)
