"""How long after a change its effect begins: one law a name, to draw from and to weigh with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats


@dataclass(frozen=True)
class Law:
    """Seconds between `low` and `high`: log-normal about `median`, or uniform if that is 0."""

    low: float
    high: float
    median: float = 0.0
    sigma: float = 0.0

    def draws(self, rng: np.random.Generator, size: int) -> Floats:
        """Return many lags."""
        if not self.median:
            return rng.uniform(self.low, self.high, size)
        lags = rng.lognormal(np.log(self.median), self.sigma, 3 * size)
        return np.resize(lags[(lags >= self.low) & (lags <= self.high)], size)

    def draw(self, rng: np.random.Generator) -> float:
        """Return one lag."""
        while self.median:
            lag = float(rng.lognormal(np.log(self.median), self.sigma))
            if self.low <= lag <= self.high:
                return lag
        return float(rng.uniform(self.low, self.high))

    def density(self, grid: Floats) -> Floats:
        """Return the density a second on a regular grid of lags."""
        inside = (grid >= self.low) & (grid <= self.high)
        shape = inside.astype(np.float64)
        if self.median:
            safe = np.maximum(grid, 1e-3)
            away = np.log(safe / self.median) / self.sigma
            shape *= np.exp(-0.5 * away**2) / safe
        return np.asarray(shape / (shape.sum() * (grid[1] - grid[0])))


LAWS: Final[Mapping[str, Law]] = {
    "rollout": Law(5, 90),  # until the first host runs the new build
    "flag": Law(1, 300, 20, 0.8),  # clients poll for flags
    "config": Law(5, 600, 45, 0.8),  # until the configuration is loaded
    "keys": Law(0, 120),  # until the first token is signed with the new key
    "delayed": Law(150, 4500, 900, 0.8),  # a cache that runs out, a pool that fills
}
