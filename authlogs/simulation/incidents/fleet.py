"""The hosts that serve logins: which build each runs at a moment, where it stands, its clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints
from authlogs.simulation.incidents.chance import Chance

ROLES: Final = ("login", "issuer", "gateway")
NAMES: Final = {
    "login": ("web", "portal", "signin", "accounts"),
    "issuer": ("token-issuer", "sts", "idp"),
    "gateway": ("gateway", "edge", "api-gateway"),
}


@dataclass(frozen=True)
class Switch:
    """From a moment on a host runs another build; `bad` builds (or states) carry the fault."""

    at: float
    host: int
    version: int
    bad: bool


@dataclass(frozen=True)
class Service:
    """One service on the way of a login."""

    role: str
    name: str
    hosts: tuple[str, ...]
    zone: Ints
    skew: Floats
    """seconds by which each host's clock is ahead when the logs begin"""
    drift: Floats
    """seconds a second that its clock gains"""
    sticky: bool
    share: Floats
    versions: list[str] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)

    def choose(self, rng: np.random.Generator, user: Ints) -> Ints:
        """Return the host for each attempt; sticky ones keep a person on one host."""
        ladder = np.cumsum(self.share)
        draw = rng.random(user.size)
        if self.sticky:
            draw = np.asarray((user * 0.6180339887) % 1.0, dtype=np.float64)
        found = np.searchsorted(ladder, draw * ladder[-1], side="right")
        return np.asarray(np.minimum(found, len(self.hosts) - 1), dtype=np.int64)

    def _latest(self, host: Ints, moments: Floats, values: Sequence[int], first: int) -> Ints:
        found = np.full(moments.size, first, dtype=np.int64)
        for number in range(len(self.hosts)):
            mine = [k for k, each in enumerate(self.switches) if each.host == number]
            mine.sort(key=lambda k: self.switches[k].at)
            here = host == number
            if not mine or not here.any():
                continue
            times = np.array([self.switches[k].at for k in mine])
            then = np.array([first, *(values[k] for k in mine)], dtype=np.int64)
            found[here] = then[np.searchsorted(times, moments[here], side="right")]
        return found

    def version_at(self, host: Ints, moments: Floats) -> Ints:
        """Return the position in `versions` of the build that each host ran."""
        return self._latest(host, moments, [each.version for each in self.switches], 0)

    def bad_at(self, host: Ints, moments: Floats) -> Bools:
        """Return whether what each host ran carried the fault."""
        found = self._latest(host, moments, [int(each.bad) for each in self.switches], 0)
        return np.asarray(found == 1)

    def clock(self, host: Ints, moments: Floats) -> Floats:
        """Return how many seconds the clocks were ahead."""
        return np.asarray(self.skew[host] + self.drift[host] * moments)


def _service(role: str, rng: np.random.Generator) -> Service:
    count = int(rng.integers(2, 9 if role != "issuer" else 5))
    name = str(rng.choice(NAMES[role]))
    off = rng.random(count) < 0.08
    skew = np.where(off, rng.normal(0, 2.5, count), rng.normal(0, 0.15, count))
    return Service(
        role=role,
        name=name,
        hosts=tuple(f"{name}-{k + 1}" for k in range(count)),
        zone=np.arange(count) % 3,
        skew=skew,
        drift=rng.normal(0, 2e-6, count),
        sticky=bool(role == "gateway" and rng.random() < 0.3),
        share=rng.dirichlet(np.full(count, 12.0)),
    )


def fleet(chance: Chance) -> dict[str, Service]:
    """Return the services by role, each before any change."""
    return {role: _service(role, chance.stream(f"fleet {role}")) for role in ROLES}
