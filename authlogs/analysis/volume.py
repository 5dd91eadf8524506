"""Attempts that never came: a dead sign-in page makes fewer requests, and no failure at all.

The level to be expected is the lower of what was usual in the three hours before and after, so that
mornings and evenings are no drop; a drop must also begin sharply.
"""

from datetime import datetime

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.onset import Instants
from authlogs.analysis.recovery import QUIET_S
from authlogs.analysis.result import Interval, Signal
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import ATTEMPTS, MICROS, Grid, People, Series, dense
from authlogs.analysis.windows import Stretch
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

MISSING = "fewer_attempts"
"""The signal's reason where attempts are missing."""
FLANK_S = 10_800
LEAST_FLANK = 20
USUAL = 0.6
"""The quantile of a flank that counts as its level: a drop may fill some of it."""
LEAST_LEVEL = 2.0
SHARP_BINS = 15
SHARP, SURE = 0.8, 4.0
"""A drop begins where these bins surely hold less than this share of as many before: that many
standard errors below them."""
LEAST_MISSING, MOSTLY, CLEAR_SCORE = 0.2, 0.5, 100.0
"""A drop by less than half must be very clear: demand wanders by a fifth."""
STEP_S = 5
SLACK_S = 5.0
BEFORE_S, AFTER_S = 900, 900
FINE = f"""
SELECT {whole('(unix_micros("time") - $1)', "$5")} AS bin, count(DISTINCT {PERSON}) AS people
FROM events
WHERE {ATTEMPTS} AND unix_micros("time") >= $1 AND unix_micros("time") < $2
  AND service IS NOT DISTINCT FROM $3 AND event_type = $4 AND {{part}}
GROUP BY ALL ORDER BY bin
"""


def missing_series(people: People, grid: Grid) -> list[Series]:
    """Return, for each service and event type, the people that were missing of those expected."""
    sums: dict[tuple[str | None, str], Ints] = {}
    for (service, event_type, _), number in people.items():
        sums[service, event_type] = sums.get((service, event_type), 0) + number
    made = []
    for (service, event_type), tried in sorted(sums.items(), key=lambda item: str(item[0])):
        level = expected(tried, grid)
        if np.median(level) >= LEAST_LEVEL:
            missing = np.maximum(0, np.rint(level).astype(np.int64) - tried)
            made.append(Series(service, event_type, MISSING, missing, missing + tried, "attempts"))
    return made


def within(signal: Signal, place: int) -> tuple[str, list[str]]:
    """Return the SQL condition of the part that a signal keeps to, and its value, $`place`."""
    told = [(f"{name} = ${place}", [word]) for name, word in (signal.where or {}).items()]
    return told[0] if told else ("true", [])


def is_sharp(series: Series, stretch: Stretch) -> bool:
    """Tell whether a good part of the attempts is missing, and from one moment on."""
    came = (series.tried - series.failed).astype(np.float64)
    before = came[max(0, stretch.first - SHARP_BINS) : max(0, stretch.first - 1)]
    after = came[stretch.first + 1 : min(stretch.last, stretch.first + 1 + SHARP_BINS)]
    if len(before) < SHARP_BINS // 2 or not len(after):
        return False
    spread = sum(max(part.var(), part.mean()) / len(part) for part in (before, after))
    fell = before.mean() - after.mean()
    sharp = after.mean() <= SHARP * before.mean() and fell >= SURE * np.sqrt(spread)
    clear = stretch.inside >= MOSTLY or stretch.score >= CLEAR_SCORE
    return bool(stretch.inside >= LEAST_MISSING and sharp and clear)


def end_of_drop(stretch: Stretch, grid: Grid) -> tuple[datetime, Interval] | None:
    """Return when attempts came again, to a bin; null where the data end before it is sure."""
    if (grid.bins - stretch.last) * grid.width_s < QUIET_S:
        return None
    return grid.at(stretch.last), (grid.at(stretch.last - 1), grid.at(stretch.last + 1))


def onset_of_drop(events: Events, grid: Grid, signal: Signal, edge_us: int) -> Instants:
    """Return the posterior of the moment from which attempts are missing: a Poisson step."""
    first = max(grid.start_us, edge_us - BEFORE_S * MICROS)
    last = min(grid.end_us, edge_us + AFTER_S * MICROS)
    params = [first, last, signal.service, signal.event_type, STEP_S * MICROS]
    part, word = within(signal, 6)
    bins = int(-(-(last - first) // (STEP_S * MICROS)))
    rows = run_sql(FINE.format(part=part), [*params, *word], events=events)
    came = dense(rows, "people", bins).astype(np.float64)
    times = first + np.arange(bins, dtype=np.float64) * STEP_S * MICROS
    ahead = times < edge_us - 120 * MICROS
    behind = times >= edge_us + 120 * MICROS
    high = max(0.05, float(came[ahead].mean()) if ahead.any() else 0.05)
    low = max(1e-3, min(high / 2, float(came[behind].mean()) if behind.any() else high / 10))
    gain = np.concatenate(([0.0], np.cumsum(came * np.log(high / low) - (high - low))))[:-1]
    weights = np.exp(gain - gain.max())
    return Instants(times, weights / weights.sum(), STEP_S, SLACK_S)


def expected(tried: Ints | Floats, grid: Grid) -> Floats:
    """Return the level per bin: the lower of what is usual before and after."""
    width = max(LEAST_FLANK, FLANK_S // grid.width_s)
    padded = np.pad(tried.astype(np.float64), width, constant_values=np.nan)
    views = np.lib.stride_tricks.sliding_window_view(padded, width)
    with np.errstate(all="ignore"):
        usual = _quantile(views)
    bins = len(tried)
    before, after = usual[:bins], usual[width + 1 : width + 1 + bins]
    seen = np.arange(bins)
    before = np.where(seen >= LEAST_FLANK, before, np.nan)
    after = np.where(bins - 1 - seen >= LEAST_FLANK, after, np.nan)
    return np.nan_to_num(np.fmin(before, after))


def _quantile(views: Floats) -> Floats:
    """Return the usual level of each flank; padding is left out."""
    told = np.isfinite(views).sum(axis=1)
    ordered = np.sort(views, axis=1)  # NaN comes last
    place = np.clip((USUAL * (told - 1)).astype(np.int64), 0, views.shape[1] - 1)
    return np.asarray(np.take_along_axis(ordered, place[:, None], axis=1)[:, 0])
