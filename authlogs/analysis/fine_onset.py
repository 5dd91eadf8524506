"""The onset to the second: the failures near a stretch's first bin, counted in bins of seconds."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from authlogs.analysis.onset import BIN_S, Instants, first_failure
from authlogs.analysis.result import Signal
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import ATTEMPTS, MICROS, Grid, dense
from authlogs.analysis.volume import MISSING, onset_of_drop
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

MOST_FINE_BINS = 800
BEFORE_S, AFTER_S = 900, 2_400
CLOCKS_S = 5.0
"""Clocks of hosts differ by seconds: no interval is told closer than this to either side."""
FIVE_MINUTES = whole('unix_micros("time")', "300000000")
STEP = "coalesce(service, '') || '|' || event_type"
NEAR = f"""
SELECT unix_micros("time") AS at_us, {PERSON} AS person, {FIVE_MINUTES} AS five,
       outcome = 'failure' AND {STEP} || '|' || coalesce(reason, 'unspecified') IN (
           SELECT said FROM signals) AS hit,
       outcome = 'success' AS well
FROM events
WHERE {ATTEMPTS} AND unix_micros("time") >= $1 AND unix_micros("time") < $2
  AND {STEP} IN (SELECT step FROM signals)
"""
FINE = f"""
WITH attempts AS ({NEAR})
SELECT {whole("(at_us - $1)", "$3")} AS bin, count(DISTINCT person) FILTER (WHERE hit) AS failed,
       count(DISTINCT person) FILTER (WHERE hit OR well) AS tried,
       min(at_us) FILTER (WHERE hit) AS first_us
FROM attempts GROUP BY ALL ORDER BY bin
"""
REPEATS = f"""
WITH attempts AS ({NEAR})
SELECT count(*) / greatest(1, count(DISTINCT (person, five))) AS repeats FROM attempts WHERE hit
"""


def onset_of(
    events: Events, grid: Grid, signals: tuple[Signal, ...], *, edge_us: int, before: float
) -> Instants:
    """Return the posterior of the onset near `edge_us`, refined on bins of a few seconds.

    `signals`: the incident's own, and those that began with it; a failure of any may be the first.
    `before` is the failure rate outside the incident.
    """
    signal = signals[0]
    if signal.reason == MISSING:
        return onset_of_drop(events, grid, signal, edge_us)
    first = max(grid.start_us, edge_us - BEFORE_S * MICROS)
    last = min(grid.end_us, edge_us + max(AFTER_S, 2 * grid.width_s) * MICROS)
    bin_s = max(BIN_S, -(-(last - first) // (MOST_FINE_BINS * MICROS)))
    told = {"events": events, "signals": _table(signals)}
    rows = run_sql(FINE, [first, last, bin_s * MICROS], **told)
    bins = -(-(last - first) // (bin_s * MICROS))
    failed, tried = dense(rows, "failed", bins), dense(rows, "tried", bins)
    if signal.denominator == "none":
        tried = np.full(bins, max(1, int(failed.max())) * 10)
    times = first + (np.arange(bins, dtype=np.float64) + 0.5) * bin_s * MICROS
    repeats = run_sql(REPEATS, [first, last], **told)["repeats"][0].as_py()
    late = times >= edge_us
    found = first_failure(
        times,
        failed,
        tried,
        before=min(before, 0.5),
        inside=failed[late].sum() / max(1, tried[late].sum()),
        temper=max(1.0, repeats),
        bin_s=bin_s,
    )
    exact = dense(rows, "first_us", bins)
    return replace(found, times=np.where(exact > 0, exact, times), slack_s=CLOCKS_S)


def _table(signals: tuple[Signal, ...]) -> pa.Table:
    steps = [f"{signal.service or ''}|{signal.event_type}" for signal in signals]
    said = [f"{step}|{signal.reason}" for step, signal in zip(steps, signals, strict=True)]
    return pa.table({"step": steps, "said": said})
