"""`assess_impact`: who was hit, who came back, what was lost, and what it took from the objective.

Never money: what a sign-in is worth stands in no log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.budget import Budget, burn
from authlogs.analysis.case import Case, open_case
from authlogs.analysis.counterfactual import NONE, expect
from authlogs.analysis.episodes import Episodes, find_episodes
from authlogs.analysis.impact import deficit
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
    failed = inside & ~wishes.well
    back = failed & np.isfinite(wishes.later_us)
    waits = (wishes.later_us[back] - wishes.start_us[back]) / MICROS
    expected = expect(case, history)
    lost, interval = deficit(case, expected)
    failing = case.inside & case.units.failed
    return Assessment(
        incident_id=incident.incident_id,
        people=_people(wishes, inside),
        affected=_people_of(case.units, failing),
        failed_lines=_lines(case),
        failed=int(failed.sum()),
        deferred=int(back.sum()),
        lost=int((failed & ~back).sum()),
        median_wait_s=float(np.median(waits)) if len(waits) else None,
        seen_after_s=max(0.0, (case.grid.end_us - case.end_us) / MICROS),
        lost_logins=lost,
        lost_logins_interval=interval,
        basis=expected.basis if expected else NONE,
        budget=burn(case, objective=objective, days=days),
        parts=pa.Table.from_pylist(list(_parts(case, wishes, inside)), schema=PARTS),
    )


def _people(wishes: Episodes, chosen: Bools) -> int:
    """Count different people; each without a name counts for one."""
    who = wishes.who[chosen]
    return len(np.unique(who[who >= 0])) + int((who < 0).sum())


def _people_of(units: Units, chosen: Bools) -> int:
    names = units.person[chosen]
    return len({name for name in names if name is not None}) + sum(n is None for n in names)


def _lines(case: Case) -> int:
    """Count failures as they were logged, retries and all."""
    signal = case.incident.signal
    params = [int(case.start_us), int(case.end_us), signal.service, signal.event_type]
    told = run_sql(FAILURES, [*params, signal.reason], events=case.events)
    return int(told["n"][0].as_py())


def _parts(case: Case, wishes: Episodes, inside: Bools) -> Iterator[dict[str, Any]]:
    """Give the same counts for each value of each dimension that takes more than one."""
    for name in DIMENSIONS:
        words = case.units.dimensions[name][wishes.unit].astype(object)
        values = np.array(["(unknown)" if w is None else str(w) for w in words], dtype=object)
        crowds = {v: _people(wishes, inside & (values == v)) for v in set(values[inside])}
        if len(crowds) < 2:
            continue
        small = [v for v, crowd in crowds.items() if crowd < LEAST_PEOPLE]
        values[np.isin(values, small)] = OTHERS
        for value in sorted(set(values[inside])):
            yield {"dimension": name, "value": value} | _counts(wishes, inside & (values == value))


def _counts(wishes: Episodes, here: Bools) -> dict[str, int]:
    failed = here & ~wishes.well
    back = failed & np.isfinite(wishes.later_us)
    return {
        "people": _people(wishes, here),
        "affected": _people(wishes, failed | (here & (wishes.units > 1))),
        "failed": int(failed.sum()),
        "deferred": int(back.sum()),
        "lost": int((failed & ~back).sum()),
    }
