"""`run_rules`: detection rules over events; `firings`: when one rule would have fired."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.query.sigma_conditions import condition_of
from authlogs.query.sigma_correlations import correlated
from authlogs.query.sigma_rules import Rule, load_rules, own_rules
from authlogs.schema import TIME

FIRINGS: Final = pa.schema(
    [
        ("time", TIME), ("end_time", TIME), ("group", pa.string()), ("count", pa.int64()),
        ("source_file", pa.string()), ("line_no", pa.int64()),
    ]
)  # fmt: skip
EACH: Final = """
SELECT "time", "time" AS end_time, '' AS "group", 1 AS "count", source_file, line_no FROM events
WHERE "time" IS NOT NULL AND {condition}
ORDER BY "time", source_file NULLS LAST, byte_offset NULLS LAST
"""


def run_rules(events: Any, rules: Iterable[str | Path | Rule] | None = None) -> pa.Table:
    """Run Sigma rules over events, and return when each fired.

    `rules` are files, folders, or rules that were read; without them those that ship with authlogs
    are run. Columns: `rule` (its name), `title`, `level`, and those of `firings`. Needs the extra
    `sigma`. Raises BadRule where a rule cannot be read or says what is not supported.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> fired = al.run_rules(logs)
    >>> "invalid_signatures_by_build" in fired["rule"].to_pylist()
    True
    """
    held = as_events(events)
    told = own_rules() if rules is None else _read(rules)
    tables = []
    for rule in told:
        fired = firings(rule, held)
        told_of = {"rule": rule.name, "title": rule.title, "level": rule.level}
        for place, (name, word) in enumerate(told_of.items()):
            fired = fired.add_column(place, name, pa.repeat(pa.scalar(word), len(fired)))
        tables.append(fired)
    order = [("time", "ascending"), ("rule", "ascending"), ("group", "ascending")]
    return pa.concat_tables(tables).sort_by(order) if tables else _nothing()


def firings(rule: Rule, events: Any) -> pa.Table:
    """Return when one rule would have fired: a row each time that it began to hold.

    Columns: `time` (UTC, of the event that made it fire), `end_time` (of the last event for which
    it still held), `group` (`source_ip=192.0.2.7`, empty without groups), `count` (events, distinct
    values or rules within the timespan then; 1 for a rule of single events), `source_file` and
    `line_no` of that event. Raises BadRule for what is not supported.
    """
    query, params = query_of(rule)
    return run_sql(query, params, events=as_events(events)).cast(FIRINGS)


def query_of(rule: Rule) -> tuple[str, list[Any]]:
    """Return the SQL of a rule and its parameters. Raises BadRule for what is not supported."""
    if rule.kind == "correlation":
        return correlated(rule)
    params: list[Any] = []
    return EACH.format(condition=condition_of(rule.parsed, rule.source, params)), params


def _read(rules: Iterable[str | Path | Rule]) -> tuple[Rule, ...]:
    told: list[Rule] = []
    for rule in [rules] if isinstance(rules, str | Path) else rules:
        told += [rule] if isinstance(rule, Rule) else load_rules([rule])
    return tuple(told)


def _nothing() -> pa.Table:
    words = [(name, pa.string()) for name in ("rule", "title", "level")]
    return pa.schema([*words, *FIRINGS]).empty_table()
