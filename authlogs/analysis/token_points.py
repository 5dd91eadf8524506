"""Tokens by when they were issued and when they were used: the points of the token plane."""

import numpy as np
import pyarrow as pa

from authlogs.analysis.build_counts import issuer_of
from authlogs.analysis.case import Case
from authlogs.analysis.chart_tables import TOKENS
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.lineage import FAILED, KEYS, ORDERED, USES
from authlogs.analysis.units import Bools
from authlogs.engine.queries import run_sql

MOST_POINTS = 2_000
"""So many rejected and so many accepted uses are kept, evenly by time of use."""
PRESENTED = f"""
WITH uses AS (
    SELECT {{key}} AS key, unix_micros("time") AS at_us, outcome, {FAILED} AS failed, instance,
           source_file, byte_offset
    FROM events WHERE {USES} AND "time" IS NOT NULL AND {{key}} IS NOT NULL),
placed AS (
    SELECT key, at_us, failed, row_number() OVER (PARTITION BY key ORDER BY {ORDERED}) AS place,
           count(*) OVER (PARTITION BY key) AS times
    FROM uses)
SELECT issued.issued_us, placed.at_us AS used_us, placed.failed, issued.version
FROM placed JOIN issued ON placed.key = issued.key
WHERE place = 1 OR place = times
ORDER BY used_us, issued_us, placed.key
"""


def pick_tokens(case: Case, service: str | None) -> pa.Table:
    """Return the first and the last use of tokens whose issue is known; every n-th of too many.

    `version` is the build of `service` that issued it, else of the service with most builds. Where
    tokens are joined by person alone, only first uses can be told.
    """
    units = case.units
    if units.kind != "token" or units.tokens is None:
        return TOKENS.empty_table()
    known = np.isfinite(units.issued_us)
    issuer = issuer_of(case, service)
    unnamed = np.full(len(units), None, dtype=object)
    versions = units.builds["issue", issuer] if issuer else unnamed
    issued = pa.table(
        {
            "key": units.tokens.table["key"].filter(pa.array(known)),
            "issued_us": pa.array(units.issued_us[known].astype(np.int64)),
            "used_us": pa.array(units.used_us[known].astype(np.int64)),
            "failed": pa.array(units.failed[known]),
            "version": pa.array(versions[known], pa.string()),
        }
    )
    if units.how.level in KEYS:
        column = KEYS[units.how.level]
        signal = case.incident.signal
        told = [signal.service, signal.event_type, signal.reason]
        issued = run_sql(PRESENTED.format(key=column), told, events=case.events, issued=issued)
    return _thinned(issued)


def _thinned(points: pa.Table) -> pa.Table:
    failed = points["failed"].to_numpy().astype(bool)
    picked = [_every_nth(failed), _every_nth(~failed)]
    places = np.concatenate([place for place, _ in picked])
    weights = np.concatenate([np.full(len(place), weight) for place, weight in picked])
    order = np.argsort(places, kind="stable")
    kept = points.take(pa.array(places[order]))
    named = kept.select(["issued_us", "used_us", "failed", "version"])
    weighed = named.append_column("stands_for", pa.array(weights[order], pa.float64()))
    return weighed.rename_columns(TOKENS.names).cast(TOKENS).combine_chunks()


def _every_nth(chosen: Bools) -> tuple[Ints, float]:
    """Return the places that are kept, and how many uses each of them stands for."""
    places = np.flatnonzero(chosen)
    step = max(1, -(-len(places) // MOST_POINTS))
    kept = places[::step]
    return kept, len(places) / len(kept) if len(kept) else 1.0
