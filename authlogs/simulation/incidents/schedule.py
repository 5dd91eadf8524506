"""When changes happen: innocent ones at any time, the guilty one, decoys, and what people try."""

from dataclasses import replace
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import pick
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.deeds import Deed, recorded
from authlogs.simulation.incidents.fleet import ROLES, Service
from authlogs.simulation.incidents.lags import LAWS
from authlogs.simulation.incidents.plan import Plan

TYPES: Final = {
    "deploy": 0.58, "flag": 0.12, "config": 0.12, "restart": 0.05, "migration": 0.03,
    "scale": 0.03, "key_rotation": 0.02, "secret_rotation": 0.02, "policy": 0.03,
}  # fmt: skip
"""Types of innocent changes with their shares."""
OTHERS: Final = (
    "reporting", "billing", "search", "mailer", "profile", "catalog", "notifications", "checkout",
)  # fmt: skip
BEFORE: Final = 3600.0
"""Records reach back an hour before the logs."""
ON_THE_WAY: Final = 0.45
"""Share of innocent changes to services that logins pass."""
DECOY: Final = (30.0, 300.0)
"""Seconds by which an innocent change comes before a fault from outside."""
BESIDE: Final = 180.0
"""Two changes overlap that begin within these seconds."""


def _innocents(plan: Plan, rng: np.random.Generator, services: dict[str, Service]) -> list[Deed]:
    kinds = pick(rng, np.array(list(TYPES.values())), plan.innocent)
    found = []
    for kind in kinds.tolist():
        change_type = list(TYPES)[kind]
        start = float(rng.uniform(-BEFORE, plan.length))
        role = str(rng.choice(ROLES)) if rng.random() < ON_THE_WAY else ""
        if role and change_type == "deploy" and _spoils(plan, role, start):
            role = ""
        service = services[role].name if role else str(rng.choice(OTHERS))
        end = start + _duration(rng, change_type)
        found.append(Deed(change_type, service, role, start, end, "innocent"))
    return found


def _spoils(plan: Plan, role: str, start: float) -> bool:
    """Tell whether a deploy would replace the broken build and so mend the fault by chance."""
    way = plan.way
    if way is None or not way.changes or role != way.role:
        return False
    return plan.begins - 5400 < start < plan.ends + 1800


def _duration(rng: np.random.Generator, change_type: str) -> float:
    if change_type == "deploy":
        return float(rng.uniform(60, 900))
    if change_type in ("restart", "migration", "scale"):
        return float(rng.uniform(20, 400))
    return 0.0 if rng.random() < 0.6 else float(rng.uniform(5, 60))


def _guilty(plan: Plan, rng: np.random.Generator, services: dict[str, Service]) -> list[Deed]:
    way = plan.way
    if way is None or not way.changes:
        return []
    weights = np.array(list(way.changes.values()))
    change_type = list(way.changes)[int(pick(rng, weights, 1)[0])]
    start = plan.begins - LAWS[way.lag].draw(rng)
    end = start + _duration(rng, change_type)
    share = None
    if way.plot == "canary":
        # Most canaries are taken back; some go on to all hosts although they fail.
        further = rng.random() < 0.4
        end = plan.begins + plan.span * float(rng.uniform(0.3, 0.55)) if further else plan.ends
        share = 1 / len(services[way.role].hosts)
    name = services[way.role].name
    listed = way.plot != "unlisted"
    deed = Deed(change_type, name, way.role, start, max(end, start), "guilty", listed=listed)
    deed = replace(deed, share=share)
    if way.plot != "overlap":
        return [deed]
    other = str(rng.choice([role for role in ROLES if role != way.role]))
    beside = start + float(rng.uniform(-BESIDE, BESIDE))
    last = beside + _duration(rng, "deploy")
    return [deed, Deed("deploy", services[other].name, other, beside, last, "decoy")]


