"""Which logs speak for a database or an identity provider, told by format and service name."""

from typing import Any

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.series import BIN, MICROS, dense
from authlogs.engine.queries import run_sql

WORD = "(^|[^a-z])({names})([^a-z]|$)"
DATABASE = WORD.format(
    names="postgres|postgresql|mysql|mariadb|mongo|mongod|oracle|mssql|redis|db|database"
)
IDENTITY_PROVIDER = WORD.format(
    names="keycloak|okta|auth0|entra|azuread|pingfederate|onelogin|jumpcloud|google_workspace|idp"
)
LEADS_S = 900
"""A symptom may lead by this much: these bins are no usual level either, where others exist."""
LEAST_BEFORE = 15
"""Bins that must lie before the onset for a usual level to be told."""
SPOKE = f"""
SELECT {BIN} AS bin, {{measures}}
FROM events
WHERE "time" IS NOT NULL AND unix_micros("time") >= $1 AND unix_micros("time") < $3 AND ({{where}})
  AND NOT coalesce(service IS NOT DISTINCT FROM $4 AND event_type = $5 AND reason = $6, false)
GROUP BY ALL ORDER BY bin
"""
ROWS = """
SELECT source_file || ':' || CAST(line_no AS STRING) AS place FROM events
WHERE "time" IS NOT NULL AND unix_micros("time") >= $1 AND unix_micros("time") < $2 AND ({where})
ORDER BY {order}, "time", source_file NULLS LAST, byte_offset NULLS LAST LIMIT {most}
"""


def played_by(role: str) -> str:
    """Return the SQL condition that an event was recorded by something in this role."""
    return (
        f"regexp_like(lower(coalesce(service, '')), '{role}')"
        f" OR regexp_like(lower(coalesce(format, '')), '{role}')"
    )


def per_bin(case: Case, where: str, **measures: str) -> dict[str, Ints]:
    """Return each measure (SQL aggregate, whole numbers) per bin, 0 where nothing was recorded.

    The failures of the signal itself are left out: they cannot prove what should explain them. Its
    service is $4 to the condition.
    """
    listed = ", ".join(f"{sql} AS {name}" for name, sql in measures.items())
    query = SPOKE.format(measures=listed, where=where)
    signal = case.incident.signal
    grid = case.grid
    params: list[object] = [grid.start_us, grid.width_s * MICROS, grid.end_us]
    params += [signal.service, signal.event_type, signal.reason]
    rows = run_sql(query, params, events=case.events)
    return {name: dense(rows, name, case.grid.bins) for name in measures}


def usual(case: Case, values: Floats | Ints) -> float | None:
    """Return the median of the bins before the onset; null where too few lie before it."""
    first = int((case.start_us - case.grid.start_us) // (case.grid.width_s * MICROS))
    early = values[: max(0, first - LEADS_S // case.grid.width_s)]
    before = early if len(early) >= LEAST_BEFORE else values[:first]
    return float(np.median(before)) if len(before) >= LEAST_BEFORE else None


def places(
    case: Case, where: str, *told: Any, order: str = '"time"', most: int = 5
) -> tuple[str, ...]:
    """Return `file:line` of up to `most` matching events near the incident.

    `told` are the values of `where`, $3 and those that follow.
    """
    first = int(case.start_us - 3_600 * MICROS)
    query = ROWS.format(where=where, order=order, most=most)
    rows = run_sql(query, [first, int(case.end_us), *told], events=case.events)
    return tuple(rows["place"].to_pylist())
