"""A story is played: the stack starts, people come, the fault happens, the truth is kept beside."""

import asyncio
import json
from pathlib import Path
from typing import Any

from stack.plan import PLANS
from stack.records import iso
from stack.scene import Scene

SETTLING_S = 15
TAIL_S = 180
"""Longer than a token lives: what fails alike after that has another cause."""


async def _played(scene: Scene) -> None:
    try:
        await scene.open()
        async with asyncio.TaskGroup() as group:
            group.create_task(scene.load.run(scene.seconds + SETTLING_S))
            group.create_task(scene.plan.story(scene))
    finally:
        await scene.close()


def truth(scene: Scene) -> dict[str, Any]:
    """What was done and what the users then met."""
    since = scene.fault
    until = scene.cured + TAIL_S if scene.cured else float("inf")
    seen = scene.attempts.span(scene.plan.failing, since, until) if since else None
    still = bool(seen) and scene.cured is None
    guilty = scene.guilty
    return {
        "name": scene.plan.name,
        "guilty": guilty.id if guilty else None,
        "guilty_change": vars(guilty) | {"start": iso(guilty.start), "end": iso(guilty.end)}
        if guilty
        else None,
        "cause_class": scene.plan.cause_class,
        "fault_began": iso(since) if since else None,
        "onset": iso(seen[0]) if seen else None,
        "fault_ended": iso(scene.cured) if scene.cured else None,
        "recovered": iso(seen[1]) if seen and not still else None,
        "attempts_failed_by_the_fault": seen[2] if seen else 0,
        "attempts_failed_otherwise": scene.attempts.stray(scene.plan.failing),
        "attempts": len(scene.attempts.made),
        "changes": len(scene.records.kept),
    }


def play(
    name: str, folder: Path, *, port: int, seconds: float, seed: int, pace: float = 1.0
) -> dict[str, Any]:
    """Play one story into `folder/logs`; its truth stands in `folder/truth.json`."""
    scene = Scene(PLANS[name], folder, port, seconds, seed, pace)
    asyncio.run(_played(scene))
    scene.attempts.save(folder / "attempts.csv")
    told = truth(scene)
    (folder / "truth.json").write_text(json.dumps(told, indent=1))
    return told
