"""How far the hosts' clocks differ, from requests that several services logged.

A request passes its services within a second or so; a host whose lines stand minutes before or
after those of the others, request after request, has another clock. Latency is part of what is
measured, so that offsets under a second say nothing.
"""

from collections.abc import Mapping
from typing import Any

from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

LEAST_REQUESTS = 30
LEAST_OFFSET_S = 1.0
LONGEST_S = 900
"""Lines of one request that lie further apart belong to an identifier that was used again."""
MOST = 20
OFFSETS = f"""
WITH told AS (
    SELECT coalesce(trace_id, request_id) AS request, service,
           coalesce(instance, '') AS instance, min(unix_micros("time")) AS at_us
    FROM events
    WHERE "time" IS NOT NULL AND service IS NOT NULL
      AND coalesce(trace_id, request_id) IS NOT NULL
    GROUP BY ALL),
pairs AS (
    SELECT a.service, a.instance, (a.at_us - b.at_us) / 1e6 AS apart_s
    FROM told AS a JOIN told AS b ON a.request = b.request AND a.service <> b.service
    WHERE abs(a.at_us - b.at_us) <= {LONGEST_S} * 1000000)
SELECT service, instance, count(*) AS requests,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY apart_s) AS offset_s,
       percentile_disc(0.05) WITHIN GROUP (ORDER BY apart_s) AS low_s,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY apart_s) AS high_s
FROM pairs GROUP BY service, instance HAVING count(*) >= {LEAST_REQUESTS}
ORDER BY abs(percentile_disc(0.5) WITHIN GROUP (ORDER BY apart_s)) DESC, service, instance
LIMIT {MOST}
"""


def clock_offsets(events: Events) -> tuple[Mapping[str, Any], ...]:
    """Return the hosts whose clock differs from that of the services they share requests with.

    Each entry: `service`, `instance` (null where none is logged), `offset_s` (its clock less
    theirs, the median over requests), `interval` (5 and 95 %), `requests`.
    """
    rows = run_sql(OFFSETS, events=events).to_pylist()
    return tuple(
        {
            "service": row["service"],
            "instance": row["instance"] or None,
            "offset_s": round(row["offset_s"], 3),
            "interval": (round(row["low_s"], 3), round(row["high_s"], 3)),
            "requests": row["requests"],
        }
        for row in rows
        if abs(row["offset_s"]) >= LEAST_OFFSET_S
    )
