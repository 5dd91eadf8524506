"""How far failing attempts get: does a service stand behind the step that fails, or fall silent?

Attempts that go well show by their request ids which services take part, and in which order. A
service that fails only where it is called leaves no word of its own: failing attempts never show
there, though good ones do so before the step is done. One that good attempts reach only after the
step, and failing ones never, cannot have made the step fail.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from authlogs.analysis.units import Bools, Units

LEAST_FAILED = 5
RARELY, USUALLY = 0.5, 0.2
"""Failing attempts stop short of a service that they meet this much less often than good ones;
these must meet it this often."""
LATER, EARLIER = 0.9, 0.1
"""A service stands behind a step that it speaks after in so many good attempts, and takes part in
one that it hardly ever speaks after; what lies between may be a matter of clocks."""
BEHIND, SILENT = 0.04, 2.5
"""How likely it is that a change to such a service did it, against one whose reach is not told.

None of 21 public outages broke a step that comes before the changed service (1 of 23 by the rule of
succession). A third of all faults show only at the callers (ChangeRCA, FSE 2024); other faults keep
attempts from a service about half as often.
"""


@dataclass(frozen=True)
class Reach:
    """Where a service stands, with the units that failed, went well, and met it of each."""

    place: Literal["behind", "silent", "on"]
    met_failed: int
    failed: int
    met_well: int
    well: int

    @property
    def log_factor(self) -> float:
        """What it says of a change to the service, in log likelihood."""
        return float(np.log({"behind": BEHIND, "silent": SILENT, "on": 1.0}[self.place]))


def reach_of(units: Units, inside: Bools, service: str | None) -> Reach | None:
    """Return where a service stands for the units of an incident; null where no id tells."""
    met, follows = units.met.get(service or ""), units.follows.get(service or "")
    if met is None or follows is None:
        return None
    failed, well = inside & units.failed, ~units.failed
    counts = [int(part.sum()) for part in (met & failed, failed, met & well, well)]
    rates = counts[0] / max(1, counts[1]), counts[2] / max(1, counts[3])
    short = rates[0] < RARELY * rates[1] and rates[1] >= USUALLY
    if counts[1] < LEAST_FAILED or not short or EARLIER < follows < LATER:
        return Reach("on", *counts)
    return Reach("behind" if follows >= LATER else "silent", *counts)
