"""Find incidents: stretches of abnormal failures, the clearest series of each as its signal."""

from datetime import datetime
from typing import Any

from authlogs.analysis.fine_onset import onset_of
from authlogs.analysis.recovery import end_of_excess
from authlogs.analysis.result import Incident, Interval, Signal
from authlogs.analysis.series import MICROS, Grid, Series, find_grid
from authlogs.analysis.sightings import Sighting, find_sightings, leading
from authlogs.analysis.signals import seen_through
from authlogs.analysis.volume import MISSING, end_of_drop
from authlogs.analysis.windows import Stretch
from authlogs.engine.base import Events, as_events


def detect(events: Any) -> tuple[Incident, ...]:
    """Find the incidents in `events`, in order of onset, without blaming anything yet.

    Each has its onset with a 90 % interval, its recovery over all traffic, its signal and what
    began with it. An empty tuple means that nothing stood out; what counts as standing out is
    stated in `windows` and `sightings`.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> [incident.signal.reason for incident in al.detect(logs)]
    ['invalid_signature']
    """
    table = as_events(events)
    grid = find_grid(table)
    if grid is None:
        return ()
    chosen = leading(find_sightings(table, grid), grid)
    found = [_incident(table, grid, lead, echoes) for lead, echoes in chosen]
    return tuple(sorted(found, key=lambda incident: incident.onset))


def _incident(
    events: Events, grid: Grid, sighting: Sighting, echoes: tuple[Signal, ...]
) -> Incident:
    series, stretch, signal = sighting.series, sighting.stretch, sighting.signal
    edge_us = grid.start_us + stretch.first * grid.width_s * MICROS
    seen = seen_through(events, signal)
    onset = onset_of(seen, grid, (signal, *echoes), edge_us=edge_us, before=stretch.outside)
    over = _end(series, stretch, grid)
    return Incident(
        incident_id=f"{onset.median:%Y-%m-%dT%H%MZ}-{series.service or 'any'}-{series.reason}",
        status="over" if over else "ongoing",
        onset=onset.median,
        onset_interval=(grid.at(0), onset.interval[1]) if stretch.first == 0 else onset.interval,
        recovered=over[0] if over else None,
        recovered_interval=over[1] if over else None,
        signal=signal,
        echoes=echoes,
    )


def _end(series: Series, stretch: Stretch, grid: Grid) -> tuple[datetime, Interval] | None:
    """Return the recovery over all traffic and its interval; null while the incident goes on."""
    if series.reason == MISSING:
        return end_of_drop(stretch, grid)
    return end_of_excess(
        series.failed, series.tried, grid, rate=stretch.outside, since=stretch.last - 1
    )
