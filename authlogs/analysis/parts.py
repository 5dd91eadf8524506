"""People per bin by part of the traffic: what hits one part alone shows there most clearly."""

from collections.abc import Mapping

from authlogs.analysis.likelihood import Ints
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import (
    ATTEMPTS,
    BIN,
    MICROS,
    Grid,
    Series,
    dense,
    failing_series,
    groups,
)
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

DIMENSIONS = ("client", "browser", "region", "idp")
FIRST_STEPS = ("login", "sso_assertion", "token_issue")
"""Steps at which a part of the people is seen first."""
SLOW = "browser"
"""A browser's new release spreads over hours: of all failures these are too few for too long."""
COUNTS = f"""
WITH attempts AS (
    SELECT {BIN} AS bin, service, event_type, {", ".join(DIMENSIONS)}, {PERSON} AS person,
           CASE WHEN outcome = 'failure' THEN coalesce(reason, 'unspecified') END AS reason
    FROM events
    WHERE {ATTEMPTS} AND event_type IN {FIRST_STEPS} AND unix_micros("time") BETWEEN $1 AND $3),
parts AS ({{parts}})
SELECT service, event_type, dimension, word, reason, bin, count(DISTINCT person) AS people
FROM parts GROUP BY ALL ORDER BY ALL NULLS LAST
"""
PART = """
SELECT bin, service, event_type, '{name}' AS dimension, {name} AS word, person, reason
FROM attempts WHERE {name} IS NOT NULL"""

Part = tuple[str | None, str, str, str]
"""Service, event type, dimension and value."""
Parts = Mapping[Part, Mapping[str | None, Ints]]
"""People per bin by part and reason; null is the reason of success."""


def count_parts(events: Events, grid: Grid) -> Parts:
    """Return the people of every part of the traffic at its first steps."""
    parts = " UNION ALL ".join(PART.format(name=name) for name in DIMENSIONS)
    params = [grid.start_us, grid.width_s * MICROS, grid.end_us - 1]
    rows = run_sql(COUNTS.format(parts=parts), params, events=events)
    found: dict[Part, dict[str | None, Ints]] = {}
    names = ("service", "event_type", "dimension", "word", "reason")
    for (service, event_type, dimension, word, reason), people in groups(rows, names):
        part = found.setdefault((service, event_type, dimension, word), {})
        part[reason] = dense(people, "people", grid.bins)
    return found


def failing_parts(parts: Parts) -> list[Series]:
    """Return one series for each browser, step and reason in which enough people failed."""
    return [
        series
        for (service, event_type, dimension, word), reasons in parts.items()
        if dimension == SLOW
        for series in failing_series(
            {(service, event_type, reason): people for reason, people in reasons.items()},
            where=(dimension, word),
        )
    ]
