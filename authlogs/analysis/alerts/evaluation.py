"""Evaluate rules step by step over counts: when each would be true, pending and firing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from authlogs.analysis.alerts.rules import ISSUING_VERSION, AlertRule, Condition
from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.lineage import ISSUES
from authlogs.analysis.result import Interval
from authlogs.analysis.rollups import whole
from authlogs.analysis.series import MICROS, micros, moment
from authlogs.analysis.units import Bools
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall

WEIGHT = "events"
"""A table with this column is a roll-up: its rows stand for so many events."""
MOST_CELLS = 20_000_000
"""Steps times values of `by`: some hundred megabytes each time that they are laid out."""
MOST_GROUPS = 200
"""Values of `by` that are judged: the most frequent."""
TOKEN_IDS = ("jti", "token_hash", "session_hash")
COUNTS = """
SELECT {bin} AS bin, {group} AS grp,
       CAST(sum(CASE WHEN {count} THEN {weight} ELSE 0 END) AS BIGINT) AS counted,
       CAST(sum(CASE WHEN {of} THEN {weight} ELSE 0 END) AS BIGINT) AS whole
FROM {source}
WHERE "time" IS NOT NULL AND (({count}) OR ({of})){within}
GROUP BY ALL ORDER BY bin, grp NULLS LAST
"""
BIN_WIDTH = """
SELECT min(gap) AS width FROM (
    SELECT at_us - lag(at_us) OVER (ORDER BY at_us) AS gap
    FROM (SELECT DISTINCT unix_micros("time") AS at_us FROM events WHERE "time" IS NOT NULL))
"""
ISSUED_BY = f"""
(SELECT e.*, coalesce(e.issuer_version, {{found}}) AS {ISSUING_VERSION} FROM events AS e {{joins}})
"""
BUILDS = f"""
LEFT JOIN (
    SELECT issue.key, max(coalesce(issue.own, met.version)) AS version
    FROM (SELECT {{key}} AS key, CASE WHEN service = {{issuer}} THEN service_version END AS own,
                 coalesce(trace_id, request_id) AS trace
          FROM events WHERE {ISSUES} AND {{key}} IS NOT NULL) AS issue
    LEFT JOIN (SELECT coalesce(trace_id, request_id) AS trace, max(service_version) AS version
               FROM events WHERE service = {{issuer}} AND service_version IS NOT NULL
               GROUP BY ALL) AS met
    ON issue.trace = met.trace
    GROUP BY ALL) AS by_{{key}} ON e.{{key}} = by_{{key}}.key
