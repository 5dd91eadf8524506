"""Correlation rules of Sigma as one SQL query over the events that their rules select.

A window of `timespan` ends at each event of a group; the rule fires where what it counts in the
window first meets the condition, and fires again only after it did not. Events without a value to
group by are left out. Source: the Sigma correlation rules specification, sigmahq.io/docs.
"""

from typing import Any, Final

from authlogs.errors import BadRule
from authlogs.query.sigma_conditions import column_of, condition_of
from authlogs.query.sigma_rules import Rule

OPERATORS: Final = {"GTE": ">=", "GT": ">", "EQ": "="}
"""What can be seen at an event; `lt` would have to be seen where none is."""
LONGEST_S: Final = 366 * 86_400
SELECTED: Final = """
SELECT "time", unix_micros("time") AS at_us, {number} AS part, {group} AS "group", {value} AS value,
       source_file, line_no, byte_offset
FROM events WHERE "time" IS NOT NULL AND {condition}{grouped}
"""
FIRED: Final = """
WITH selected AS ({selected}),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY "group" ORDER BY at_us, source_file NULLS LAST,
        byte_offset NULLS LAST, part) AS place FROM selected),
{measured},
judged AS (
    SELECT *, CASE WHEN {holds} THEN 1 ELSE 0 END AS holds FROM measured),
edges AS (
    SELECT *, CASE WHEN holds = 1 AND (lag(holds) OVER own IS NULL OR lag(holds) OVER own = 0
        OR at_us - lag(at_us) OVER own > {span}) THEN 1 ELSE 0 END AS begins
    FROM judged WINDOW own AS (PARTITION BY "group" ORDER BY place)),
runs AS (
    SELECT *, sum(begins) OVER (PARTITION BY "group" ORDER BY place) AS turn
    FROM edges WHERE holds = 1)
SELECT min("time") AS "time", max("time") AS end_time, "group",
       min_by("count", place) AS "count", min_by(source_file, place) AS source_file,
       min_by(line_no, place) AS line_no
FROM runs GROUP BY "group", turn ORDER BY "time", "group"
"""
COUNTED: Final = """measured AS (
    SELECT *, count({what}) OVER (PARTITION BY "group" ORDER BY at_us
        RANGE BETWEEN {span} PRECEDING AND CURRENT ROW) AS "count" FROM numbered)"""
TOGETHER: Final = COUNTED.format(what="DISTINCT part", span="{span}")
LINKED: Final = """link{step} AS (
    SELECT *, CASE WHEN part = {step} THEN {begun} END AS begun{step} FROM {before})"""
BEGUN: Final = 'max(begun{before}) OVER (PARTITION BY "group" ORDER BY place)'


def correlated(rule: Rule) -> tuple[str, list[Any]]:
    """Return the query of a correlation rule and its parameters. Raises BadRule."""
    told, where = rule.parsed, f"{rule.source}, {rule.title}"
    kind = told.type.name
    parts = [one.rule for one in told.rules or ()]
    if not parts or not all(hasattr(one, "detection") for one in parts):
        raise _unsupported("a correlation of correlations", where)
    params: list[Any] = []
    selected = " UNION ALL ".join(
        _selected(told, number, one, where, params) for number, one in enumerate(parts, start=1)
    )
    if told.timespan.seconds > LONGEST_S:
        raise _unsupported("a timespan of more than a year", where)
    span = told.timespan.seconds * 1_000_000
    if kind in ("EVENT_COUNT", "VALUE_COUNT"):
        what = "*" if kind == "EVENT_COUNT" else "DISTINCT value"
        measured, holds = COUNTED.format(what=what, span=span), _threshold(told, where)
    elif kind == "TEMPORAL":
        measured, holds = TOGETHER.format(span=span), f'"count" = {_all(told, parts, where)}'
    elif kind == "TEMPORAL_ORDERED":
        measured, holds = _in_order(_all(told, parts, where), span)
    else:
        raise _unsupported(f"the correlation {kind.lower()}", where)
    return FIRED.format(selected=selected, measured=measured, holds=holds, span=span), params


def _unsupported(what: str, where: str) -> BadRule:
    return BadRule(
        f"{what} is not supported", where=where, next_step="see docs/sigma.md for what is"
    )


def _selected(told: Any, number: int, part: Any, where: str, params: list[Any]) -> str:
    """Return the SELECT of the events of one rule."""
    group = [(name, _field(told, name, number, where)) for name in told.group_by or ()]
    shown = " || ' ' || ".join(
        f"'{name.replace(chr(39), chr(39) * 2)}=' || CAST(\"{column}\" AS VARCHAR)"
        for name, column in group
    )
    value = "NULL"
    fields = getattr(told.condition, "fieldref", None)
    if fields is not None:
        if not isinstance(fields, str):
            raise _unsupported("a count over several fields", where)
        value = f'CAST("{_field(told, fields, number, where)}" AS VARCHAR)'
    return SELECTED.format(
        number=number,
        group=shown or "''",
        value=value,
        condition=condition_of(part, where, params),
        grouped="".join(f' AND "{column}" IS NOT NULL' for _, column in group),
    )


def _field(told: Any, name: str, number: int, where: str) -> str:
    """Return the column of a field, or of what an alias means for one of the rules."""
    alias = told.aliases.aliases.get(name)
    if alias is None:
        return column_of(name, where)
    reference = told.rules[number - 1].reference
    for one, meant in alias.mapping.items():
        if one.reference == reference:
            return column_of(str(meant), where)
    raise BadRule(
        f"the alias {name} says nothing of the rule {reference}",
        where=where,
        next_step="name its field there",
    )


def _threshold(told: Any, where: str) -> str:
    condition = told.condition
    sign = OPERATORS.get(condition.op.name) if hasattr(condition, "op") else None
    if sign is None:
        raise _unsupported("a condition other than gte, gt and eq", where)
    return f'"count" {sign} {condition.count:d}'


def _all(told: Any, parts: list[Any], where: str) -> int:
    """Return how many rules there are: all must match, and no other condition is known."""
    condition = told.condition
    count = len(parts)
    if not hasattr(condition, "op") or (condition.op.name, condition.count) not in (
        ("GTE", count),
        ("EQ", count),
        ("GTE", 1),  # what pySigma fills in where nothing is said
    ):
        raise _unsupported("a temporal correlation of some of its rules", where)
    return count


def _in_order(steps: int, span: int) -> tuple[str, str]:
    """Return the steps that carry on when the latest chain of matches so far began."""
    chain = [LINKED.format(step=1, begun="at_us", before="numbered")]
    for step in range(2, steps + 1):
        begun = BEGUN.format(before=step - 1)
        chain.append(LINKED.format(step=step, begun=begun, before=f"link{step - 1}"))
    last = f'measured AS (SELECT *, {steps} AS "count" FROM link{steps})'
    return ", ".join([*chain, last]), f"at_us - begun{steps} <= {span}"
