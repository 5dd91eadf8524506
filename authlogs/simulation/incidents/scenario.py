"""One case from beginning to end: plan, people, changes, what happened, logs, truth."""

from dataclasses import dataclass, fields
from typing import Any, Final

from authlogs.errors import BadCall
from authlogs.simulation.incidents.alarms import alarms
from authlogs.simulation.incidents.answer import Harm, IncidentTruth, harm, tell
from authlogs.simulation.incidents.applications import (
    Written,
    application_log,
    choose_dresses,
    lines_of,
)
from authlogs.simulation.incidents.attack import wave
from authlogs.simulation.incidents.background import background, demand
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.declarations import Kind, declared
from authlogs.simulation.incidents.deeds import Deed
from authlogs.simulation.incidents.dress import Dress, Wardrobe
from authlogs.simulation.incidents.fault import STEP, Fault, fault
from authlogs.simulation.incidents.fleet import Service, fleet
from authlogs.simulation.incidents.loss import delivery
from authlogs.simulation.incidents.oracle import look, posterior
from authlogs.simulation.incidents.people import People, people
from authlogs.simulation.incidents.plan import Options, Plan, plan
from authlogs.simulation.incidents.played import Played, join
from authlogs.simulation.incidents.records import records
from authlogs.simulation.incidents.rollouts import roll_out
from authlogs.simulation.incidents.rounds import arrivals, journeys
from authlogs.simulation.incidents.schedule import schedule
from authlogs.simulation.incidents.surroundings import bastion_log, database_log, edge_log
from authlogs.simulation.incidents.thinning import thin

FEWEST: Final = 5
"""People hit; with fewer nobody would speak of an incident, and the case is drawn again."""
TRIES: Final = 12


@dataclass(frozen=True)
class World:
    """Everything that happened in a case."""

    plan: Plan
    people: People
    services: dict[str, Service]
    deeds: list[Deed]
    fault: Fault
    played: Played
    harm: Harm


@dataclass(frozen=True)
class Incident:
    """A folder of files not yet written, by name, and the truth."""

    files: dict[str, bytes]
    truth: IncidentTruth


def options_of(told: dict[str, Any]) -> Options:
    """Return the options of a call; raises BadCall for one that does not exist."""
    known = [each.name for each in fields(Options)]
    for name in told:
        if name not in known:
            raise BadCall(
                f"there is no option {name!r}",
                where="simulate",
                next_step=f"choose among: {', '.join(known)}",
            )
    return Options(**told)


def happen(kind: Kind, chance: Chance, options: Options) -> World:
    """Let a case happen, without writing any of it."""
    case = plan(kind, chance, options)
    crowd = people(case, chance)
    services = fleet(chance)
    deeds = roll_out(case, chance, schedule(case, chance, services), services)
    load = demand(case, chance, STEP)
    usual = background(case, chance, services, deeds)
    wrong = fault(case, chance, crowd, services, load)
    player = journeys(case, chance, crowd, services, usual=usual, fault=wrong)
    come = arrivals(chance.stream("arrivals"), load, STEP, player.lifetime)
    played, vanished = player.play(come)
    extra = wave(case, chance, crowd, services)
    if extra is not None:
        crowd, played = extra.people, join(played, extra.rows)
    played, vanished = thin(
        chance,
        crowd,
        played,
        vanished,
        cost=lines_of(case, played),
        lines=0.94 * case.lines,
    )
    return World(case, crowd, services, deeds, wrong, played, harm(case, played, vanished))


def _noticed(world: World) -> bool:
    way = world.plan.way
    if way is None or "lines" in way.stages:
        return True
    return (world.harm.attempts if "attack" in way.stages else world.harm.users) >= FEWEST


def logs(world: World, chance: Chance, dresses: dict[str, Dress]) -> list[Written]:
    """Return the logs of the services."""
    salt = int(chance.stream("ids").integers(1, 2**40))
    wardrobe = Wardrobe(world.plan, world.people, world.fault, salt)
    sent = delivery(world.plan, chance)
    written = [
        application_log(
            wardrobe, dress, world.services[role], world.played, sent=sent, chance=chance
        )
        for role, dress in dresses.items()
    ]
    if world.plan.edge_logged:
        written.append(edge_log(wardrobe, world.played, sent=sent, chance=chance))
    if world.plan.database_logged:
        written.append(database_log(world.plan, world.fault, chance))
    if world.plan.bastion_logged:
        written.append(bastion_log(world.plan, chance))
    return written


def best_answer(world: World, dresses: dict[str, Dress]) -> dict[str, float]:
    """Return what the true generator would answer; nothing where there is nothing to find."""
    onset = world.harm.first
    if onset is None:
        return {}
    hidden = {role for role, dress in dresses.items() if "$version" not in dress.line}
    seen = look(
        world.plan,
        world.deeds,
        world.services,
        played=world.played,
        onset=onset,
        per_second=world.harm.per_second,
        hidden=hidden,
    )
    return posterior(seen)


def incident(kind: str, *, seed: int, **told: Any) -> Incident:
    """Return a case of a kind as files in memory, with its truth.

    >>> incident("healthy", seed=1, lines=2000).truth.onset is None
    True
    """
    options = options_of(told)
    for attempt in range(TRIES):
        chance = Chance(seed, kind, attempt)
        world = happen(declared()[kind], chance, options)
        if _noticed(world):
            break
    dresses = choose_dresses(chance, options.dress)
    written = logs(world, chance, dresses)
    files = {log.name: log.content for log in written}
    kept, naive = records(world.plan, chance, world.deeds)
    files |= kept | alarms(world.plan, chance)
    truth = tell(
        world.plan,
        seed=seed,
        deeds=world.deeds,
        fault=world.fault,
        done=world.harm,
        played=world.played,
        logs=written,
        naive=naive,
        oracle=best_answer(world, dresses),
    )
    return Incident(files, truth)
