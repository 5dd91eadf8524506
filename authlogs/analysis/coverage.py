"""Which source spoke when: a silent source limits every verdict that rests on it."""

from typing import Any

import pyarrow as pa

from authlogs.analysis.chart_tables import GAPS
from authlogs.analysis.series import MICROS, Grid
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

LEAST_GAP_S = 600
USUAL_GAPS = 40
SPEECH = """
WITH spoken AS (
    SELECT source_file, "time",
           lag("time") OVER (PARTITION BY source_file ORDER BY "time") AS before
    FROM events WHERE unix_micros("time") >= $1 AND unix_micros("time") < $2),
usual AS (
    SELECT source_file, min("time") AS first, max("time") AS last, count(*) AS events,
           (unix_micros(max("time")) - unix_micros(min("time"))) / count(*) AS gap
    FROM spoken GROUP BY source_file)
SELECT usual.source_file, first, last, events,
       spoken.before AS silent_from, spoken."time" AS silent_to
FROM usual LEFT JOIN spoken ON spoken.source_file = usual.source_file
     AND unix_micros(spoken."time") - unix_micros(spoken.before) > greatest($3, $4 * gap)
ORDER BY usual.source_file NULLS LAST, silent_from NULLS LAST
"""


def cover(events: Events, sources: pa.Table, grid: Grid) -> tuple[dict[str, Any], ...]:
    """Return one entry a source of events: file, from, to, events, silences, truncated or not."""
    params = [grid.start_us, grid.end_us, LEAST_GAP_S * MICROS, USUAL_GAPS]
    cut = set(sources.filter(sources["truncated"])["source_file"].to_pylist())
    ledger: dict[str, dict[str, Any]] = {}
    for row in run_sql(SPEECH, params, events=events).to_pylist():
        name = row["source_file"]
        entry = ledger.setdefault(
            name,
            {
                "source": name,
                "from": row["first"],
                "to": row["last"],
                "events": row["events"],
                "truncated": name in cut,
                "silent": [],
            },
        )
        if row["silent_from"]:
            entry["silent"].append((row["silent_from"], row["silent_to"]))
    return tuple(ledger.values())


def gaps_of(ledger: tuple[dict[str, Any], ...]) -> pa.Table:
    """Return the silences as a table for the charts."""
    rows = [
        {
            "source_file": entry["source"],
            "start": start,
            "end": end,
            "why": "no event in this source",
        }
        for entry in ledger
        for start, end in entry["silent"]
    ]
    return pa.Table.from_pylist(rows, schema=GAPS)
