"""Closed forms that the analysis stands on, in numpy: no scipy at run time.

Sources: beta-binomial marginals (Gelman et al., Bayesian Data Analysis, 2.4); Fisher's noncentral
hypergeometric distribution (McCullagh and Nelder, Generalized Linear Models, 7.3).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def log_factorials(largest: int) -> Floats:
    """Return ln(0!), ln(1!), … ln(largest!)."""
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, largest + 1, dtype=np.float64)))))


def log_beta_binomial(failed: Ints, tried: Ints, table: Floats) -> Floats:
    """Return ln of the marginal likelihood of `failed` of `tried` under a flat prior of the rate.

    The binomial coefficients are left out: they cancel in every ratio over the same cells.
    `table` holds ln(n!) up to the largest `tried` + 1.
    """
    return np.asarray(table[failed] + table[tried - failed] - table[tried + 1])


def log_split(exposed_failed: int, exposed: int, failed: int, tried: int, odds: Floats) -> Floats:
    """Return ln P(exposed failures | margins) under each odds ratio, less that under odds 1.

    Fisher's noncentral hypergeometric: given how many of the minute's `tried` failed, which of
    them were exposed? The minute's severity cancels. Shape of the result: that of `odds`.
    """
    low, high = max(0, failed + exposed - tried), min(exposed, failed)
    if low == high:
        return np.zeros_like(odds)
    counts = np.arange(low, high + 1)
    table = log_factorials(tried)
    weight = -(
        table[counts]
        + table[exposed - counts]
        + table[failed - counts]
        + table[tried - exposed - failed + counts]
    )
    log_odds = np.log(odds)[:, None]
    total = log_sum(weight + counts * log_odds, axis=1)
    central = log_sum(weight, axis=0)
    return np.asarray(exposed_failed * log_odds[:, 0] - total + central)


def log_sum(values: Floats, axis: int | None = None) -> Floats:
    """Return ln Σ exp(values) without overflow."""
    top = np.max(values, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        summed = np.log(np.sum(np.exp(values - top), axis=axis, keepdims=True)) + top
    return np.asarray(np.squeeze(summed, axis=axis) if axis is not None else summed.reshape(()))


def weighted_quantile(values: Floats, weights: Floats, shares: tuple[float, ...]) -> Floats:
    """Return the values below which each share of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return values[order][np.minimum(np.searchsorted(reached, shares), len(values) - 1)]


def rate_interval(failed: float, tried: float, z: float = 1.645) -> tuple[float, float]:
    """Return Wilson's interval of a rate (90 % by default); (0, 1) where nothing was tried."""
    if tried <= 0:
        return 0.0, 1.0
    rate, spread = failed / tried, z * z / tried
    middle = (rate + spread / 2) / (1 + spread)
    half = z * np.sqrt(rate * (1 - rate) / tried + spread / (4 * tried)) / (1 + spread)
    low = max(0.0, float(middle - half)) if failed else 0.0  # exactly, for people read it
    return low, min(1.0, float(middle + half)) if failed < tried else 1.0
