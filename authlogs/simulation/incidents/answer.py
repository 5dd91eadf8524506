"""What is true of a case, for whoever measures an answer against it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from authlogs.simulation.incidents.applications import Written
from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.fault import Fault
from authlogs.simulation.incidents.plan import MINUTE, Plan
from authlogs.simulation.incidents.played import FAILURE, LOGIN, USE, VALIDATE, Played, Vanished
from authlogs.simulation.incidents.records import when


@dataclass(frozen=True)
class IncidentTruth:
    """The answer of a simulated incident; times are UTC."""

    kind: str
    seed: int
    way: int | None
    """position of what happened among the ways of the kind"""
    guilty_change_id: str | None
    cause: str | None
    cause_class: str | None
    onset: datetime | None
    """the first attempt that the fault made fail"""
    ramp_s: float
    recovered: datetime | None
    """the last attempt that the fault made fail; null where it still goes on"""
    users_affected: int
    failed_logins: int
    """sign-ins that the fault made fail, and issued tokens that it made useless"""
    failed_attempts: int
    attempts_per_min: float
    versions_logged: bool
    successes_logged: bool
    tokens_logged: bool
    tz: str
    naive_times: bool
    year: int
    change_records: int
    record_law: str
    lines: int
    files: Mapping[str, Mapping[str, Any]]
    oracle: Mapping[str, float]
    """probability of each recorded change, and of `none`, that the true generator would give"""

    def to_json(self) -> str:
        """Return the truth as JSON text, times in RFC 3339."""
        return json.dumps(asdict(self), indent=1, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    raise TypeError(f"no JSON for {type(value).__name__}")


HALF: Final = 750.0
"""Seconds: the rate is that of the busier one of the first two such stretches."""


@dataclass(frozen=True)
class Harm:
    """Whom the fault hit, and when: rows of the logs and attempts that left none."""

    first: float | None
    last: float | None
    users: int
    logins: int
    attempts: int
    per_second: float = 0.0
    """first tries hit a second, once the fault reaches all whom it will reach"""


def harm(plan: Plan, played: Played, vanished: Vanished) -> Harm:
    """Return what the fault did, counted from what happened and not from the logs."""
    if plan.way is not None and "lines" in plan.way.stages:
        lost = played.moments[(played.moments >= plan.begins) & (played.moments < plan.ends)]
        first = float(lost.min()) if lost.size else plan.begins
        early = float(lost.size) / max(plan.ends - plan.begins, 1.0)
        return Harm(first, min(plan.ends, plan.length), 0, 0, 0, early)
    hit = played.where(played.faulty)
    inside = (vanished.moments >= 0) & (vanished.moments < plan.length)
    moments = np.concatenate([hit.moments, vanished.moments[inside]])
    if not moments.size:
        return Harm(None, None, 0, 0, 0)
    own = hit.moments[hit.fresh | (hit.event == USE)]
    known = np.concatenate([hit.user, vanished.user[inside]])
    attempts = hit.event <= LOGIN + 2  # sign-in, second factor, issue: each is one failed sign-in
    tokens = np.unique(hit.token[(hit.event >= VALIDATE) & (hit.token >= 0)])
    logins = int(attempts.sum()) + int(inside.sum()) + int(tokens.size)
    failures = int((hit.outcome == FAILURE).sum())
    # An attack fails its own attempts: nobody who belongs here is kept out by it.
    attacked = plan.way is not None and "attack" in plan.way.stages
    return Harm(
        first=float(moments.min()),
        last=float(moments.max()),
        users=0 if attacked else int(np.unique(known).size),
        logins=logins,
        attempts=failures,
        per_second=_rate(np.concatenate([own, vanished.moments[inside]]), float(moments.min())),
    )


def _rate(moments: Floats, first: float) -> float:
    counts = [
        ((moments >= first + number * HALF) & (moments < first + (number + 1) * HALF)).sum()
        for number in range(2)
    ]
    return float(max(counts)) / HALF


def tell(
    plan: Plan,
    *,
    seed: int,
    deeds: list[Deed],
    fault: Fault,
    done: Harm,
    played: Played,
    logs: list[Written],
    naive: bool,
    oracle: Mapping[str, float],
) -> IncidentTruth:
    """Return the truth of a case."""
    way = plan.way
    guilty = [each.change_id for each in deeds if each.part == "guilty" and each.listed]
    on_login = (played.event == LOGIN).sum()
    over = not plan.going_on and done.last is not None
    return IncidentTruth(
        kind=plan.kind.name,
        seed=seed,
        way=None if way is None else plan.kind.ways.index(way),
        guilty_change_id=guilty[0] if guilty else None,
        cause=None if way is None else way.cause,
        cause_class=None if way is None else way.cause_class,
        onset=None if done.first is None else when(plan, done.first),
        ramp_s=round(fault.ramp, 1),
        recovered=when(plan, done.last) if over and done.last is not None else None,
        users_affected=done.users,
        failed_logins=done.logins,
        failed_attempts=done.attempts,
        attempts_per_min=round(float(on_login) / (plan.length / MINUTE), 2),
        versions_logged=plan.versions_logged,
        successes_logged=plan.successes_logged,
        tokens_logged=plan.tokens_logged,
        tz=plan.zone,
        naive_times=naive or any(log.naive for log in logs),
        year=plan.start.year,
        change_records=sum(each.listed for each in deeds),
        record_law=plan.record_law,
        lines=sum(log.lines for log in logs),
        files={
            log.name: {
                "dress": log.dress,
                "lines": log.lines,
                "failures": log.failures,
                "faulty": log.faulty,
                "malformed": log.malformed,
            }
            for log in logs
        },
        oracle=oracle,
    )
