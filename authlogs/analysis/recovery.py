"""When was it over: the end of the excess, and how surely it is the end."""

import math
from datetime import datetime, timedelta

import numpy as np

from authlogs.analysis.likelihood import Ints
from authlogs.analysis.result import Interval
from authlogs.analysis.series import Grid

QUIET_S = 900
"""How long the excess must stay inside the band before an incident counts as over."""
TAIL_SHARE = 0.01


def excess_bins(failed: Ints, tried: Ints, rate: float) -> Ints:
    """Return the bins in which more people failed than `rate` explains (99 % of a Poisson)."""
    return np.flatnonzero(failed > _most_expected(tried * rate))


def last_excess(failed: Ints, tried: Ints, grid: Grid, *, rate: float, since: int) -> int:
    """Return the last bin before the excess stays in the band for the quiet time."""
    loud = [int(b) for b in excess_bins(failed, tried, rate) if b >= since] or [since]
    quiet = max(1, QUIET_S // grid.width_s)
    following = [*loud[1:], grid.bins + quiet]
    return next(b for b, after in zip(loud, following, strict=True) if after - b >= quiet)


def end_of_excess(
    failed: Ints, tried: Ints, grid: Grid, *, rate: float, since: int
) -> tuple[datetime, Interval] | None:
    """Return the first minute after which the excess stays in the band, and its 90 % interval.

    `since` is a bin inside the incident. Null when the data end before the quiet time is over.
    Failures before the end come at gaps; the interval's far end is where a longer gap than 95 % of
    them would have been needed for the fault to be still there.
    """
    quiet = max(1, QUIET_S // grid.width_s)
    last = last_excess(failed, tried, grid, rate=rate, since=since)
    heard = np.flatnonzero(tried[last + 1 :])
    if grid.bins - last - 1 < quiet or not len(heard):
        return None
    recent = failed[max(since, last - 30) : last + 1]
    gap_s = grid.width_s * len(recent) / max(1, int(recent.sum()))
    over = grid.at(last + 1)
    slack = timedelta(seconds=max(grid.width_s, gap_s * math.log(20)))
    return over, (over - timedelta(seconds=grid.width_s), over + slack)


def _most_expected(mean: np.ndarray) -> np.ndarray:
    """Return the 99 % quantile of Poisson counts, by the Wilson-Hilferty approximation."""
    few = mean < -math.log1p(-TAIL_SHARE)
    safe = np.maximum(mean, 1e-9)
    cube = safe * (1 - 1 / (9 * safe) + 2.326 / (3 * np.sqrt(safe))) ** 3
    return np.where(few, 0, np.ceil(np.maximum(cube, 1)))
