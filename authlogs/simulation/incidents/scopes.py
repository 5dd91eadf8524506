"""Whom a fault can hit: one small function a scope, the same for every kind that uses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints
from authlogs.simulation.incidents.fleet import Service
from authlogs.simulation.incidents.people import People
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.incidents.tries import Tries


@dataclass(frozen=True)
class Target:
    """What a fault chose by seed: the client, host or share of people that it hits."""

    plan: Plan
    people: People
    services: dict[str, Service]
    client: int
    browser: int
    idp: int
    zone: int
    host: int
    share: float
    adoption: float
    """seconds until everybody has the new browser"""
    flushes: Floats
    """when the session store lost what it held"""
    refreshed: Floats
    """when each gateway fetched the keys anew"""
    skew: Floats
    """seconds by which the clock of the host is off, by step of ten seconds"""


def _all(_target: Target, tries: Tries) -> Bools:
    return np.ones(tries.moments.size, dtype=np.bool_)


def _build(target: Target, tries: Tries) -> Bools:
    return target.services[tries.role].bad_at(tries.host, tries.moments)


def _client(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.client[tries.user] == target.client)


def _web(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.client[tries.user] == 0)


def _browser(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.browser[tries.user] == target.browser)


def _idp(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.idp[tries.user] == target.idp)


def _mfa(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.mfa[tries.user] == 1)


def _zone(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.services[tries.role].zone[tries.host] == target.zone)


def _cohort(target: Target, tries: Tries) -> Bools:
    return np.asarray(target.people.cohort[tries.user] < target.share)


def _flushed(target: Target, tries: Tries) -> Bools:
    """Sessions made before the latest loss; those of the time after it are there."""
    lost = np.concatenate([[-np.inf], target.flushes])
    latest = lost[np.searchsorted(target.flushes, tries.moments, side="right")]
    return np.asarray(tries.issued < latest)


def _stale(target: Target, tries: Tries) -> Bools:
    """Tokens of the new key, at gateways that have not fetched it yet."""
    new = tries.issued >= target.plan.begins
    return np.asarray(new & (tries.moments < target.refreshed[tries.host]))


def _retired(target: Target, tries: Tries) -> Bools:
    """Tokens of the old key, at gateways that have dropped it."""
    old = (tries.issued >= 0) & (tries.issued < target.plan.begins)
    return np.asarray(old & (tries.moments >= target.refreshed[tries.host]))


def _ahead(target: Target, tries: Tries) -> Bools:
    """Tokens of an issuer whose clock is ahead, before their time has come."""
    return np.asarray((tries.issuer == target.host) & _early(target, tries))


def _behind(target: Target, tries: Tries) -> Bools:
    """Fresh tokens at a gateway whose clock is behind."""
    return np.asarray((tries.host == target.host) & _early(target, tries))


def _early(target: Target, tries: Tries) -> Bools:
    return np.asarray(tries.moments - tries.issued < skew_at(target, tries.moments))


def _adopter(target: Target, tries: Tries) -> Bools:
    """People who have the new browser by then."""
    since = tries.moments - target.plan.begins
    return np.asarray(target.people.cohort[tries.user] * target.adoption < since)


def skew_at(target: Target, moments: Floats) -> Floats:
    """Return the seconds by which the skewed host's clock is ahead."""
    step = np.clip((moments / 10).astype(np.int64), 0, target.skew.size - 1)
    return np.asarray(target.skew[step])


Scope = Callable[[Target, Tries], Bools]
SCOPES: Final[Mapping[str, Scope]] = {
    "all": _all,
    "build": _build,
    "client": _client,
    "web": _web,
    "browser": _browser,
    "idp": _idp,
    "mfa": _mfa,
    "zone": _zone,
    "cohort": _cohort,
    "flushed": _flushed,
    "stale": _stale,
    "retired": _retired,
    "ahead": _ahead,
    "behind": _behind,
    "adopter": _adopter,
}
OF_THE_BUILD: Final = ("build",)
"""Scopes that end with the build or the state that carries the fault, not with a clock."""


def popular(rng: np.random.Generator, of: Ints, among: tuple[int, ...]) -> int:
    """Return one of the values, but only one that enough people have to be noticed."""
    shares = [float((of == each).mean()) for each in among]
    good = [each for each, share in zip(among, shares, strict=True) if share > 0.05]
    return int(rng.choice(good)) if good else among[int(np.argmax(shares))]
