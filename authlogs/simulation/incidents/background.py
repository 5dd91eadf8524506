"""The failures that are always there: several reasons, each with a rate that wanders, and blips."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats, Ints
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.courses import at, day_shape, expit, logit, wander
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.plan import MINUTE, Plan
from authlogs.simulation.incidents.reasons import REASONS

USUAL: Final = {
    "login": {
        "invalid_credentials": 0.05, "unknown_user": 0.008, "account_locked": 0.003,
        "account_disabled": 0.001, "session_not_found": 0.004, "federation_error": 0.001,
        "rate_limited": 0.0005, "server_error": 0.0006, "timeout": 0.0004,
    },
    "challenge": {"mfa_failed": 0.02},
    "issue": {
        "invalid_grant_code": 0.004, "invalid_client": 0.0008, "pkce_failed": 0.0005,
        "server_error": 0.0005, "timeout": 0.0003,
    },
    "validate": {
        "token_expired": 0.002, "invalid_signature": 0.0004, "token_malformed": 0.0006,
        "invalid_audience": 0.0004, "unknown_key": 0.0002, "token_not_yet_valid": 0.0004,
        "server_error": 0.0004, "timeout": 0.0003, "token_revoked": 0.0004,
    },
    "use": {
        "token_expired": 0.02, "session_not_found": 0.005, "token_malformed": 0.0004,
        "invalid_signature": 0.0003, "server_error": 0.0004, "timeout": 0.0004,
        "token_revoked": 0.001,
    },
}  # fmt: skip
"""Median share of attempts that fail, by stage and reason; each site has its own multiple."""
BLIP_STEP: Final = 10.0
BLIP_REASONS: Final = ("server_error", "timeout", "connection_error", "overloaded")


@dataclass(frozen=True)
class Background:
    """Rates by stage: for each minute the cumulated probabilities of the reasons."""

    ladders: dict[str, Floats]
    codes: dict[str, Ints]
    blips: dict[str, Floats]
    """by role: probability by host and step of ten seconds that a blip fails an attempt"""
    blip_reason: dict[str, int]

    def fails(self, rng: np.random.Generator, stage: str, moments: Floats) -> Ints:
        """Return the reason of each attempt that fails as usual, 0 for the others."""
        ladder = self.ladders[stage]
        minute = np.clip((moments / MINUTE).astype(np.int64), 0, ladder.shape[0] - 1)
        draw = rng.random(moments.size)
        found = np.zeros(moments.size, dtype=np.int64)
        near = np.flatnonzero(draw < ladder[minute, -1])  # only these need their reason
        place = (draw[near, None] >= ladder[minute[near]]).sum(axis=1)
        found[near] = self.codes[stage][place]
        return found

    def blipped(self, rng: np.random.Generator, role: str, host: Ints, moments: Floats) -> Ints:
        """Return the reason of each attempt that a blip fails, 0 for the others."""
        chance = self.blips[role]
        step = np.clip((moments / BLIP_STEP).astype(np.int64), 0, chance.shape[1] - 1)
        hit = rng.random(moments.size) < chance[host, step]
        return np.where(hit, self.blip_reason[role], 0).astype(np.int64)


def _ladder(plan: Plan, rng: np.random.Generator, usual: dict[str, float]) -> tuple[Floats, Ints]:
    minutes = int(plan.length / MINUTE) + 2
    local = plan.start.timestamp() + 3600 * plan.offset_hours + MINUTE * np.arange(minutes)
    rates = []
    for median in usual.values():
        own = logit(median) + rng.normal(0, 0.6)
        fast = wander(rng, minutes, sd=rng.uniform(0.08, 0.3), memory=rng.uniform(4, 30))
        slow = wander(rng, minutes, sd=rng.uniform(0.05, 0.3), memory=rng.uniform(100, 600))
        daily = rng.normal(0, 0.2) * (day_shape(local, depth=0.5, peak=rng.random()) - 1)
        rates.append(expit(own + fast + slow + daily))
    codes = np.array([REASONS.index(reason) for reason in usual], dtype=np.int64)
    return np.cumsum(np.stack(rates, axis=1), axis=1), codes


def _blips(plan: Plan, rng: np.random.Generator, service: Service, deeds: list[Deed]) -> Floats:
    steps = int(plan.length / BLIP_STEP) + 2
    chance = np.zeros((len(service.hosts), steps))
    moments = [(switch.at, switch.host) for switch in service.switches]
    for deed in deeds:
        if deed.role == service.role and deed.change_type in ("restart", "scale", "config"):
            moments += [(deed.end, host) for host in range(len(service.hosts))]
    for moment, host in moments:
        if rng.random() < 0.5 or not 0 <= moment < plan.length:
            continue
        first = int(moment / BLIP_STEP)
        last = int((moment + rng.uniform(40, 180)) / BLIP_STEP) + 1
        chance[host, first:last] += rng.uniform(0.02, 0.35)
    return np.minimum(chance, 0.9)


def background(
    plan: Plan, chance: Chance, services: dict[str, Service], deeds: list[Deed]
) -> Background:
    """Return the usual failures of a case, with the blips of its changes."""
    ladders, codes = {}, {}
    rng = chance.stream("background")
    for stage, usual in USUAL.items():
        ladders[stage], codes[stage] = _ladder(plan, rng, usual)
    blips = {role: _blips(plan, rng, service, deeds) for role, service in services.items()}
    reasons = {role: REASONS.index(str(rng.choice(BLIP_REASONS))) for role in services}
    return Background(ladders, codes, blips, reasons)


def demand(plan: Plan, chance: Chance, step: float) -> Floats:
    """Return the expected arrivals of every step of seconds, with its daily shape and wandering."""
    rng = chance.stream("demand")
    steps = int(np.ceil(plan.length / step))
    local = plan.start.timestamp() + 3600 * plan.offset_hours + step * np.arange(steps)
    shape = day_shape(local, depth=rng.uniform(0.1, 0.75), peak=rng.uniform(0.45, 0.65))
    minutes = int(plan.length / MINUTE) + 2
    level = wander(rng, minutes, sd=rng.uniform(0.05, 0.2), memory=rng.uniform(10, 120))
    rates = np.maximum(shape, 0.05) * np.exp(at(level, step * np.arange(steps), MINUTE))
    return np.asarray(rates / rates.mean() * plan.rate * step / MINUTE)