"""


@dataclass(frozen=True)
class Firing:
    """From when to when a rule fired (null: to the end), and for which value of its `by`."""

    start: datetime
    end: datetime | None
    group: str | None = None


@dataclass(frozen=True, eq=False)
class Steps:
    """What a rule counts, by step: one row a group, in µs since the epoch from `start_us` on.

    Column k holds what happened in [start + k steps, start + (k + 1) steps).
    """

    start_us: int
    step_s: int
    groups: tuple[str | None, ...]
    counted: Ints
    whole: Ints


def count_steps(rule: AlertRule, events: Events, span: Interval) -> Steps:
    """Count the rows of a rule by step, over events or a roll-up.

    `span` is the first and the last time of the events: a rule is evaluated in between.

    Raises BadCall where a roll-up lacks a column of the rule, or has bins wider than a step.
    """
    params: list[str] = []
    names = set(events.schema.names) if hasattr(events, "schema") else set()
    rolled = WEIGHT in names
    if rolled:
        _check_rollup(rule, events, names)
    count = _sql(rule.count, params)
    told = {
        "bin": whole('unix_micros("time")', str(rule.every_s * MICROS)),
        "group": f'CAST("{rule.by}" AS STRING)' if rule.by else "CAST(NULL AS STRING)",
        "count": count,
        "of": _sql(rule.of, params) if rule.of else count,
        "weight": WEIGHT if rolled else "1",
        "source": _source(rule, params, rolled=rolled),
        "within": f' AND "{rule.by}" IS NOT NULL' if rule.by else "",
    }
    rows = run_sql(COUNTS.format(**told), params, events=events)
    return _laid_out(rule, rows, span)


def _laid_out(rule: AlertRule, rows: pa.Table, span: Interval) -> Steps:
    """Lay the counts out from the first event to the last, whatever the rule counts of them."""
    bins = rows["bin"].to_numpy()
    first, last = (micros(edge) // (rule.every_s * MICROS) for edge in span)
    steps = last - first + 1
    words = rows["grp"].to_pylist()
    whole_of = rows["whole"].to_numpy()
    sums: dict[str | None, int] = {}
    for word, n in zip(words, whole_of.tolist(), strict=True):
        sums[word] = sums.get(word, 0) + n
    groups = sorted(sums, key=lambda word: (-sums[word], str(word)))[:MOST_GROUPS] or [None]
    if steps * len(groups) > MOST_CELLS:
        raise BadCall(
            f"these rows span {steps:,} steps of {rule.every_s} s, for {len(groups)} values each",
            where=rule.alert,
            next_step="narrow the time with since and until, or use a greater `every`",
        )
    place = {word: number for number, word in enumerate(groups)}
    row = np.array([place.get(word, -1) for word in words], dtype=np.int64)
    kept = (row >= 0) & (bins >= first) & (bins <= last)
    counted, total = (np.zeros((len(groups), steps), dtype=np.int64) for _ in range(2))
    counted[row[kept], bins[kept] - first] = rows["counted"].to_numpy()[kept]
    total[row[kept], bins[kept] - first] = whole_of[kept]
    return Steps(first * rule.every_s * MICROS, rule.every_s, tuple(groups), counted, total)


def holds(rule: AlertRule, steps: Steps) -> Bools:
    """Return, by group and evaluation, whether the rule's condition holds.

    Evaluation k looks back from the end of step k; a window that reaches before the first step
    holds what there is. Before the warm-up nothing holds.
    """
    if rule.kind == "burn_rate":
        true = np.zeros(steps.counted.shape, dtype=bool)
        spent = 1.0 - (rule.objective or 0.0)
        for burn in rule.burns:
            shares = (share_of(steps, burn.long_s), share_of(steps, burn.short_s))
            true |= (shares[0] > burn.factor * spent) & (shares[1] > burn.factor * spent)
    elif rule.kind == "drop":
        now, lag = window_of(steps.counted, rule.window_s // steps.step_s), (rule.than_s or 0)
        before = delayed(now, lag // steps.step_s)
        true = (now < (rule.below or 0.0) * before) & (before >= max(1, rule.least))
    else:
        now = window_of(steps.counted, rule.window_s // steps.step_s)
        value = share_of(steps, rule.window_s) if rule.kind == "share" else now
        true = (value > (rule.above or 0.0)) & (now >= rule.least)
    true[:, : max(0, rule.warm_up_s // steps.step_s - 1)] = False
    return np.asarray(true)


def firings(rule: AlertRule, steps: Steps, true: Bools | None = None) -> tuple[Firing, ...]:
    """Return when a rule fires, in order of time: once it has held without a break for `for`."""
    true = holds(rule, steps) if true is None else true
    places = np.arange(true.shape[1])
    broken = np.maximum.accumulate(np.where(true, -1, places), axis=1)
    firing = true & ((places - broken - 1) * steps.step_s >= rule.for_s)
    found: list[Firing] = []
    for group, row in zip(steps.groups, firing, strict=True):
        edges = np.diff(np.concatenate(([0], row.astype(np.int8), [0])))
        ends = np.flatnonzero(edges == -1)
        for start, end in zip(np.flatnonzero(edges == 1).tolist(), ends.tolist(), strict=True):
            over = None if end == row.size else evaluated_at(steps, end)
            found.append(Firing(evaluated_at(steps, start), over, group))
    return tuple(sorted(found, key=lambda one: (one.start, str(one.group))))


def evaluated_at(steps: Steps, place: int) -> datetime:
    """Return the time of an evaluation: the end of its step."""
    return moment(steps.start_us + (place + 1) * steps.step_s * MICROS)


def without(steps: Steps, true: Bools, stretches: Sequence[tuple[datetime, datetime]]) -> Bools:
    """Return what holds outside some stretches of time."""
    ends = steps.start_us + (np.arange(true.shape[1]) + 1) * steps.step_s * MICROS
    kept = np.ones(true.shape[1], dtype=bool)
    for start, end in stretches:
        kept &= (ends <= micros(start)) | (ends > micros(end))
    return true & kept


def window_of(values: Ints, width: int) -> Ints:
    """Return the sum of the last `width` steps at each step."""
    total = np.cumsum(values, axis=1)
    return total - delayed(total, width)


def delayed(values: Ints, by: int) -> Ints:
    """Return the values of `by` steps ago, 0 before the first."""
    late = np.zeros_like(values)
    if by < values.shape[1]:
        late[:, by:] = values[:, : values.shape[1] - by] if by else values
    return late


def share_of(steps: Steps, window_s: int) -> Floats:
    """Return what a window's counted rows are a share of, 0 where there is nothing."""
    part = window_of(steps.counted, window_s // steps.step_s)
    return np.asarray(part / np.maximum(1, window_of(steps.whole, window_s // steps.step_s)))


def _sql(condition: Condition, params: list[str]) -> str:
    """Return a condition as SQL, its values put behind the parameters."""
    parts = []
    for column, values in condition.items():
        told = [value for value in values if value is not None]
        marks = ", ".join(f"${len(params) + k + 1}" for k in range(len(told)))
        params += told
        name = f'CAST("{column}" AS STRING)'
        one_of = [f"{name} IN ({marks})"] if told else []
        one_of += [f"{name} IS NULL"] if None in values else []
        parts.append(f"coalesce({' OR '.join(one_of)}, false)")
    return " AND ".join(parts)


def _source(rule: AlertRule, params: list[str], *, rolled: bool) -> str:
    """Return the table to count: events, with the issuing build joined where the rule asks."""
    if rolled or ISSUING_VERSION not in rule.columns:
        return "events"
    params.append(rule.issuer or "")
    issuer = f"${len(params)}"
    joins = "".join(BUILDS.format(key=key, issuer=issuer) for key in TOKEN_IDS)
    found = ", ".join(f"by_{key}.version" for key in TOKEN_IDS)
    return ISSUED_BY.format(found=found, joins=joins)


def _check_rollup(rule: AlertRule, events: Events, names: set[str]) -> None:
    missing = [name for name in (*rule.columns, "time") if name not in names]
    if missing:
        raise BadCall(
            f"the roll-up has no column {', '.join(missing)}",
            where=rule.alert,
            next_step="roll up by every column that a rule names, or give the events themselves",
        )
    width = run_sql(BIN_WIDTH, events=events)["width"][0].as_py()
    if width is not None and width > rule.every_s * MICROS:
        raise BadCall(
            f"the bins of the roll-up are {width // MICROS} s wide, the rule is evaluated every "
            f"{rule.every_s} s",
            where=rule.alert,
            next_step=f"use every: {width // MICROS}s, or roll up by {rule.every_s}s",
        )
