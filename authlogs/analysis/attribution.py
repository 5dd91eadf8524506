"""Weigh every theory of an incident against every other, "no change is to blame" included."""

import dataclasses
import math
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.case import Case, open_case
from authlogs.analysis.causes import EXTERNAL, change, unlisted_change
from authlogs.analysis.evidence import gather
from authlogs.analysis.exposure import Exposure, change_id
from authlogs.analysis.posterior import Chances, posterior, with_change_share
from authlogs.analysis.priors import RESERVE, Priors
from authlogs.analysis.result import Considered, Incident, Recovery, Suspect, Theory
from authlogs.analysis.theory import Weighed
from authlogs.analysis.weighing import Usual, weigh_cause
from authlogs.schema import MARKS

SURE = 0.5
SAME_EXPOSURE, ENOUGH_UNITS = 0.95, 50_000
MOST_FACTOR = 1e12
MOST_EXPLAINED = 10
CHANGE_SHARES = (0.3, 0.5, 0.7)
EARLIER_US = 3_600 * 1_000_000
"""Changes up to this long before the first attempt share the prior of changes."""
SAME_START_US = 120 * 1_000_000
"""Records of one service and kind that start this close are one group."""


def attribute(
    incident: Incident, events: Any, changes: pa.Table, *, priors: Priors | None = None
) -> Incident:
    """Return the incident with its suspects, theories and verdict.

    `events` is whatever the incident was detected in, `changes` a table of `schema.CHANGES`.
    Probabilities of suspects and theories and `none["unknown"]` sum to 1; Bayes factors are against
    an unlisted change. Raises BadCall when the incident is not of these events.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> incident = al.attribute(al.detect(logs)[0], logs, logs.changes)
    >>> incident.suspects[0].change.service
    'web'
    """
    return weigh_case(open_case(incident, events, changes, priors or Priors()))


def weigh_case(case: Case) -> Incident:
    """Weigh all theories of an opened case."""
    weighed = _weighed(case)
    running = [theory for theory in weighed if theory.excluded_because is None]
    chance = posterior(running)
    suspects = _suspects(case, running, chance)
    theories = tuple(
        Theory(
            name=t.name,
            probability=chance[id(t)],
            verdict=t.verdict,
            statement=t.statement,
            evidence=t.evidence,
        )
        for t in sorted(running, key=lambda t: -chance[id(t)])
        if t.exposure is None
    )
    blamed = sum(chance[id(t)] for t in running if t.exposure is not None)
    verdict = _verdict(suspects, blamed)
    return dataclasses.replace(
        case.incident,
        verdict=verdict,
        cause_class=_cause_class(verdict, running, chance),
        none_probability=1.0 - blamed,
        suspects=suspects,
        theories=theories,
        none=_none(theories),
        changes_considered=_considered(case, weighed),
        lineage=case.units.how,
        recovery=_recovery(case),
    )


def _weighed(case: Case) -> list[Weighed]:
    """Weigh every theory; the priors of all sum to 1."""
    listed, unlisted = change.weigh(case), unlisted_change.weigh(case)
    usual = Usual(reason=change.says(case), split=change.anybody(case))
    others = [weigh_cause(case, cause, usual=usual) for cause in EXTERNAL]
    shares = case.priors.shares(recorded=bool(listed))
    first = case.grid.start_us - EARLIER_US
    counted = [t for t in listed if t.exposure and t.exposure.start_us >= first] or listed
    parts = ((listed, counted), (unlisted, unlisted), (others, others))
    return [
        dataclasses.replace(theory, prior=theory.prior * share / sum(t.prior for t in counted))
        for (group, counted), share in zip(parts, shares, strict=True)
        for theory in group
    ]


def _groups(theories: list[Weighed]) -> dict[int, int]:
    """Map each suspect to the first one whose exposure cannot be told from its own."""
    leaders: list[Weighed] = []
    group: dict[int, int] = {}
    for theory in theories:
        if theory.exposure is None:
            continue
        alike = next((lead for lead in leaders if _alike(lead, theory)), None)
        if alike is None:
            leaders.append(theory)
        group[id(theory)] = id(alike or theory)
    return group


