"""Failures and attempts per bin of time, counted in people: the series in which incidents show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.likelihood import Ints
from authlogs.analysis.rollups import PERSON, whole
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

MICROS = 1_000_000
MOST_BINS = 3_000
FEWEST_FAILING = 10
"""A series in which fewer people than this ever failed is not searched."""
ATTEMPTS = "\"time\" IS NOT NULL AND event_type <> 'other' AND outcome IN ('success', 'failure')"
BIN = whole('(unix_micros("time") - $1)', "$2")
"""The bin of an event on a grid that starts at $1, with bins of $2 microseconds."""
STRETCHES = f"""
WITH hours AS (
    SELECT {whole('unix_micros("time")', "3600000000")} AS hour, count(*) AS n,
           min(unix_micros("time")) AS first, max(unix_micros("time")) AS last
    FROM events WHERE {ATTEMPTS} GROUP BY ALL),
marked AS (
    SELECT *, CASE WHEN hour - lag(hour) OVER (ORDER BY hour) > 24 THEN 1 ELSE 0 END AS fresh
    FROM hours),
numbered AS (SELECT *, sum(fresh) OVER (ORDER BY hour) AS stretch FROM marked)
SELECT min(first) AS first, max(last) AS last, sum(n) AS n
FROM numbered GROUP BY stretch ORDER BY n DESC, first
"""
ONE_STEP = "service IS NOT DISTINCT FROM $4 AND event_type = $5"
EDGES = 'SELECT min("time") AS first, max("time") AS last FROM events'
COUNTS = f"""
WITH attempts AS (
    SELECT {BIN} AS bin, service, event_type, outcome, {PERSON} AS person,
           CASE WHEN outcome = 'failure' THEN coalesce(reason, 'unspecified') END AS reason
    FROM events WHERE {ATTEMPTS} AND unix_micros("time") BETWEEN $1 AND $3 AND {{chosen}})
SELECT service, event_type, reason, bin, count(DISTINCT person) AS people
FROM attempts GROUP BY ALL
ORDER BY ALL NULLS LAST
"""


@dataclass(frozen=True)
class Grid:
    """Bins of equal width: `start_us` since the epoch, `width_s` seconds each, `bins` of them."""

    start_us: int
    width_s: int
    bins: int

    @property
    def end_us(self) -> int:
        return self.start_us + self.bins * self.width_s * MICROS

    def at(self, place: float) -> datetime:
        """Return the time at a place counted in bins."""
        return moment(self.start_us + place * self.width_s * MICROS)


People = Mapping[tuple[str | None, str, str | None], Ints]
"""Distinct people per bin, by service, event type and reason."""


@dataclass(frozen=True, eq=False)
class Series:
    """People failing for one reason, and these with those who succeeded, per bin.

    `where`: the part of the traffic that is looked at, a dimension and its value; null for all.
    """

    service: str | None
    event_type: str
    reason: str
    failed: Ints
    tried: Ints
    denominator: Literal["attempts", "none"]
    where: tuple[str, str] | None = None


def moment(micros: float) -> datetime:
    """Return the aware UTC time of microseconds since the epoch."""
    return datetime.fromtimestamp(round(micros) / MICROS, UTC)


def micros(when: datetime) -> int:
    """Return microseconds since the epoch."""
    return round(when.timestamp() * MICROS)


def unbroken(events: Events, *, least: int = 1) -> list[tuple[int, int]]:
    """Return the first and last attempt of each stretch without a day's gap, the busiest first.

    Times are microseconds since the epoch. Stretches of fewer than `least` attempts are left out.
    """
    rows = run_sql(STRETCHES, events=events).to_pylist()
    return [(row["first"], row["last"]) for row in rows if row["n"] >= least]


def find_grid(events: Events, *, width_s: int | None = None) -> Grid | None:
    """Return the bins over the busiest unbroken stretch of the log; null where nobody attempted.

    A stretch is broken by a day without attempts: one stray date must not stretch the axis.
    """
    found = unbroken(events)
    if not found:
        return None
    first, last = found[0]
    widths = (60, 300, 900, 3_600, 86_400)
    fits = (w for w in widths if (last - first) / MICROS / w <= MOST_BINS)
    width = width_s or next(fits, widths[-1])
    start = first // (width * MICROS) * width * MICROS
    return Grid(start, width, int((last - start) // (width * MICROS)) + 1)


def edges_of(events: Events) -> tuple[datetime | None, datetime | None]:
    """Return the first and last time of the events, null where none has a time."""
    edges = run_sql(EDGES, events=events)
    return edges["first"][0].as_py(), edges["last"][0].as_py()


def count_people(
    events: Events, grid: Grid, *, step: tuple[str | None, str] | None = None
) -> People:
    """Return people per bin by service, event type and reason; null is the reason of success.

    `step` is the one service and event type that is asked for; by default all.
    """
    params = [grid.start_us, grid.width_s * MICROS, grid.end_us - 1, *(step or ())]
    query = COUNTS.format(chosen=ONE_STEP if step else "true")
    table = run_sql(query, params, events=events)
    return {key: dense(rows, "people", grid.bins) for key, rows in groups(table)}


def failing_series(people: People, *, where: tuple[str, str] | None = None) -> list[Series]:
    """Return one series for each service, event type and reason in which enough people failed.

    `where` is the part of the traffic that was counted.
    """
    return [
        replace(_series(*key[:2], key[2], failed, people.get((*key[:2], None))), where=where)
        for key, failed in people.items()
        if key[2] is not None and failed.sum() >= FEWEST_FAILING
    ]


def _series(
    service: str | None, event_type: str, reason: str, failed: Ints, well: Ints | None
) -> Series:
    if well is not None:
        # Reasons compete: while one takes everybody, the others must not seem to have been cured.
        return Series(service, event_type, reason, failed, well + failed, "attempts")
    # Without successes there is no rate: a constant stand-in turns the scan into one over counts.
    flat = np.full_like(failed, 10 * max(1, int(failed.max())))
    return Series(service, event_type, reason, failed, flat, "none")


def groups(
    table: pa.Table, names: tuple[str, ...] = ("service", "event_type", "reason")
) -> list[tuple[tuple[Any, ...], pa.Table]]:
    """Return the rows of each combination of values, in the order of their first rows."""
    keys = list(zip(*(table[name].to_pylist() for name in names), strict=True))
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return [(key, table.take(rows)) for key, rows in places.items()]


def dense(rows: pa.Table, column: str, bins: int) -> Ints:
    """Return a column by bin, 0 where a bin has no row or no value."""
    values = np.zeros(bins, dtype=np.int64)
    values[rows["bin"].to_numpy()] = pc.fill_null(rows[column], 0).cast(pa.int64()).to_numpy()
    return values
