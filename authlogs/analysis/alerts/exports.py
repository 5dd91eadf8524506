"""Rules in the words of other tools: Prometheus' alerting rules and Sigma's correlations.

Sources: prometheus.io/docs/prometheus/latest/configuration/alerting_rules; the Sigma specification
2.0 and its Correlation Rules (github.com/SigmaHQ/sigma-specification).
"""

import re
import uuid
from collections.abc import Sequence
from typing import Any

import yaml

from authlogs.analysis.alerts.rule_file import span_words
from authlogs.analysis.alerts.rules import ISSUING_VERSION, AlertRule, Condition
from authlogs.errors import BadCall
from authlogs.schema import EVENT_COLUMNS

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
NAMESPACE = uuid.UUID("5c1c2d1e-3f9b-5d6a-9a57-2a4f0f6f8f11")
"""Sigma wants an id that stays: it is made of the rule's name."""
ECS = {column.name: column.ecs for column in EVENT_COLUMNS if column.ecs}
ISSUER_VERSION = "issuer_version"
"""The column of a build that a record itself names: Sigma has no joins to other records."""
LEVELS = {"page": "high", "critical": "critical", "warning": "medium", "ticket": "medium"}


def prometheus_rules(rules: Sequence[AlertRule], *, metric: str) -> str:
    """Return the rules as YAML that `promtool check rules` takes.

    `metric` names a counter that grows by one with each event and has our columns as labels; it
    must stand at 0 from the start, or `increase` does not see the first event. Raises BadCall for a
    name that is no metric.
    """
    if not METRIC.fullmatch(metric):
        raise BadCall(f"{metric!r} is no name of a metric", next_step="use letters, digits and _")
    told = [_alerting(rule, metric) for rule in rules]
    every = f"{min((rule.every_s for rule in rules), default=30)}s"
    groups = {"groups": [{"name": "authlogs", "interval": every, "rules": told}]}
    text: str = yaml.safe_dump(groups, sort_keys=False, width=1_000, allow_unicode=True)
    return text


def promql(rule: AlertRule, metric: str) -> str:
    """Return the expression of a rule."""
    by = f" by ({rule.by})" if rule.by else ""

    def grown(condition: Condition, window_s: int, offset_s: int = 0) -> str:
        offset = f" offset {span_words(offset_s)}" if offset_s else ""
        selector = f"{metric}{_matchers(condition)}[{span_words(window_s)}]{offset}"
        return f"sum{by} (increase({selector}))"

    def share(window_s: int) -> str:
        return f"{grown(rule.count, window_s)} / {grown(rule.of or rule.count, window_s)}"

    if rule.kind == "burn_rate":
        budget = 1 - (rule.objective or 0)
        pairs = [
            " and ".join(
                f"{share(s)} > {_number(burn.factor)} * {_number(budget)}"
                for s in (burn.long_s, burn.short_s)
            )
            for burn in rule.burns
        ]
        return " or ".join(f"({pair})" for pair in pairs)
    now = grown(rule.count, rule.window_s)
    if rule.kind == "drop":
        before = grown(rule.count, rule.window_s, rule.than_s or 0)
        return f"{now} < {_number(rule.below or 0)} * {before} and {before} >= {max(1, rule.least)}"
    value = share(rule.window_s) if rule.kind == "share" else now
    enough = f" and {now} >= {rule.least}" if rule.least else ""
    return f"{value} > {_number(rule.above or 0)}{enough}"


def _alerting(rule: AlertRule, metric: str) -> dict[str, Any]:
    told: dict[str, Any] = {"alert": rule.alert, "expr": promql(rule, metric)}
    told |= {"for": span_words(rule.for_s)} if rule.for_s else {}
    told["labels"] = {"severity": rule.severity, **rule.labels}
    # Braces would be a template of Prometheus; what a log wrote must not become one.
    summary = (rule.summary or rule.alert).replace("{{", "{ {")
    told["annotations"] = {"summary": summary}
    return told


def _matchers(condition: Condition) -> str:
    parts = []
    for column, values in condition.items():
        words = [value or "" for value in values]
        sign, told = ("=", words[0]) if len(words) == 1 else ("=~", "|".join(map(re.escape, words)))
        parts.append(f"{column}{sign}{_quoted(told)}")
    return "{" + ", ".join(parts) + "}"


def _quoted(text: str) -> str:
    r"""Return a text as PromQL quotes it: backslash, quote and control characters escaped."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in safe) + '"'


def _number(value: float) -> str:
    return f"{value:.10g}"


def sigma_rules(rules: Sequence[AlertRule]) -> str:
    """Return the rules as Sigma documents: a selection each, and a correlation that counts it.

    Fields have their ECS names, else ours. Sigma counts rows in a span and knows no shares: a rule
    about a share counts at least `least` rows, and its description says so. A drop and a burn rate
    have no count to offer and are left out.
    """
    documents: list[dict[str, Any]] = []
    for rule in rules:
        if rule.kind in ("count", "share"):
            documents += _sigma(rule)
    text: str = yaml.safe_dump_all(documents, sort_keys=False, width=100, allow_unicode=True)
    return text


def _sigma(rule: AlertRule) -> list[dict[str, Any]]:
    name = re.sub(r"[^a-z0-9]+", "_", rule.alert.lower()).strip("_") or "rule"
    level = LEVELS.get(rule.severity, "high")
    most = rule.least if rule.kind == "share" else int(rule.above or 0) + 1
    said = rule.summary or rule.alert
    if rule.kind == "share":
        said += f" (Sigma knows no shares: {most} rows stand for {rule.above:.0%} of all)"
    base = {
        "title": f"{rule.alert}: rows that count",
        "id": str(uuid.uuid5(NAMESPACE, f"{rule.alert} base")),
        "name": f"{name}_base",
        "status": "experimental",
        "description": said,
        "logsource": {"category": "authentication"},
        "detection": {"selection": _selection(rule.count), "condition": "selection"},
        "level": "informational",
    }
    counted: dict[str, Any] = {"type": "event_count", "rules": [f"{name}_base"]}
    counted |= {"group-by": [_field(rule.by)]} if rule.by else {}
    counted |= {"timespan": span_words(rule.window_s), "condition": {"gte": max(1, most)}}
    correlation = {
        "title": rule.alert,
        "id": str(uuid.uuid5(NAMESPACE, rule.alert)),
        "name": name,
        "status": "experimental",
        "description": said,
        "correlation": counted,
        "level": level,
    }
    return [base, correlation]


def _selection(condition: Condition) -> dict[str, Any]:
    return {
        _field(column): [_plain(v) for v in values] if len(values) > 1 else _plain(values[0])
        for column, values in condition.items()
    }


def _field(column: str) -> str:
    """Return the name of a column as Sigma is told it: what is joined must stand in the record."""
    named = ISSUER_VERSION if column == ISSUING_VERSION else column
    return ECS.get(named, named)


def _plain(value: str | None) -> str | None:
    """Return a value with Sigma's wildcards escaped: it means itself."""
    return None if value is None else re.sub(r"([\\*?])", r"\\\1", value)
