"""`token_lineage`: the tokens behind an incident, each with the builds that issued it, as rows."""

from typing import Any, Final

import pyarrow as pa

from authlogs.analysis.lineage import trace_tokens
from authlogs.analysis.result import Incident, Signal
from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql

ROWS: Final = """
SELECT timestamp_micros(used_us) AS "time", timestamp_micros(issued_us) AS issued_time,
       CASE WHEN failed THEN 'failure' ELSE 'success' END AS outcome,
       CASE WHEN failed THEN reason END AS reason,
       person AS "user", tokens.key AS token, use_service AS service,
       use_version AS service_version, use_instance AS instance, client, browser, region, tenant,
       kid, paths.service AS issuer_service, paths.version AS issuer_version
FROM tokens LEFT JOIN paths ON tokens.key = paths.key
ORDER BY used_us, tokens.key, paths.service NULLS LAST
"""
EMPTY: Final = pa.schema(
    [("time", pa.timestamp("us", "UTC")), ("issued_time", pa.timestamp("us", "UTC"))]
    + [
        (name, pa.string())
        for name in (
            "outcome", "reason", "user", "token", "service", "service_version", "instance",
            "client", "browser", "region", "tenant", "kid", "issuer_service", "issuer_version",
        )
    ]
)  # fmt: skip


def token_lineage(events: Any, incident: Incident | Signal) -> pa.Table:
    """Return the tokens that the incident's service checked, with the builds that issued them.

    A token counts once, at its first presentation, and has a row for each service that took part
    in issuing it. Returns a table: `time` (first presentation, UTC), `issued_time`, `outcome`,
    `reason`, `user` (the best identity of whoever came), `token` (what it was joined by), the
    `service`, `service_version` and `instance` that checked it, `client`, `browser`, `region`,
    `tenant`, `kid`, and `issuer_service` and `issuer_version`, null where the issue is not in the
    logs. It is empty where no join is trusted (`Incident.lineage` tells the level).

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> tokens = al.token_lineage(logs, al.detect(logs)[0])
    >>> refused = al.search(tokens, "outcome:failure AND issuer_service:web")
    >>> refused["issuer_version"].unique().to_pylist()
    ['5.13.0']
    """
    signal = incident.signal if isinstance(incident, Incident) else incident
    tokens = trace_tokens(as_events(events), signal)
    if tokens is None:
        return EMPTY.empty_table()
    return run_sql(ROWS, tokens=tokens.table, paths=tokens.paths).cast(EMPTY)
