"""What came of the attempts that a service handled: by build, host, client and region.

A unit is one request of the service (its trace, else its own row), of one person in five minutes
under one build: clients that loop prove nothing. It failed where the service itself failed, or
where the token that it issued was refused within a minute. People's own mistakes (a wrong password)
are no failure here. What came of an attempt is settled after that minute, and younger ones are left
out: so nothing that was counted once is counted otherwise at a later look.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.likelihood import Ints
from authlogs.analysis.lineage import ISSUES
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import edges_of, micros
from authlogs.analysis.units import Bools, Words
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql
from authlogs.schema import TOKEN_USES

IDS = ("jti", "token_hash", "session_hash")
FAULT = "outcome = 'failure' AND reason_group IS DISTINCT FROM 'user_error'"
SETTLED_US = 60_000_000
USE = ", ".join(f"'{name}'" for name in TOKEN_USES)
TOKENS = " UNION ALL ".join(
    f"SELECT '{name}:' || {name} AS key, {{column}} FROM events "
    f"WHERE {{where}} AND {name} IS NOT NULL"
    for name in IDS
)
TRACE = "coalesce(trace_id, request_id, attempt_id)"
ATTEMPTS = f"""
WITH refused AS (
    SELECT DISTINCT issued.trace
    FROM (SELECT key, trace, min(at_us) AS at_us FROM (
          {TOKENS.format(column=f'{TRACE} AS trace, unix_micros("time") AS at_us', where=ISSUES)})
          GROUP BY ALL) AS issued
    JOIN (SELECT key, at_us FROM ({
    TOKENS.format(column='unix_micros("time") AS at_us', where=f"event_type IN ({USE}) AND {FAULT}")
})) AS used
    ON issued.key = used.key AND used.at_us - issued.at_us BETWEEN 0 AND {SETTLED_US}
    WHERE issued.trace IS NOT NULL),
handled AS (
    SELECT coalesce({TRACE}, source_file || ':' || CAST(byte_offset AS STRING)) AS unit,
           min(unix_micros("time")) AS at_us, max(service_version) AS version,
           max(coalesce(instance, '')) AS host, max(coalesce(client, '')) AS client,
           max(coalesce(region, '')) AS region, max({PERSON}) AS person, bool_or({FAULT}) AS failed
    FROM events
    WHERE "time" IS NOT NULL AND service = $1 AND service_version IS NOT NULL
      AND outcome IN ('success', 'failure') AND event_type <> 'other'
    GROUP BY ALL),
placed AS (
    SELECT handled.*, refused.trace IS NOT NULL AS refused,
           row_number() OVER (PARTITION BY person, version, {whole("at_us", "300000000")}
                              ORDER BY at_us, unit) AS place
    FROM handled LEFT JOIN refused ON handled.unit = refused.trace)
SELECT at_us, version, host, client, region, failed OR refused AS failed
FROM placed WHERE place = 1 AND at_us <= $2 ORDER BY at_us, unit
"""


@dataclass(frozen=True, eq=False)
class Handled:
    """Units in order of time: when (µs), under which build, on which host, and whether it failed.

    `kind` numbers the client and region of each.
    """

    at_us: Ints
    version: Words
    host: Words
    kind: Ints
    failed: Bools


def handled_by(events: Events, service: str) -> Handled:
    """Return the settled units of a service whose records name its build."""
    last = edges_of(events)[1]
    settled = micros(last) - SETTLED_US if last else 0
    rows = run_sql(ATTEMPTS, [service, settled], events=events)
    kinds = [f"{c}\x1f{r}" for c, r in zip(*(rows[n].to_pylist() for n in ("client", "region")),
                                          strict=True)]  # fmt: skip
    return Handled(
        at_us=rows["at_us"].to_numpy().astype(np.int64),
        version=np.array(rows["version"].to_pylist(), dtype=object),
        host=np.array(rows["host"].to_pylist(), dtype=object),
        kind=np.unique(kinds, return_inverse=True)[1].astype(np.int64)
        if kinds
        else np.zeros(0, dtype=np.int64),
        failed=rows["failed"].to_numpy().astype(bool),
    )
