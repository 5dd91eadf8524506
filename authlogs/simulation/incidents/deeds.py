"""What people did: changes as they truly happened and as they were recorded."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.plan import Plan

ROLLED: Final = ("deploy", "rollback", "restart")
"""Types that go from host to host."""


@dataclass(frozen=True)
class Deed:
    """One change: true seconds since the logs begin, and what the record says."""

    change_type: str
    service: str
    role: str
    """the service's role on the way of a login, or empty"""
    start: float
    end: float
    part: str
    """innocent, guilty, decoy or reaction"""
    change_id: str = ""
    version: str = ""
    previous: str = ""
    recorded_start: float = 0.0
    recorded_end: float | None = None
    listed: bool = True
    share: float | None = None
    """share of the traffic, where the record says so"""


ERRORS: Final = {"exact": 4.0, "minutes": 50.0, "tickets": 210.0}
"""Standard deviation in seconds of the error of a recorded time, by the law of the record."""


def recorded(plan: Plan, rng: np.random.Generator, moment: float) -> float:
    """Return a true moment as the record has it."""
    told = moment + float(rng.normal(0, ERRORS[plan.record_law]))
    return round(told / 60) * 60.0 if plan.record_law != "exact" else round(told) * 1.0
