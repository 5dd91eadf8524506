"""A confidence sequence for the mean of bounded values: valid at every peek, whenever one stops.

I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables by betting, JRSS B 86
(2024), theorem 2: the predictable plug-in empirical-Bernstein sequence. It covers the mean at all
sample sizes at once with probability 1 - alpha, whatever the distribution, as long as each value
has the same mean given those before it; where means vary it covers their weighted mean.
"""

import math
from dataclasses import dataclass

import numpy as np

from authlogs.analysis.likelihood import Floats

ALPHA = 0.05
MOST_BET = 0.5
MOST_NEEDED = 2_000_000


@dataclass(frozen=True, eq=False)
class Sequence:
    """Lower and upper bounds of the mean after each value; the last axis is time."""

    low: Floats
    high: Floats


def confidence_sequence(values: Floats, *, alpha: float = ALPHA) -> Sequence:
    """Return the sequence for values in [-1, 1]; several rows are several sequences.

    They are not cut with those before: a build that goes bad late would keep its early upper bound.
    """
    x = (np.asarray(values, dtype=np.float64) + 1) / 2
    t = np.arange(1, x.shape[-1] + 1)
    mean = (0.5 + np.cumsum(x, axis=-1)) / (t + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2, axis=-1)) / (t + 1)
    bet = _bets(_before(spread, 0.25), t, alpha)
    seen = 4 * (x - _before(mean, 0.5)) ** 2
    total = np.cumsum(bet, axis=-1)
    middle = np.cumsum(bet * x, axis=-1) / total
    half = (math.log(2 / alpha) + np.cumsum(seen * _psi(bet), axis=-1)) / total
    low, high = np.clip(2 * (middle - half) - 1, -1, 1), np.clip(2 * (middle + half) - 1, -1, 1)
    return Sequence(low, high)


def pairs_needed(variance: float, distance: float, *, alpha: float = ALPHA) -> int | None:
    """Return how many values make the half width as small as `distance`; null over two million.

    `variance` is that of the values in [-1, 1].
    """
    size = 1_024
    while size <= MOST_NEEDED:
        t = np.arange(1, size + 1)
        spread = (0.25 + t * variance / 4) / (t + 1)
        bet = _bets(spread, t, alpha)
        half = (math.log(2 / alpha) + np.cumsum(variance * _psi(bet))) / np.cumsum(bet)
        enough = np.flatnonzero(2 * half <= distance)
        if len(enough):
            return int(t[enough[0]])
        size *= 4
    return None


def _bets(spread: Floats, t: np.ndarray, alpha: float) -> Floats:
    """Return the bets: known before each value, great where little varied so far."""
    raw = np.sqrt(2 * math.log(2 / alpha) / (spread * t * np.log1p(t)))
    return np.asarray(np.minimum(raw, MOST_BET))


def _psi(bet: Floats) -> Floats:
    return np.asarray((-np.log1p(-bet) - bet) / 4)


def _before(values: Floats, first: float) -> Floats:
    """Return each value one step later: what was known before."""
    start = np.full((*values.shape[:-1], 1), first)
    return np.concatenate((start, values[..., :-1]), axis=-1)
