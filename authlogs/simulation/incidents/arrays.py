"""Names for the arrays that travel between the files, and draws that come back again."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number from low to high whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Return positions drawn by weight; far faster than `choice` with probabilities."""
    ladder = np.cumsum(weights)
    found = np.searchsorted(ladder, rng.random(size) * ladder[-1], side="right")
    return np.asarray(np.minimum(found, weights.size - 1), dtype=np.int64)
