"""How many false alarms a week, with the exact interval of a Poisson rate.

F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936): the bounds are the
means under which so few, or so many, alarms have a probability of 2.5 %. No scipy at run time.
"""

import math
from collections.abc import Callable

WEEK_S = 7 * 86_400
LEVEL = 0.95
LEAST_WEEKLY = 1.0
"""A history that cannot bound the false alarms below one a week is called short."""


def poisson_interval(seen: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the exact two-sided interval of the mean of a Poisson count.

    >>> [round(bound, 3) for bound in poisson_interval(0)]
    [0.0, 3.689]
    """
    tail = (1 - level) / 2
    low = 0.0 if seen == 0 else _solve(lambda mean: 1 - cumulated(seen - 1, mean), tail, seen)
    return low, _solve(lambda mean: 1 - cumulated(seen, mean), 1 - tail, seen)


def cumulated(most: int, mean: float) -> float:
    """Return P(N <= most) for a Poisson count of that mean."""
    if mean <= 0:
        return 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(most + 1))
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def a_week(seen: int, watched_s: float) -> tuple[float, tuple[float, float]]:
    """Return alarms a week and their 95 % interval; (0, inf) where nothing was watched."""
    if watched_s <= 0:
        return math.nan, (0.0, math.inf)
    weeks = watched_s / WEEK_S
    low, high = poisson_interval(seen)
    return seen / weeks, (low / weeks, high / weeks)


def days_needed(per_week: float = 1.0) -> float:
    """Return the days without any alarm after which the upper bound is `per_week`."""
    return 7 * poisson_interval(0)[1] / per_week


def what_is_short(watched_s: float) -> str | None:
    """Return what so little normal time leaves open; null where it can bound alarms to one a week.

    >>> what_is_short(3_600.0)[:67]
    'even without a false alarm there may be up to 620 a week (95 %); 26'
    >>> what_is_short(0.0)
    'nothing can be said of a week; 26 days would bound false alarms to one'
    """
    most = a_week(0, watched_s)[1][1]
    if most <= LEAST_WEEKLY:
        return None
    days = f"{days_needed(LEAST_WEEKLY):.0f} days"
    if math.isinf(most):
        return f"nothing can be said of a week; {days} would bound false alarms to one"
    return (
        f"even without a false alarm there may be up to {most:.0f} a week (95 %); {days} would "
        "bound them to one"
    )


def _solve(share: Callable[[float], float], wanted: float, seen: int) -> float:
    """Return the mean at which a share that rises with it is as wanted, by halving."""
    low, high = 0.0, seen + 10.0 * math.sqrt(seen + 1.0) + 20.0
    for _ in range(100):
        middle = (low + high) / 2
        if share(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
