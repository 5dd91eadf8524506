"""How rates go over time: the shape of a day, slow wandering, and the severity of a fault."""

import numpy as np

from authlogs.simulation.incidents.arrays import Floats

DAY: float = 86_400.0


def logit(share: Floats | float) -> Floats:
    """Return the log odds of a share, kept away from 0 and 1."""
    safe = np.clip(share, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)))


def expit(odds: Floats) -> Floats:
    """Return the share of log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)))


def wander(rng: np.random.Generator, steps: int, *, sd: float, memory: float) -> Floats:
    """Return an AR(1) series of this standard deviation; `memory` is its time constant in steps."""
    keep = np.exp(-1.0 / max(memory, 1e-9))
    shocks = rng.standard_normal(steps) * sd * np.sqrt(1 - keep**2)
    series = np.empty(steps)
    level = rng.standard_normal() * sd
    for step in range(steps):  # a few thousand steps a case; a filter would need scipy
        level = keep * level + shocks[step]
        series[step] = level
    return series


def day_shape(local: Floats, *, depth: float, peak: float) -> Floats:
    """Return demand relative to its mean at local seconds: nights are calm, two peaks a day."""
    turn = 2 * np.pi * (local / DAY - peak)
    shape = 1 + depth * (0.8 * np.cos(turn) + 0.2 * np.cos(2 * turn))
    weekend = ((local // DAY).astype(np.int64) + 3) % 7 >= 5  # 1 January 1970 was a Thursday
    return np.asarray(shape * np.where(weekend, 1 - 0.4 * depth, 1.0))


def at(series: Floats, moments: Floats, step: float) -> Floats:
    """Return the value of a series of steps at each moment."""
    where = np.clip((moments / step).astype(np.int64), 0, series.size - 1)
    return np.asarray(series[where])
