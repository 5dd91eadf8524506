"""Who signs in: names, clients, browsers, addresses and habits, all as arrays."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats, Ints, pick
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.plan import Plan
from authlogs.simulation.world import FIRST, LAST

CLIENTS: Final = ("web", "ios", "android", "partner-api", "desktop")
IDPS: Final = ("local", "corp-saml", "google", "partner-oidc")
BROWSERS: Final = ("Chrome", "Firefox", "Safari", "Edge", "App")
_WIN: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
_MAC: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
AGENTS: Final = (
    f"{_WIN}) {_WEBKIT}",
    f"{_WIN}; rv:125.0) Gecko/20100101 Firefox/125.0",
    f"{_MAC} (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15",
    f"{_WIN}) {_WEBKIT} Edg/124.0.0.0",
    "AcmeApp/7.2.0 (mobile)",
    "python-requests/2.31.0",
)
"""One a browser, then that of scripts."""


@dataclass(frozen=True)
class People:
    """Columns by person; strangers who only attack come after the `known` people."""

    names: list[str]
    addresses: list[str]
    known: int
    client: Ints
    browser: Ints
    idp: Ints
    cohort: Floats
    """fixed draw in [0, 1) that puts a person into or out of a share"""
    weight: Floats
    persistence: Floats
    """probability of trying again after a failure"""
    loops: Floats
    """seconds between the tries of a client that repeats by itself; 0 for people"""
    mfa: Ints


def _names(rng: np.random.Generator, size: int) -> list[str]:
    style = int(rng.integers(3))
    first, last = len(FIRST), len(LAST)
    # The third part makes more names than pairs there are.
    pairs = [(FIRST[k % first], LAST[k % last], k // (first * last)) for k in range(size)]
    if style == 0:
        return [f"{a}.{b}{n or ''}" for a, b, n in pairs]
    if style == 1:
        return [f"{a}.{b}{n or ''}@acme.example" for a, b, n in pairs]
    return [f"{a[0]}{b}{k}" for k, (a, b, _) in enumerate(pairs)]


def _addresses(rng: np.random.Generator, size: int) -> list[str]:
    parts = rng.integers(1, 255, size=(size, 2)).tolist()
    kind = rng.random(size).tolist()
    offices = max(1, size // 400)
    texts = []
    for number, (draw, (a, b)) in enumerate(zip(kind, parts, strict=True)):
        if draw < 0.08:
            texts.append(f"203.0.113.{10 + number % min(offices, 40)}")
        elif draw < 0.14:
            texts.append(f"2001:db8:{a:x}:{b:x}::{1 + number % 200:x}")
        else:
            texts.append(f"198.{18 + number % 2}.{a}.{b}")
    return texts


def _second_factors(plan: Plan, rng: np.random.Generator) -> float:
    asked = plan.way is not None and "challenge" in plan.way.stages
    return float(rng.uniform(0.25 if asked else 0.0, 0.6))


def people(plan: Plan, chance: Chance) -> People:
    """Return the people of a case; the busier the site, the more they are."""
    rng = chance.stream("people")
    logins = plan.rate * plan.length / 60
    size = int(np.clip(logins / rng.uniform(1.5, 5), 60, 60_000))
    shares = rng.dirichlet(np.array([9.0, 4.0, 4.0, 1.0, 1.0]))
    client = pick(rng, shares, size)
    idp = pick(rng, rng.dirichlet(np.array([6.0, 3.0, 2.0, 1.0])), size)
    browser = np.where(client == 0, pick(rng, np.array([0.6, 0.1, 0.2, 0.1]), size), 4)
    loops = np.where(rng.random(size) < rng.uniform(0.0, 0.05), rng.uniform(4, 60, size), 0.0)
    return People(
        names=_names(rng, size),
        addresses=_addresses(rng, size),
        known=size,
        client=client,
        browser=browser.astype(np.int64),
        idp=idp,
        cohort=rng.random(size),
        weight=1.0 / (rng.permutation(size) + 20.0) ** rng.uniform(0.4, 0.9),
        persistence=rng.beta(4, 2, size),
        loops=loops,
        mfa=(rng.random(size) < _second_factors(plan, rng)).astype(np.int64),
    )
