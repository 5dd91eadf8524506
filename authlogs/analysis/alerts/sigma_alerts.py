"""Sigma rules beside our own in a replay: read and compiled as `run_rules` does."""

from dataclasses import dataclass
from pathlib import Path

from authlogs.analysis.alerts.evaluation import WEIGHT, Firing
from authlogs.analysis.alerts.rule_file import parse_rules
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.engine.base import Events
from authlogs.errors import BadCall
from authlogs.query.rule_text import documents, read_text
from authlogs.query.sigma import firings as fired
from authlogs.query.sigma import query_of
from authlogs.query.sigma_rules import Rule
from authlogs.query.sigma_rules import parse_rules as parse_sigma

SIGMA = frozenset({"detection", "correlation"})
"""Keys of which a document of Sigma has one, and a file of our own none."""


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
    if _is_sigma(text):
        told = parse_sigma(text, str(path))
        if not told:
            raise BadCall(
                "no rule in it fires by itself",
                where=str(path),
                next_step="give a rule of single events, or a correlation of some",
            )
        for rule in told:
            query_of(rule)  # an unknown column is told before anything is read
        return tuple(SigmaAlert(rule=rule) for rule in told)
    return parse_rules(text, where=str(path))


def _is_sigma(text: str) -> bool:
    try:
        told = documents(text)
    except ValueError:
        return False
    return any(isinstance(one, dict) and not SIGMA.isdisjoint(one) for one in told)


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