def _alike(one: Weighed, other: Weighed) -> bool:
    """Tell whether two labelled changes reached the same units in the same way."""
    a, b = one.exposure, other.exposure
    if a is None or b is None:
        return False
    if not (a.labelled and b.labelled):
        return _same_record(a, b)
    some = slice(None, None, max(1, len(a.clock) // ENOUGH_UNITS))
    x, y = a.reached[some], b.reached[some]
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) < 10 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return False
    return float(np.corrcoef(x, y)[0, 1]) > SAME_EXPOSURE


def _same_record(a: Exposure, b: Exposure) -> bool:
    """Tell whether two records without labels tell of one change, or cannot be told apart."""
    one, other = a.change, b.change
    same = (one.service, one.change_type) == (other.service, other.change_type)
    return same and one.service is not None and abs(a.start_us - b.start_us) <= SAME_START_US


def _suspects(case: Case, theories: list[Weighed], chance: Chances) -> tuple[Suspect, ...]:
    """Return the recorded changes, most probable first; a group's members share one probability."""
    rival = max(t.log_likelihood for t in theories if t.name.startswith("unlisted_change"))
    groups = _groups(theories)
    usual = case.priors.change_share
    elsewhere = {share: with_change_share(theories, usual, share) for share in CHANGE_SHARES}
    prior = sum(t.prior for t in theories)
    made: list[Suspect] = []
    changes = [(t, t.exposure) for t in theories if t.exposure is not None]
    members = {lead: [t for t, _ in changes if groups[id(t)] == lead] for lead in groups.values()}
    total = {lead: sum(chance[id(t)] for t in group) for lead, group in members.items()}
    for theory, exposure in sorted(changes, key=lambda pair: -total[groups[id(pair[0])]]):
        lead = groups[id(theory)]
        made.append(
            Suspect(
                change=exposure.change,
                probability=total[lead],
                bayes_factor=_factor(theory.log_likelihood - rival),
                prior=theory.prior / prior,
                group=members[lead][0].name if len(members[lead]) > 1 else None,
                by_change_share={
                    str(share): sum(told[id(t)] for t in members[lead])
                    for share, told in elsewhere.items()
                },
                evidence=gather(case, theory) if len(made) < MOST_EXPLAINED else (),
            )
        )
    return tuple(made)


def _factor(log_factor: float) -> float:
    """Return a Bayes factor, cut off where its digits would mean nothing."""
    return min(MOST_FACTOR, math.exp(min(log_factor, 700.0)))


def _verdict(suspects: tuple[Suspect, ...], blamed: float) -> Any:
    if suspects and suspects[0].probability >= SURE:
        return "change"
    return "no_change" if 1.0 - blamed >= SURE else "undetermined"


def _cause_class(verdict: str, theories: list[Weighed], chance: Chances) -> str:
    if verdict == "change":
        return "change"
    best: dict[str, float] = {}
    rest = [t for t in theories if t.exposure is None or verdict != "no_change"]
    for theory in rest:
        best[theory.cause_class] = best.get(theory.cause_class, 0.0) + chance[id(theory)]
    name = max(best, key=lambda key: best[key])
    return name if best[name] >= SURE * sum(best.values()) else "unknown"


def _none(theories: tuple[Theory, ...]) -> dict[str, float]:
    unlisted = sum(t.probability for t in theories if t.name.startswith("unlisted_change"))
    return {
        "unlisted_change": unlisted,
        "external": sum(t.probability for t in theories) - unlisted,
        "unknown": RESERVE,
    }


def _considered(case: Case, weighed: list[Weighed]) -> tuple[Considered, ...]:
    looked = [
        Considered(id=t.exposure.change.id, excluded_because=t.excluded_because)
        for t in weighed
        if t.exposure is not None
    ]
    marks = [
        Considered(id=change_id(row), excluded_because="it marks what was noticed, not a change")
        for row in case.changes.to_pylist()
        if row["change_type"] in MARKS
    ]
    return (*looked, *marks)


def _recovery(case: Case) -> dict[str, Recovery | None]:
    whole = case.incident
    sessions = (
        Recovery(time=whole.recovered, interval=whole.recovered_interval)
        if whole.recovered and whole.recovered_interval
        else None
    )
    return {"new_sign_ins": case.new_sign_ins, "existing_sessions": sessions}
