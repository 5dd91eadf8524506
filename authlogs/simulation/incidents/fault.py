"""What goes wrong: when, where, how severely, and with which reason."""

from dataclasses import dataclass

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints, pick
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.courses import at, expit, logit, wander
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.people import People
from authlogs.simulation.incidents.plan import MINUTE, Plan
from authlogs.simulation.incidents.reasons import REASONS
from authlogs.simulation.incidents.scopes import OF_THE_BUILD, SCOPES, Target, popular, skew_at
from authlogs.simulation.incidents.tries import Tries

STEP = 10.0


@dataclass(frozen=True)
class Fault:
    """The fault of a case; a healthy case has one that hits nothing."""

    plan: Plan
    target: Target
    severity: Floats
    """probability by step of ten seconds that an attempt in scope is hit"""
    slowness: Floats
    """by step: answers take this many times as long"""
    ramp: float
    """seconds until the full severity"""

    def hits(self, rng: np.random.Generator, stage: str, tries: Tries) -> Ints:
        """Return the reason for each attempt that the fault makes fail, 0 for the others."""
        way = self.plan.way
        size = tries.moments.size
        if way is None or stage not in way.stages or not size:
            return np.zeros(size, dtype=np.int64)
        hit = rng.random(size) < at(self.severity, tries.moments, STEP)
        hit &= tries.moments >= self.plan.begins
        for scope in way.scope:
            hit &= SCOPES[scope](self.target, tries)
        words = list(way.reasons) or ["server_error"]
        weights = np.array(list(way.reasons.values()) or [1.0])
        codes = np.array([REASONS.index(word) for word in words], dtype=np.int64)
        return np.where(hit, codes[pick(rng, weights, size)], 0)

    def clock(self, role: str, host: Ints, moments: Floats) -> Floats:
        """Return the seconds by which the fault itself sets clocks ahead."""
        scope = self.plan.way.scope if self.plan.way else ()
        sign = {("issuer", "ahead"): 1.0, ("gateway", "behind"): -1.0}
        found = sum(sign.get((role, each), 0.0) for each in scope)
        if not found:
            return np.zeros(moments.size)
        return np.where(host == self.target.host, found * skew_at(self.target, moments), 0.0)

    def slow(self, moments: Floats) -> Floats:
        """Return how many times as long answers take."""
        return at(self.slowness, moments, STEP)


def _severity(plan: Plan, rng: np.random.Generator, load: Floats) -> tuple[Floats, float]:
    steps = int(plan.length / STEP) + 2
    way = plan.way
    if way is None:
        return np.zeros(steps), 0.0
    level = float(rng.uniform(*way.severity))
    ramp = MINUTE * float(rng.uniform(*way.ramp))
    moments = STEP * np.arange(steps) + STEP / 2
    if way.course == "load":
        first = int(plan.begins / STEP)
        cap = (1 - level) * load[first : first + 60].mean()
        course = np.clip(1 - cap / np.maximum(load, 1e-9), 0, 1)
        course = np.concatenate([course, course[-1:].repeat(max(0, steps - load.size))])[:steps]
    else:
        sd, memory = rng.uniform(*way.wobble), rng.uniform(6, 60)
        course = expit(logit(min(level, 0.99)) + wander(rng, steps, sd=sd, memory=memory))
        if way.course == "bursts":
            course = np.where(wander(rng, steps, sd=1.0, memory=18) > -0.2, course, 0.02)
    rise = np.clip((moments - plan.begins) / ramp, 0, 1) if ramp else moments >= plan.begins - STEP
    course = course * np.where(moments >= plan.begins - STEP, rise, 0.0)
    if not any(scope in OF_THE_BUILD for scope in way.scope):
        course = np.where(moments < plan.ends, course, 0.0)
    return np.asarray(course), ramp


def _slowness(plan: Plan, rng: np.random.Generator) -> Floats:
    steps = int(plan.length / STEP) + 2
    factor = np.exp(wander(rng, steps, sd=0.08, memory=30))
    way = plan.way
    if way is None or way.slow[1] <= 1:
        return np.asarray(factor)
    moments = STEP * np.arange(steps)
    lead = MINUTE * float(rng.uniform(*way.lead))
    rise = np.clip((moments - plan.begins + lead) / max(lead, 30.0), 0, 1)
    fall = np.clip((plan.ends - moments) / 120.0, 0, 1)
    return np.asarray(factor * (1 + (rng.uniform(*way.slow) - 1) * rise * fall))


def _target(
    plan: Plan, rng: np.random.Generator, people: People, services: dict[str, Service]
) -> Target:
    gateways = len(services["gateway"].hosts)
    role = plan.way.role if plan.way else "login"
    begins = plan.begins if plan.way else 0.0
    flushes = np.cumsum(rng.uniform(240, 1200, 40)) + begins
    # Most gateways fetch keys at their own time; some just did, some take as long as it lasts.
    refreshed = begins + rng.uniform(0.02, 1.0, gateways) * plan.span
    steps = int(plan.length / STEP) + 2
    moments = STEP * np.arange(steps)
    ahead = float(rng.uniform(3, 90))
    grows = float(rng.choice([1.0, 300.0, 3600.0]))
    course = ahead * np.clip((moments - begins) / grows, 0, 1)
    adoption = MINUTE * float(rng.uniform(*(plan.way.adoption if plan.way else (0, 0))))
    return Target(
        plan=plan,
        people=people,
        services=services,
        client=popular(rng, people.client, (0, 1, 2, 3, 4)),
        browser=popular(rng, people.browser, (0, 1, 2, 3)),
        idp=popular(rng, people.idp, (1, 2, 3)),
        zone=int(rng.choice(np.unique(services[role].zone))),
        host=int(rng.integers(len(services[role].hosts))),
        share=float(rng.choice([0.05, 0.1, 0.25, 0.5, 1.0])),
        adoption=adoption,
        flushes=np.concatenate([[begins], flushes])[: int(rng.integers(1, 6))],
        refreshed=refreshed,
        skew=np.where(moments < plan.ends, course, 0.0) if plan.way else np.zeros(steps),
    )


def fault(
    plan: Plan,
    chance: Chance,
    people: People,
    services: dict[str, Service],
    load: Floats,
) -> Fault:
    """Return the fault of a case; `load` is the demand by step of ten seconds."""
    rng = chance.stream("fault")
    severity, ramp = _severity(plan, rng, load)
    target = _target(plan, rng, people, services)
    return Fault(plan, target, severity, _slowness(plan, rng), max(ramp, target.adoption))


def is_hit(reasons: Ints) -> Bools:
    """Return which attempts have a reason."""
    return np.asarray(reasons > 0)
