"""Everything that the theories and the evidence of one incident look at, gathered once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.absent_parts import carrier_of
from authlogs.analysis.carriers import Carrier, find_carriers, told_dimensions
from authlogs.analysis.exposure import Exposure, expose
from authlogs.analysis.fine_onset import onset_of
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.onset import Instants
from authlogs.analysis.priors import Priors
from authlogs.analysis.recovery import end_of_excess
from authlogs.analysis.result import Incident, Interval, Recovery
from authlogs.analysis.rollouts import fold_rollouts
from authlogs.analysis.series import ATTEMPTS, MICROS, Grid, Series, find_grid, micros, moment
from authlogs.analysis.signals import seen_through, series_of
from authlogs.analysis.split import Attempts, attempts_of
from authlogs.analysis.units import Bools, Units, gather_units
from authlogs.analysis.volume import MISSING
from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall

CENSORED_S = 120
"""An onset this close to the first attempt of the logs may lie before them."""
NEW_S = 300
"""A token first presented this soon after its issue counts as a new sign-in."""
GROUP = """
SELECT reason_group, count(*) AS times FROM events
WHERE outcome = 'failure' AND service IS NOT DISTINCT FROM $1 AND event_type = $2
  AND coalesce(reason, 'unspecified') = $3 AND reason_group IS NOT NULL
GROUP BY reason_group ORDER BY times DESC, reason_group LIMIT 1
"""
STEPS = f"""
SELECT count(DISTINCT event_type) AS steps FROM events
WHERE {ATTEMPTS} AND service IS NOT DISTINCT FROM $1
"""


@dataclass(frozen=True, eq=False)
class Case:
    """One incident with its events, changes, units and clocks."""

    events: Events
    changes: pa.Table
    incident: Incident
    grid: Grid
    series: Series
    units: Units
    exposures: tuple[Exposure, ...]
    onset: Instants
    priors: Priors
    reason_group: str | None
    baseline: float
    """Failure rate of the signal outside the incident, in people."""

    @property
    def span_s(self) -> float:
        """Length of the analysed stretch in seconds."""
        return float(self.grid.bins * self.grid.width_s)

    @property
    def start_us(self) -> float:
        return float(micros(self.incident.onset))

    @property
    def end_us(self) -> float:
        """End of the incident over all traffic; the end of the data while it goes on."""
        over = self.incident.recovered
        return float(micros(over)) if over else float(self.grid.end_us)

    @property
    def censored(self) -> bool:
        """Whether the incident may have begun before the logs: then its onset tells nothing."""
        edge = self.grid.start_us + CENSORED_S * MICROS
        return self.start_us < edge and self.grid.bins > 2

    @cached_property
    def inside(self) -> Bools:
        """Units first used inside the incident."""
        return (self.units.used_us >= self.start_us) & (self.units.used_us < self.end_us)

    @cached_property
    def attempts(self) -> Attempts:
        """The units that a split looks at."""
        return attempts_of(self.units, self.inside, self.start_us, self.end_us)

    @cached_property
    def carriers(self) -> dict[str, Carrier]:
        """The value of each dimension that the failures keep to most, or who stays away."""
        width = self.grid.width_s * MICROS
        edges = (int((at - self.grid.start_us) // width) for at in (self.start_us, self.end_us))
        absent = carrier_of(self.series, slice(*edges), self.units, self.inside)
        if absent:
            return {absent.dimension: absent}
        return find_carriers(self.units, self.attempts, self.start_us)

    @cached_property
    def told_dimensions(self) -> frozenset[str]:
        """The dimensions of which the logs tell enough for failures to be seen to keep to one."""
        return told_dimensions(self.units, self.attempts, self.start_us)

    @cached_property
    def fresh(self) -> Bools:
        """Units that were used as soon as they were issued: sign-ins, not old sessions."""
        age = self.units.used_us - self.units.issued_us
        return np.nan_to_num(age, nan=np.inf) <= NEW_S * MICROS

    @cached_property
    def new_sign_ins(self) -> Recovery | None:
        """When new sign-ins were well again; null while they are not, or where none failed."""
        if self.incident.signal.reason == MISSING:
            return None
        failed = self.per_bin(self.fresh & self.units.failed)
        tried = self.per_bin(self.fresh)
        outside = ~self.inside & self.fresh
        rate = (self.units.failed[outside].sum() + 0.5) / (outside.sum() + 1.0)
        since = int((self.start_us - self.grid.start_us) // (self.grid.width_s * MICROS))
        over = end_of_excess(failed, tried, self.grid, rate=float(rate), since=since)
        return Recovery(time=over[0], interval=over[1]) if over else None

    @property
    def recovered_us(self) -> float | None:
        """The recovery that theories are held to: new sign-ins where known, else all traffic."""
        moment_of = self.new_sign_ins.time if self.new_sign_ins else self.incident.recovered
        return float(micros(moment_of)) if moment_of else None

    def per_bin(self, chosen: Bools) -> Ints:
        """Count the chosen units per bin of the grid, by first use."""
        places = (self.units.used_us[chosen] - self.grid.start_us) // (self.grid.width_s * MICROS)
        kept = places[(places >= 0) & (places < self.grid.bins)].astype(np.int64)
        return np.bincount(kept, minlength=self.grid.bins).astype(np.int64)

    @cached_property
    def passed(self) -> pa.Table:
        """The services on the path of the units, as a table of one column."""
        path = sorted({service for _, service in self.units.builds})
        return pa.table({"service": pa.array(path, pa.string())})

    @cached_property
    def step_share(self) -> float:
        """One in so many steps that the signal's service takes part in."""
        told = run_sql(STEPS, [self.incident.signal.service], events=self.events)
        return 1.0 / max(1, int(told["steps"][0].as_py()))

    @property
    def analysed(self) -> Interval:
        return moment(self.grid.start_us), moment(self.grid.end_us)


def open_case(incident: Incident, events: Any, changes: pa.Table, priors: Priors) -> Case:
    """Gather what attribution needs. Raises BadCall where `events` hold no attempts at all."""
    table = as_events(events)
    grid = find_grid(table)
    if grid is None:
        raise BadCall("these events hold no attempts", next_step="pass the events of detect()")
    signal = incident.signal
    key = (signal.service, signal.event_type, signal.reason)
    series = series_of(table, grid, signal)
    if series is None:
        raise BadCall(
            f"the incident's signal {key} is not in these events",
            next_step="pass the events that the incident was detected in",
        )
    changes = fold_rollouts(changes)
    before = baseline_of(series, incident, grid)
    table = seen_through(table, signal)
    units = gather_units(table, incident)
    group = run_sql(GROUP, key, events=table)["reason_group"].to_pylist()
    return Case(
        events=table,
        changes=changes,
        incident=incident,
        grid=grid,
        series=series,
        units=units,
        exposures=tuple(expose(changes, units)),
        onset=onset_of(
            table,
            grid,
            (signal, *incident.echoes),
            edge_us=micros(incident.onset),
            before=before,
        ),
        priors=priors,
        reason_group=group[0] if group else None,
        baseline=before,
    )


def baseline_of(series: Series, incident: Incident, grid: Grid) -> float:
    """Return the share of people who fail outside the incident, never quite 0."""
    times = grid.start_us + np.arange(grid.bins) * grid.width_s * MICROS
    end = micros(incident.recovered) if incident.recovered else grid.end_us
    outside = (times < micros(incident.onset) - grid.width_s * MICROS) | (times >= end)
    return float((series.failed[outside].sum() + 0.5) / (series.tried[outside].sum() + 1.0))
