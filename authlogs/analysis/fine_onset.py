"""The onset to the second: the failures near a stretch's first bin, counted in bins of seconds."""

from dataclasses import replace

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.onset import BIN_S, Instants, first_failure
from authlogs.analysis.result import Signal
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import ATTEMPTS, MICROS, Grid, dense
from authlogs.analysis.volume import MISSING, onset_of_drop, within
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

MOST_FINE_BINS = 800
BEFORE_S, AFTER_S = 900, 2_400
CLOCKS_S = 5.0
"""Clocks of hosts differ by seconds: no interval is told closer than this to either side."""
NEAR_US = 120 * MICROS
ENOUGH_FAILED = 60
QUIET_US, ECHO_US = 300 * MICROS, 180 * MICROS
LEAST_TRIED = 30
LEAST_BEFORE = 1e-5
MOST_ECHOES = 3
SHARP_S = 60.0
"""An echo tells the onset where its own is known to a minute."""
FIVE_MINUTES = whole('unix_micros("time")', "300000000")
FINE = f"""
WITH attempts AS (
    SELECT unix_micros("time") AS at_us, {PERSON} AS person,
           outcome = 'failure' AND coalesce(reason, 'unspecified') = $5 AS hit,
           outcome = 'success' AS well
    FROM events
    WHERE {ATTEMPTS} AND unix_micros("time") >= $1 AND unix_micros("time") < $2
      AND service IS NOT DISTINCT FROM $3 AND event_type = $4 AND {{part}})
SELECT {whole("(at_us - $1)", "$6")} AS bin, count(DISTINCT person) FILTER (WHERE hit) AS failed,
       count(DISTINCT person) FILTER (WHERE hit OR well) AS tried,
       min(at_us) FILTER (WHERE hit) AS first_us
FROM attempts GROUP BY ALL ORDER BY bin
"""
REPEATS = f"""
SELECT count(*) / greatest(1, count(DISTINCT (person, five))) AS repeats
FROM (SELECT {PERSON} AS person, {FIVE_MINUTES} AS five FROM events
      WHERE outcome = 'failure' AND unix_micros("time") >= $1 AND unix_micros("time") < $2
        AND service IS NOT DISTINCT FROM $3 AND event_type = $4
        AND coalesce(reason, 'unspecified') = $5)
"""


def onset_of(
    events: Events, grid: Grid, signals: tuple[Signal, ...], *, edge_us: int, before: float
) -> Instants:
    """Return the posterior of the onset near `edge_us`, refined on bins of a few seconds.

    `signals`: the incident's own, and those that began with it; where one of these surely began
    earlier, and as sharply, its first failure is the onset. `before` is the failure rate of the
    incident's own signal outside it.
    """
    if signals[0].reason == MISSING:
        return onset_of_drop(events, grid, signals[0], edge_us)
    found = _onset(events, grid, signals[0], edge_us, before)
    for signal in signals[1 : 1 + MOST_ECHOES]:
        echo = _onset(events, grid, signal, edge_us, None)
        low, high = echo.interval
        sharp = (high - low).total_seconds() <= SHARP_S
        if sharp and high < found.interval[0]:
            found = echo
    return found


def _onset(
    events: Events, grid: Grid, signal: Signal, edge_us: int, before: float | None
) -> Instants:
    """Return the onset in one series; `before` is its usual rate where that is known."""
    first = max(grid.start_us, edge_us - BEFORE_S * MICROS)
    last = min(grid.end_us, edge_us + max(AFTER_S, 2 * grid.width_s) * MICROS)
    bin_s = max(BIN_S, -(-(last - first) // (MOST_FINE_BINS * MICROS)))
    key = [signal.service, signal.event_type, signal.reason]
    part, word = within(signal, 7)
    params = [first, last, *key, bin_s * MICROS, *word]
    rows = run_sql(FINE.format(part=part), params, events=events)
    bins = -(-(last - first) // (bin_s * MICROS))
    failed, tried = dense(rows, "failed", bins), dense(rows, "tried", bins)
    if signal.denominator == "none":
        tried = np.full(bins, max(1, int(failed.max())) * 10)
    times = first + (np.arange(bins, dtype=np.float64) + 0.5) * bin_s * MICROS
    repeats = run_sql(REPEATS, [first, last, *key], events=events)["repeats"][0].as_py()
    late = times >= edge_us
    early = _early_rate(failed, tried, times, edge_us, unseen=0.0 if before is not None else 0.5)
    kept = _first_of_it(times, failed, edge_us)
    found = first_failure(
        times[:kept],
        failed[:kept],
        tried[:kept],
        before=min(0.5, max(before or 0.0, early, LEAST_BEFORE)),
        inside=failed[late].sum() / max(1, tried[late].sum()),
        temper=max(1.0, repeats),
        bin_s=bin_s,
    )
    exact = dense(rows, "first_us", bins)[:kept]
    return replace(found, times=np.where(exact > 0, exact, times[:kept]), slack_s=CLOCKS_S)


def _first_of_it(times: Floats, failed: Ints, edge_us: int) -> int:
    """Return how many bins to look at: until enough failures show how it began.

    How severe the fault is later on wanders, and would be taken for a ramp.
    """
    near = times >= edge_us - NEAR_US
    reached = np.flatnonzero(np.cumsum(failed * near) >= ENOUGH_FAILED)
    least = int((times < edge_us + NEAR_US).sum())
    return max(least, int(reached[0]) + 1) if len(reached) else len(times)


def _early_rate(failed: Ints, tried: Ints, times: Floats, edge_us: int, *, unseen: float) -> float:
    """Return the failure rate well before the edge; in short logs as far before it as they tell.

    An echo may have begun three bins before the edge that it is the echo of. `unseen` failures are
    added where nothing else says how usual they are.
    """
    for ahead_us in (QUIET_US, ECHO_US):
        early = times < edge_us - ahead_us
        if tried[early].sum() >= LEAST_TRIED:
            return float((failed[early].sum() + unseen) / (tried[early].sum() + 2 * unseen))
    return 0.0
