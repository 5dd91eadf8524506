"""Which part of the people stayed away: one application, browser, region or provider is dead.

A part is held against the others of its step: when everybody stays away it is no part that does.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from authlogs.analysis.carriers import Carrier
from authlogs.analysis.likelihood import Floats, log_split, log_sum
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import ATTEMPTS, BIN, MICROS, Grid, Series, dense, groups
from authlogs.analysis.split import MOST_TRIED, ODDS
from authlogs.analysis.units import Bools, Units
from authlogs.analysis.volume import LEAST_LEVEL, MISSING, expected
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

DIMENSIONS = ("client", "browser", "region", "idp")
FIRST_STEPS = ("login", "sso_assertion", "token_issue")
"""Steps at which it shows first that people of a part no longer come."""
SMOOTH_BINS = 15
LEAST_PART, MOST_PART = 0.05, 0.95
"""A smaller part is somebody's program; a greater one is everybody."""
COUNTS = f"""
WITH attempts AS (
    SELECT {BIN} AS bin, service, event_type, {", ".join(DIMENSIONS)}, {PERSON} AS person
    FROM events
    WHERE {ATTEMPTS} AND event_type IN {FIRST_STEPS} AND unix_micros("time") BETWEEN $1 AND $3),
parts AS ({{parts}})
SELECT service, event_type, dimension, word, bin, count(DISTINCT person) AS people
FROM parts GROUP BY ALL ORDER BY ALL NULLS LAST
"""
PART = """
SELECT bin, service, event_type, '{name}' AS dimension, {name} AS word, person
FROM attempts WHERE {name} IS NOT NULL"""


def absent_parts(events: Events, grid: Grid) -> list[Series]:
    """Return, for each part of the people of a first step, how many were missing of those expected.

    A part whose share of its step was never worth a look has no series.
    """
    parts = " UNION ALL ".join(PART.format(name=name) for name in DIMENSIONS)
    params = [grid.start_us, grid.width_s * MICROS, grid.end_us - 1]
    rows = run_sql(COUNTS.format(parts=parts), params, events=events)
    names = ("service", "event_type", "dimension", "word")
    came = {
        key: dense(part, "people", grid.bins).astype(np.float64)
        for key, part in groups(rows, names)
    }
    return list(_missing(came, grid))


def _missing(came: dict[tuple[Any, ...], Floats], grid: Grid) -> Iterator[Series]:
    whole: dict[tuple[Any, ...], Floats] = {}
    for key, people in came.items():
        whole[key[:3]] = whole.get(key[:3], np.zeros(grid.bins)) + people
    for key, people in came.items():
        everybody = whole[key[:3]]
        share = people.sum() / everybody.sum()
        if not LEAST_PART <= share <= MOST_PART or np.median(people) < LEAST_LEVEL / 2:
            continue
        level = _held_against(people, everybody - people, grid)
        if np.median(level) >= LEAST_LEVEL:
            tried = people.astype(np.int64)
            missing = np.maximum(0, np.rint(level).astype(np.int64) - tried)
            service, event_type, *where = key
            tried = missing + tried
            yield Series(service, event_type, MISSING, missing, tried, "attempts", tuple(where))


def _held_against(people: Floats, others: Floats, grid: Grid) -> Floats:
    """Return the level of a part, lower by as much as the others stay away too."""
    usual = expected(others, grid)
    window = np.ones(SMOOTH_BINS)
    came, due = (np.convolve(values, window, "same") for values in (others, usual))
    calm = np.where(due > 0, came / np.maximum(due, 1e-9), 1.0)
    return np.asarray(expected(people, grid) * np.clip(calm, 0.0, 1.0))


def carrier_of(series: Series, bins: slice, units: Units, inside: Bools) -> Carrier | None:
    """Return the part that stays away as what carries an incident; null where everybody does.

    `bins` are those of the incident, `inside` its units.
    """
    if series.where is None:
        return None
    dimension, word = series.where
    here: Bools = units.dimensions[dimension] == word
    missing, due = (int(values[bins].sum()) for values in (series.failed, series.tried))
    beside = int((inside & ~here).sum())
    scale = max(1.0, (due + beside) / MOST_TRIED)
    lost, part, whole = (int(number / scale) for number in (missing, due, due + beside))
    gain = float(log_sum(log_split(lost, part, lost, whole, ODDS)) - np.log(len(ODDS)))
    return Carrier(dimension, word, gain, missing, due, 0, beside, here, verb="are missing")