def _decoy(plan: Plan, rng: np.random.Generator, services: dict[str, Service]) -> list[Deed]:
    way = plan.way
    if way is None or way.plot not in ("decoy", "wrong_rollback"):
        return []
    role = str(rng.choice([each for each in ROLES if each != way.role or not way.changes]))
    # Whoever is to be wrong needs a deploy to be wrong about.
    near = DECOY if way.plot == "decoy" else (60.0, 10_800.0)
    start = plan.begins - float(rng.uniform(*near))
    end = start + _duration(rng, "deploy")
    part = "decoy" if way.plot == "decoy" else "innocent"
    return [Deed("deploy", services[role].name, role, start, end, part)]


def _reactions(
    plan: Plan, rng: np.random.Generator, services: dict[str, Service], deeds: list[Deed]
) -> list[Deed]:
    """Return what people try: the right thing, the wrong thing first, or something in vain."""
    way = plan.way
    if way is None:
        return []
    tried = []
    wrong = way.plot == "wrong_rollback" or rng.random() < (0.1 if way.changes else 0.3)
    near = [
        each
        for each in deeds
        if each.part != "guilty"
        and each.role
        and each.change_type == "deploy"
        and plan.begins - 14_400 < each.end < plan.begins + 0.3 * plan.span
        and (each.role != way.role or not way.changes)
    ]
    if wrong and near:
        latest = max(near, key=lambda each: each.start)
        begun = max(plan.begins + plan.span * float(rng.uniform(0.35, 0.6)), latest.end + 60)
        spent = float(rng.uniform(60, 300))
        tried.append(Deed("rollback", latest.service, latest.role, begun, begun + spent, "wrong"))
    for deed in deeds:
        if deed.part == "guilty":
            tried += _mended(plan, rng, deed)
    if way.cure:
        name = services[way.role].name
        tried.append(Deed(way.cure, name, way.role, plan.ends, plan.ends, "cure"))
    return [each for each in tried if each.start < plan.length]


def _mended(plan: Plan, rng: np.random.Generator, deed: Deed) -> list[Deed]:
    turn = {"deploy": "rollback"}.get(deed.change_type, deed.change_type)
    spent = float(rng.uniform(60, 400)) if turn == "rollback" else 0.0
    right = Deed(turn, deed.service, deed.role, plan.ends - spent, plan.ends, "cure")
    right = replace(right, listed=deed.listed)
    if turn == "rollback" and rng.random() < 0.15:
        # The rollback is done and the fault stays; a deploy of a corrected build ends it.
        begun = plan.begins + 0.6 * (plan.ends - spent - plan.begins)
        vain = replace(right, start=begun, end=begun + spent, part="vain")
        return [vain, replace(right, change_type="deploy")]
    return [right]


def _recorded(plan: Plan, rng: np.random.Generator, deeds: list[Deed]) -> list[Deed]:
    made = []
    for number, deed in enumerate(sorted(deeds, key=lambda each: each.start)):
        start = recorded(plan, rng, deed.start)
        end = None
        if deed.end > deed.start and rng.random() < 0.8 and deed.end < plan.length:
            end = max(start, recorded(plan, rng, deed.end))
        name = f"{1000 + number * 7 + int(rng.integers(0, 7))}"
        if plan.github and deed.change_type in ("deploy", "rollback"):
            name = f"15290{name}"
        else:
            name = f"CHG-{name}"
        made.append(replace(deed, change_id=name, recorded_start=start, recorded_end=end))
    return made


def schedule(plan: Plan, chance: Chance, services: dict[str, Service]) -> list[Deed]:
    """Return all changes in the order in which they began; versions are given by `rollouts`."""
    deeds = _innocents(plan, chance.stream("innocent changes"), services)
    deeds += _guilty(plan, chance.stream("guilty change"), services)
    deeds += _decoy(plan, chance.stream("decoy"), services)
    deeds += _reactions(plan, chance.stream("reactions"), services, deeds)
    return _recorded(plan, chance.stream("records"), deeds)
