"""What happens to lines on their way: late, doubled, missing, cut; and logs that fall silent."""

from dataclasses import dataclass

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.plan import Plan

NEVER = (np.inf, np.inf)


@dataclass(frozen=True)
class Delivery:
    """How reliable the collection of logs is, as probabilities a line."""

    late: float
    doubled: float
    missing: float
    cut: float
    silent: tuple[float, float]
    """stretch in which nothing of `silent_roles` arrives"""
    silent_roles: tuple[str, ...]

    def order(self, rng: np.random.Generator, role: str, moments: Floats) -> Ints:
        """Return the rows that were written, in the order of writing; some twice, some never."""
        size = moments.size
        kept: Bools = rng.random(size) >= self.missing
        if role in self.silent_roles:
            kept &= ~((moments >= self.silent[0]) & (moments < self.silent[1]))
        arrived = moments + np.where(
            rng.random(size) < self.late, rng.exponential(25.0, size), rng.uniform(0, 0.05, size)
        )
        rows = np.flatnonzero(kept)
        twice = rows[rng.random(rows.size) < self.doubled]
        arrived = np.concatenate([arrived[rows], arrived[twice] + rng.exponential(2, twice.size)])
        rows = np.concatenate([rows, twice])
        return np.asarray(rows[np.argsort(arrived, kind="stable")])


def delivery(plan: Plan, chance: Chance) -> Delivery:
    """Return how the lines of a case travel."""
    rng = chance.stream("delivery")
    way = plan.way
    gap = way is not None and "lines" in way.stages
    roles = [("login",), ("gateway",), ("login", "issuer", "gateway")]
    chosen = roles[int(rng.integers(3))]
    return Delivery(
        late=float(rng.uniform(0, 0.03)),
        doubled=float(rng.choice([0.0, 0.002, 0.01])),
        missing=float(rng.uniform(0, 0.01)),
        cut=float(rng.uniform(0, 0.002)),
        silent=(plan.begins, plan.ends) if gap else NEVER,
        silent_roles=chosen if gap else (),
    )
