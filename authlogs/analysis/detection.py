"""Find incidents: stretches of abnormal failures, the clearest series of each as its signal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from authlogs.analysis.challenges import UNRESOLVED
from authlogs.analysis.onset import BIN_S, Instants, first_failure
from authlogs.analysis.recovery import end_of_excess
from authlogs.analysis.result import Incident, Interval, Signal
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import (
    ATTEMPTS,
    MICROS,
    Grid,
    Series,
    dense,
    find_grid,
)
from authlogs.analysis.signals import every_series, seen_through
from authlogs.analysis.volume import MISSING, end_of_drop, is_sharp, onset_of_drop
from authlogs.analysis.windows import Stretch, find_stretches
from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql

SAME_S = 900
"""Stretches closer than this belong together."""
LEAST_CROWD = 5
"""Fewer different people than this are somebody's loop, and no incident."""
MOST_FINE_BINS = 800
BEFORE_S, AFTER_S = 900, 2_400
FIVE_MINUTES = whole('unix_micros("time")', "300000000")
FINE = f"""
WITH attempts AS (
    SELECT unix_micros("time") AS at_us, {PERSON} AS person,
           outcome = 'failure' AND coalesce(reason, 'unspecified') = $5 AS hit,
           outcome = 'success' AS well
    FROM events
    WHERE {ATTEMPTS} AND unix_micros("time") >= $1 AND unix_micros("time") < $2
      AND service IS NOT DISTINCT FROM $3 AND event_type = $4)
SELECT {whole("(at_us - $1)", "$6")} AS bin, count(DISTINCT person) FILTER (WHERE hit) AS failed,
       count(DISTINCT person) FILTER (WHERE hit OR well) AS tried,
       min(at_us) FILTER (WHERE hit) AS first_us
FROM attempts GROUP BY ALL ORDER BY bin
"""
CROWD = f"""
SELECT count(DISTINCT {PERSON}) AS people, count({PERSON}) AS named FROM events
WHERE outcome = 'failure' AND unix_micros("time") >= $1 AND unix_micros("time") < $2
  AND service IS NOT DISTINCT FROM $3 AND event_type = $4
  AND coalesce(reason, 'unspecified') = $5
"""
REPEATS = f"""
SELECT count(*) / greatest(1, count(DISTINCT (person, five))) AS repeats
FROM (SELECT {PERSON} AS person, {FIVE_MINUTES} AS five FROM events
      WHERE outcome = 'failure' AND unix_micros("time") >= $1 AND unix_micros("time") < $2
        AND service IS NOT DISTINCT FROM $3 AND event_type = $4
        AND coalesce(reason, 'unspecified') = $5)
"""


@dataclass(frozen=True, eq=False)
class Sighting:
    """An abnormal stretch of one series."""

    series: Series
    stretch: Stretch

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """Order of clarity: failures before missing attempts, authentication before a proxy."""
        proxy = self.series.event_type == "http_request"
        return self.series.reason == MISSING, proxy, -self.stretch.score


