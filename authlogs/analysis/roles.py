"""Which logs speak for a database or an identity provider, told by format and service name."""

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.series import MICROS, dense
from authlogs.engine.duckdb_engine import run_sql

DATABASE = "postgres|mysql|mariadb|mongo|oracle|mssql|redis|(^|[^a-z])db([^a-z]|$)|database"
IDENTITY_PROVIDER = (
    "keycloak|okta|auth0|entra|azure|ping|onelogin|jumpcloud|workspace|(^|[^a-z])idp"
)
SPOKE = """
SELECT (epoch_us("time") - $1) // $2 AS bin, {measures}
FROM events
WHERE "time" IS NOT NULL AND epoch_us("time") >= $1 AND epoch_us("time") < $3 AND ({where})
GROUP BY ALL ORDER BY bin
"""
ROWS = """
SELECT source_file || ':' || line_no AS place FROM events
WHERE "time" IS NOT NULL AND epoch_us("time") >= $1 AND epoch_us("time") < $2 AND ({where})
ORDER BY {order}, "time", source_file, byte_offset LIMIT {most}
"""


def played_by(role: str) -> str:
    """Return the SQL condition that an event was recorded by something in this role."""
    return (
        f"regexp_matches(lower(coalesce(service, '')), '{role}')"
        f" OR regexp_matches(lower(coalesce(format, '')), '{role}')"
    )


def per_bin(case: Case, where: str, **measures: str) -> dict[str, Ints]:
    """Return each measure (SQL aggregate, whole numbers) per bin, 0 where nothing was recorded."""
    listed = ", ".join(f"{sql} AS {name}" for name, sql in measures.items())
    query = SPOKE.format(measures=listed, where=where)
    params = [case.grid.start_us, case.grid.width_s * MICROS, case.grid.end_us]
    rows = run_sql(query, params, events=case.events)
    return {name: dense(rows, name, case.grid.bins) for name in measures}


def places(case: Case, where: str, *, order: str = '"time"', most: int = 5) -> tuple[str, ...]:
    """Return `file:line` of up to `most` matching events near the incident."""
    first = int(case.start_us - 3_600 * MICROS)
    query = ROWS.format(where=where, order=order, most=most)
    rows = run_sql(query, [first, int(case.end_us)], events=case.events)
    return tuple(rows["place"].to_pylist())
