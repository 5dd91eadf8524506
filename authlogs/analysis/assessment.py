"""`assess_impact`: who was hit, who came back, what was lost, and what it took from the objective.

Never money: what a sign-in is worth stands in no log.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.budget import Budget, burn
from authlogs.analysis.case import Case, open_case
from authlogs.analysis.counterfactual import NONE, Expected, expect
from authlogs.analysis.episodes import Episodes, find_episodes
from authlogs.analysis.impact import deficit
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.priors import Priors
from authlogs.analysis.result import Incident, Investigation
from authlogs.analysis.series import MICROS, find_grid
from authlogs.analysis.units import Bools, Units, gather_units
from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.logs import Logs

DIMENSIONS = ("tenant", "client", "region", "idp", "browser")
LEAST_PEOPLE = 5
"""Values with fewer people are shown together: a row about one person would name them."""
OTHERS = "(others)"
FAILURES = """
SELECT count(*) AS n FROM events
WHERE outcome = 'failure' AND unix_micros("time") >= $1 AND unix_micros("time") < $2
  AND service IS NOT DISTINCT FROM $3 AND event_type = $4
  AND coalesce(reason, 'unspecified') = $5
"""
PARTS = pa.schema(
    [
        ("dimension", pa.string()),
        ("value", pa.string()),
        ("people", pa.int64()),
        ("affected", pa.int64()),
        ("failed", pa.int64()),
        ("deferred", pa.int64()),
        ("lost", pa.int64()),
    ]
)
COUNTS = (
    ("people", "count_distinct"),
    ("affected", "count_distinct"),
    ("failed", "sum"),
    ("deferred", "sum"),
    ("lost", "sum"),
)
"""How each count of PARTS comes from wishes."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The impact of one incident, in people and wishes to sign in; never in money.

    `failed_lines` are failures as logged, `failed` wishes that did not end well (retries, redirect
    loops and refresh storms of one person are one). Of these `deferred` came back and got in later,
    after `median_wait_s`; `lost` were not seen to get in before the logs end, `seen_after_s` later.
    `lost_logins` is the deficit against the counterfactual, null with `basis` saying why where it
    cannot be told. `parts` has one row a value of each dimension, a table of PARTS.
    """

    incident_id: str
    people: int
    affected: int
    failed_lines: int
    failed: int
    deferred: int
    lost: int
    median_wait_s: float | None
    seen_after_s: float
    lost_logins: int | None
    lost_logins_interval: tuple[int, int] | None
    basis: str
    budget: Budget | None
    parts: pa.Table

    def __str__(self) -> str:
        from authlogs.analysis.assessment_words import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def assess_impact(
    logs: Logs,
    investigation: Investigation,
    *,
    history: Any = None,
    objective: float = 0.999,
    days: int = 30,
) -> tuple[Assessment, ...]:
    """Assess the impact of each incident of an investigation on its logs.

    `history` holds events of healthy days of the same service (Logs, a table, a store's path);
    without it earlier days in the logs themselves are used, then the hours before the onset, and
    where there are none of these the loss is "not estimable: no history". `objective` is the share
    of people who should get through, `days` the window of its error budget. Raises BadCall for an
    objective that is no share, or logs that are not those of the investigation.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.assess_impact(logs, al.investigate(logs))[0].affected
    1465
    """
    if find_grid(logs.dataset) is None and investigation.incidents:
        raise BadCall("these logs hold no attempts", next_step="pass the logs of the investigation")
    return tuple(
        _assess(
            open_case(incident, logs.dataset, logs.changes, Priors()),
            incident,
            _history(history, incident),
            objective=objective,
            days=days,
        )
        for incident in investigation.incidents
    )


def _history(history: Any, incident: Incident) -> Units | None:
    return None if history is None else gather_units(as_events(history), incident)


def _assess(
    case: Case, incident: Incident, history: Units | None, *, objective: float, days: int
) -> Assessment:
    wishes = find_episodes(case.units, np.ones(len(case.units), dtype=bool))
    inside = (wishes.start_us >= case.start_us) & (wishes.start_us < case.end_us)
    told = _counted(wishes, inside)
    sums = told.group_by([]).aggregate(COUNTS).to_pylist()[0]
    people, _, failed, deferred, never = (sums[f"{name}_{how}"] or 0 for name, how in COUNTS)
    back = inside & ~wishes.well & np.isfinite(wishes.later_us)
    waits = (wishes.later_us[back] - wishes.start_us[back]) / MICROS
    expected = expect(case, history)
    lost, interval = deficit(case, expected)
    failing = case.inside & case.units.failed
    return Assessment(
        incident_id=incident.incident_id,
        people=incident.impact.users_attempting if incident.impact else people,
        affected=_people_of(case.units, failing),
        failed_lines=_lines(case),
        failed=failed,
        deferred=deferred,
        lost=never,
        median_wait_s=float(np.median(waits)) if len(waits) else None,
        seen_after_s=max(0.0, (case.grid.end_us - case.end_us) / MICROS),
        lost_logins=lost,
        lost_logins_interval=interval,
        basis=_basis(expected, history, incident),
        budget=burn(case, objective=objective, days=days),
        parts=_parts(case, wishes.unit[inside], told),
    )


def _basis(expected: Expected | None, history: Units | None, incident: Incident) -> str:
    """Return what the loss was held against, and where a history was of no use."""
    told = expected.basis if expected else NONE
    if history is None or len(history):
        return told
    return f"{told} (the history holds no attempts of {incident.signal.service or 'this kind'})"


def _people_of(units: Units, chosen: Bools) -> int:
    """Count different people; each without a name counts for one."""
    names = pa.array(units.person[chosen], pa.string())
    named: int = pc.count_distinct(names).as_py()
    return named + int(names.null_count)


def _lines(case: Case) -> int:
    """Count failures as they were logged, retries and all."""
    signal = case.incident.signal
    params = [int(case.start_us), int(case.end_us), signal.service, signal.event_type]
    told = run_sql(FAILURES, [*params, signal.reason], events=case.events)
    return int(told["n"][0].as_py())


def _counted(wishes: Episodes, inside: Bools) -> pa.Table:
    """Return what COUNTS counts, one row a wish; whoever has no name has a number of their own."""
    who = np.where(wishes.who >= 0, wishes.who, -1 - np.arange(len(wishes)))
    failed = ~wishes.well
    back = failed & np.isfinite(wishes.later_us)
    columns = {
        "people": who,
        "affected": pa.array(who, mask=~failed & (wishes.units == 1)),
        "failed": failed,
        "deferred": back,
        "lost": failed & ~back,
    }
    return pa.table(columns).filter(pa.array(inside))


def _parts(case: Case, places: Ints, told: pa.Table) -> pa.Table:
    """Return the counts of wishes, whose first units lie at `places`, for each value of each
    dimension that takes more than one.
    """
    parts = [PARTS.empty_table()]
    for name in DIMENSIONS:
        words = pa.array(case.units.dimensions[name][places], pa.string())
        values = pc.fill_null(words, "(unknown)")
        crowds = told.append_column("value", values).group_by("value").aggregate(COUNTS[:1])
        if crowds.num_rows < 2:
            continue
        small = crowds.filter(pc.field("people_count_distinct") < LEAST_PEOPLE)["value"]
        values = pc.if_else(pc.is_in(values, small), OTHERS, values)
        summed = told.append_column("value", values).group_by("value").aggregate(COUNTS)
        counts = [summed[f"{column}_{how}"] for column, how in COUNTS]
        dimension = pa.repeat(name, summed.num_rows)
        part = pa.table([dimension, summed["value"], *counts], names=PARTS.names)
        parts.append(part.sort_by("value").cast(PARTS))
    return pa.concat_tables(parts)