def detect(events: Any) -> tuple[Incident, ...]:
    """Find the incidents in `events`, in order of onset, without blaming anything yet.

    Each has its onset with a 90 % interval, its recovery over all traffic, and its signal. An empty
    tuple means that nothing stood out; what counts as standing out is stated in `windows`.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> [incident.signal.reason for incident in al.detect(logs)]
    ['invalid_signature']
    """
    table = as_events(events)
    grid = find_grid(table)
    if grid is None:
        return ()
    quiet = max(1, SAME_S // grid.width_s)
    sightings = [
        Sighting(series, stretch)
        for series in every_series(table, grid)
        for stretch in _joined(find_stretches(series, quiet_bins=quiet), grid)
        if _stands(table, grid, series, stretch)
    ]
    found = [_incident(table, grid, sighting) for sighting in _leading(sightings, grid)]
    return tuple(sorted(found, key=lambda incident: incident.onset))


def onset_of(
    events: Events, grid: Grid, signal: Signal, *, edge_us: int, before: float
) -> Instants:
    """Return the posterior of the onset near `edge_us`, refined on bins of a few seconds.

    `before` is the failure rate outside the incident.
    """
    if signal.reason == MISSING:
        return onset_of_drop(events, grid, signal, edge_us)
    first = max(grid.start_us, edge_us - BEFORE_S * MICROS)
    last = min(grid.end_us, edge_us + max(AFTER_S, 2 * grid.width_s) * MICROS)
    key = [signal.service, signal.event_type, signal.reason]
    bin_s = max(BIN_S, -(-(last - first) // (MOST_FINE_BINS * MICROS)))
    rows = run_sql(FINE, [first, last, *key, bin_s * MICROS], events=events)
    bins = -(-(last - first) // (bin_s * MICROS))
    failed, tried = dense(rows, "failed", bins), dense(rows, "tried", bins)
    if signal.denominator == "none":
        tried = np.full(bins, max(1, int(failed.max())) * 10)
    middles = np.arange(bins, dtype=np.float64) + 0.5
    times = np.asarray(first + middles * bin_s * MICROS, dtype=np.float64)
    repeats = run_sql(REPEATS, [first, last, *key], events=events)["repeats"][0].as_py()
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
    return Instants(np.where(exact > 0, exact, times), found.weights, bin_s)


def _stands(events: Events, grid: Grid, series: Series, stretch: Stretch) -> bool:
    """Tell whether a stretch is more than somebody's loop, and a drop more than an evening."""
    if series.reason == MISSING:
        return is_sharp(series, stretch)
    return series.reason == UNRESOLVED or _crowd(events, grid, series, stretch) >= LEAST_CROWD


def _crowd(events: Events, grid: Grid, series: Series, stretch: Stretch) -> int:
    """Count the different people who failed in a stretch; unnamed ones count as many."""
    width = grid.width_s * MICROS
    edges = [grid.start_us + place * width for place in (stretch.first, stretch.last)]
    key = [series.service, series.event_type, series.reason]
    told = run_sql(CROWD, [*edges, *key], events=events).to_pylist()[0]
    return int(told["people"]) if told["named"] else LEAST_CROWD


def _joined(stretches: list[Stretch], grid: Grid) -> list[Stretch]:
    """Join the stretches of one series that follow each other closely."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and (stretch.first - joined[-1].last) * grid.width_s <= SAME_S:
            before = joined.pop()
            score = max(before.score, stretch.score)
            joined.append(Stretch(before.first, stretch.last, score, before.inside, before.outside))
        else:
            joined.append(stretch)
    return joined


def _leading(sightings: list[Sighting], grid: Grid) -> list[Sighting]:
    """Return the sightings that stand for an incident; those that begin inside one are its echo."""
    leading: list[Sighting] = []
    slack = SAME_S // grid.width_s
    for sighting in sorted(sightings, key=lambda s: s.rank):
        start = sighting.stretch.first
        if not any(
            other.stretch.first - slack <= start < other.stretch.last + slack for other in leading
        ):
            leading.append(sighting)
    return leading


def _incident(events: Events, grid: Grid, sighting: Sighting) -> Incident:
    series, stretch = sighting.series, sighting.stretch
    signal = Signal(
        service=series.service,
        event_type=series.event_type,
        reason=series.reason,
        denominator=series.denominator,
    )
    edge_us = grid.start_us + stretch.first * grid.width_s * MICROS
    seen = seen_through(events, signal)
    onset = onset_of(seen, grid, signal, edge_us=edge_us, before=stretch.outside)
    over = _end(series, stretch, grid)
    return Incident(
        incident_id=f"{onset.median:%Y-%m-%dT%H%MZ}-{series.service or 'any'}-{series.reason}",
        status="over" if over else "ongoing",
        onset=onset.median,
        onset_interval=(grid.at(0), onset.interval[1]) if stretch.first == 0 else onset.interval,
        recovered=over[0] if over else None,
        recovered_interval=over[1] if over else None,
        signal=signal,
    )


def _end(series: Series, stretch: Stretch, grid: Grid) -> tuple[datetime, Interval] | None:
    """Return the recovery over all traffic and its interval; null while the incident goes on."""
    if series.reason == MISSING:
        return end_of_drop(stretch, grid)
    return end_of_excess(
        series.failed, series.tried, grid, rate=stretch.outside, since=stretch.last - 1
    )
