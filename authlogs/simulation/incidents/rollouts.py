"""How changes reach the hosts: versions, the order of hosts, and what a rollback puts back."""

from dataclasses import replace

import numpy as np

from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.fleet import Service, Switch
from authlogs.simulation.incidents.plan import Plan

BREAKING = ("guilty", "vain")
"""After these the fault is there: a rollback in vain changes the build and not the fault."""


def _next_version(rng: np.random.Generator, version: str) -> str:
    major, minor, patch = (int(part) for part in version.split("."))
    return f"{major}.{minor + 1}.0" if rng.random() < 0.6 else f"{major}.{minor}.{patch + 1}"


def _moments(plan: Plan, rng: np.random.Generator, deed: Deed, service: Service) -> Floats:
    """Return when each host switches; the first host of the guilty build begins the fault."""
    count = len(service.hosts)
    if deed.change_type not in ("deploy", "rollback"):
        return np.full(count, plan.begins if deed.part == "guilty" else deed.end)
    way = plan.way
    first = deed.start + min(30.0, 0.2 * (deed.end - deed.start))
    if deed.part == "guilty" and way and way.lag == "rollout":
        first = plan.begins
    last = max(deed.end, first + 1)
    moments = np.sort(rng.uniform(first, last, count))
    moments[0] = first
    if deed.part == "guilty" and way and way.plot == "canary":
        moments[1:] = (
            np.sort(rng.uniform(last, last + 300, count - 1)) if last < plan.ends else np.inf
        )
    return np.asarray(moments[np.argsort(rng.permutation(count))])


def _breaks(plan: Plan, deed: Deed, *, before: bool) -> bool:
    """Tell whether hosts carry the fault after this change."""
    if plan.way is None or deed.role != plan.way.role or not plan.way.changes:
        return before
    if deed.part in BREAKING:
        return True
    return False if deed.part == "cure" else before


class _Line:
    """The versions of one service, as they were put in place and taken back."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.now = f"{rng.integers(1, 9)}.{rng.integers(0, 30)}.{rng.integers(0, 5)}"
        self.highest = self.now
        self.past: list[str] = []

    def step(self, deed: Deed) -> tuple[str, str]:
        before = self.now
        if deed.change_type == "rollback":
            self.now = self.past.pop() if self.past else before
        elif deed.change_type == "deploy":
            self.past.append(before)
            # A number is never given twice, even if its build was taken back.
            self.now = self.highest = _next_version(self.rng, self.highest)
        return before, self.now


def roll_out(
    plan: Plan, chance: Chance, deeds: list[Deed], services: dict[str, Service]
) -> list[Deed]:
    """Give every deploy its versions and put its switches into the fleet."""
    rng = chance.stream("rollouts")
    lines: dict[str, _Line] = {}
    state = dict.fromkeys(services, False)
    made = []
    for deed in deeds:
        line = lines.setdefault(deed.service, _Line(rng))
        rolled = deed.change_type in ("deploy", "rollback")
        before, after = line.step(deed)
        if rolled:
            deed = replace(deed, version=after, previous=before)
        made.append(deed)
        service = services.get(deed.role)
        if service is None or not (rolled or deed.part in ("guilty", "cure")):
            continue
        if not service.versions:
            service.versions.append(before)
        state[deed.role] = _breaks(plan, deed, before=state[deed.role])
        if after not in service.versions:
            service.versions.append(after)
        number = service.versions.index(after)
        for host, moment in enumerate(_moments(plan, rng, deed, service)):
            service.switches.append(Switch(float(moment), host, number, state[deed.role]))
    for service in services.values():
        if not service.versions:
            service.versions.append("1.0.0")
    return made
