"""Attempts that come on top of the people's own: stolen passwords, or one client that floods."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats, Ints
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.courses import wander
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.people import People
from authlogs.simulation.incidents.plan import MINUTE, Plan
from authlogs.simulation.incidents.played import FAILURE, LOGIN, SUCCESS, Played
from authlogs.simulation.incidents.reasons import REASONS
from authlogs.simulation.world import FIRST

STEP: Final = 10.0
WRONG: Final = REASONS.index("invalid_credentials")
STRANGER: Final = REASONS.index("unknown_user")
LIMITED: Final = REASONS.index("rate_limited")


@dataclass(frozen=True)
class Wave:
    """What comes on top."""

    people: People
    rows: Played


def _moments(plan: Plan, rng: np.random.Generator, rate: float) -> Floats:
    """Return when attempts come: at this rate a minute on average, in bursts."""
    first = plan.begins
    last = min(plan.ends, plan.length)
    steps = max(1, int((last - first) / STEP))
    course = np.exp(wander(rng, steps, sd=rng.uniform(0.2, 0.8), memory=rng.uniform(6, 60)))
    counts = rng.poisson(course / course.mean() * rate * STEP / MINUTE)
    counts[0] = max(1, int(counts[0]))
    starts = np.repeat(first + STEP * np.arange(steps), counts)
    return np.asarray(starts + rng.uniform(0, STEP, starts.size))


def _rows(
    rng: np.random.Generator,
    service: Service,
    moments: Floats,
    *,
    user: Ints,
    reason: Ints,
    address: Ints,
) -> Played:
    size = moments.size
    nothing = np.full(size, -1, dtype=np.int64)
    return Played(
        moments=moments,
        event=np.full(size, LOGIN),
        host=service.choose(rng, user),
        user=user,
        outcome=np.where(reason > 0, FAILURE, SUCCESS),
        reason=reason,
        faulty=reason > 0,
        trace=2**40 + np.arange(size),
        token=nothing,
        issuer=nothing,
        issued=np.full(size, -1.0),
        millis=rng.lognormal(np.log(90), 0.4, size),
        fresh=np.zeros(size, dtype=np.bool_),
        address=address,
    )


def _stuffing(
    plan: Plan, rng: np.random.Generator, people: People, services: dict[str, Service]
) -> Wave:
    assert plan.way is not None
    moments = _moments(plan, rng, plan.rate * float(rng.uniform(*plan.way.severity)))
    strangers = int(np.clip(moments.size * rng.uniform(0.3, 0.95), 20, 50_000))
    pool = int(np.exp(rng.uniform(np.log(5), np.log(2000))))
    names = [f"{FIRST[k % len(FIRST)]}{(k * 7919) % 100_000}" for k in range(strangers)]
    spread = [f"192.0.{2 + k % 200}.{1 + k // 200 % 250}" for k in range(pool)]
    grown = _with_strangers(rng, people, names, spread)
    unknown = rng.random(moments.size) < rng.uniform(0.55, 0.97)
    user = np.where(
        unknown,
        people.known + rng.integers(0, strangers, moments.size),
        rng.integers(0, people.known, moments.size),
    )
    hit = ~unknown & (rng.random(moments.size) < rng.uniform(0.0, 0.03))
    reason = np.where(hit, 0, np.where(unknown, STRANGER, WRONG))
    address = len(people.addresses) + rng.integers(0, pool, moments.size)
    return Wave(
        grown,
        _rows(rng, services["login"], moments, user=user, reason=reason, address=address),
    )


def _with_strangers(
    rng: np.random.Generator, people: People, names: list[str], addresses: list[str]
) -> People:
    size = len(names)
    zero = np.zeros(size, dtype=np.int64)
    return replace(
        people,
        names=[*people.names, *names],
        addresses=[*people.addresses, *addresses],
        client=np.concatenate([people.client, rng.choice([0, 3], size)]),
        browser=np.concatenate([people.browser, zero]),
        idp=np.concatenate([people.idp, zero]),
        cohort=np.concatenate([people.cohort, rng.random(size)]),
        mfa=np.concatenate([people.mfa, zero]),
    )


def _flood(
    plan: Plan, rng: np.random.Generator, people: People, services: dict[str, Service]
) -> Wave:
    partners = np.flatnonzero(people.client == 3)
    one = int(rng.choice(partners)) if partners.size else 0
    moments = _moments(plan, rng, plan.rate * float(rng.uniform(0.5, 4)))
    user = np.full(moments.size, one)
    refused = rng.random(moments.size) < rng.uniform(0.3, 0.8)
    refused[0] = True
    reason = np.where(refused, LIMITED, 0)
    rows = _rows(rng, services["login"], moments, user=user, reason=reason, address=user)
    return Wave(people, rows)


def wave(plan: Plan, chance: Chance, people: People, services: dict[str, Service]) -> Wave | None:
    """Return the attempts that come on top; None where nobody attacks or floods."""
    rng = chance.stream("attack")
    stages = plan.way.stages if plan.way else ()
    if "attack" in stages:
        return _stuffing(plan, rng, people, services)
    return _flood(plan, rng, people, services) if "flood" in stages else None
