"""Which build issued the token that was rejected: issue and first use joined, token by token.

The ladder of joins, best first: fingerprint of the token, its `jti`, its session, else the latest
issue to the same person within a day. Each token counts once, at its first presentation.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from authlogs.analysis.result import Lineage, Signal
from authlogs.analysis.rollups import PERSON
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

Level = Literal["token", "jti", "session", "user", "none"]
Key = tuple[str | None, str, str]
KEYS: dict[Level, str] = {"token": "token_hash", "jti": "jti", "session": "session_hash"}
ISSUES = "event_type IN ('token_issue', 'token_refresh') AND outcome = 'success'"
USES = "outcome IN ('success', 'failure') AND service IS NOT DISTINCT FROM $1 AND event_type = $2"
FAILED = "outcome = 'failure' AND coalesce(reason, 'unspecified') = $3"
ORDERED = (
    "at_us, outcome NULLS LAST, instance NULLS LAST, source_file NULLS LAST, byte_offset NULLS LAST"
)
"""The order of presentations: by time, and ties by content, so that files may be split."""
NEWEST = (
    "at_us DESC, service NULLS LAST, instance NULLS LAST, source_file NULLS LAST, "
    "byte_offset NULLS LAST"
)
LEAST_MATCH = 0.5
MOST_SHARING = 50
"""A trace id that more tokens share than this names no request of theirs."""
REACH_US = 86_400 * 1_000_000
SHIFT_US = 3_600 * 1_000_000
MATCHES = f"""
SELECT count(*) FILTER (WHERE failed) AS failed,
       count(*) FILTER (WHERE failed AND issued) AS matched,
       count(*) FILTER (WHERE issued AND twice) AS ambiguous,
       count(*) FILTER (WHERE issued) AS joined
FROM (
    SELECT use.failed, issue.key IS NOT NULL AS issued, issue.times > 1 AS twice
    FROM (SELECT {{key}} AS key, bool_or({FAILED}) AS failed FROM events
          WHERE {USES} GROUP BY {{key}}, CASE WHEN {{key}} IS NULL THEN byte_offset END) AS use
    LEFT JOIN (SELECT {{key}} AS key, count(DISTINCT coalesce(trace_id, request_id, '')) AS times
               FROM events WHERE {ISSUES} AND {{key}} IS NOT NULL GROUP BY ALL) AS issue
    ON use.key = issue.key)
"""
KEYED = f"""
SELECT *, unix_micros("time") AS at_us, {{key}} AS key FROM events
WHERE "time" IS NOT NULL AND (({ISSUES}) OR ({USES})) AND {{key}} IS NOT NULL
"""
LATEST = f"""
SELECT *, coalesce(person || '|' || CAST(max(CASE WHEN issue THEN at_us END) OVER (
    PARTITION BY person ORDER BY at_us RANGE BETWEEN {REACH_US} PRECEDING AND CURRENT ROW
    ) AS STRING), source_file || ':' || CAST(byte_offset AS STRING)) AS key
FROM (SELECT *, {ISSUES} AS issue, {PERSON} AS person,
             unix_micros("time") + CASE WHEN {ISSUES} THEN {{shift}} ELSE 0 END AS at_us
      FROM events
      WHERE "time" IS NOT NULL AND (({ISSUES}) OR ({USES})) AND {PERSON} IS NOT NULL)
"""
TOKENS = f"""
WITH keyed AS ({{keyed}}),
issued AS (
    SELECT key, at_us AS issued_us, service AS issue_service, instance AS issue_instance, idp,
           client, coalesce(trace_id, request_id) AS trace
    FROM (SELECT *, row_number() OVER (PARTITION BY key ORDER BY {NEWEST}) AS place
          FROM keyed WHERE {ISSUES})
    WHERE place = 1),
used AS (
    SELECT key, at_us AS used_us, {FAILED} AS failed, reason, {PERSON} AS person, client, browser,
           region, tenant, kid, instance AS use_instance, service AS use_service,
           service_version AS use_version, last_us
    FROM (SELECT *, max(at_us) OVER (PARTITION BY key) AS last_us,
                 row_number() OVER (PARTITION BY key ORDER BY {ORDERED}) AS place
          FROM keyed WHERE {USES})
    WHERE place = 1)
SELECT used.key, issued_us, used_us, last_us, failed, reason, person, issue_service,
       issue_instance, trace, idp, coalesce(used.client, issued.client) AS client, browser,
       region, tenant, kid, use_instance, use_service, use_version
FROM used LEFT JOIN issued USING (key) ORDER BY used_us, used.key
"""
PATHS = f"""
WITH keyed AS ({{keyed}}),
own AS (
    SELECT trace FROM tokens WHERE trace IS NOT NULL
    GROUP BY trace HAVING count(*) <= {MOST_SHARING}),
met AS (
    SELECT own.trace, events.service, max(events.service_version) AS version
    FROM own JOIN events ON coalesce(events.trace_id, events.request_id) = own.trace
    WHERE events.service IS NOT NULL AND NOT coalesce({USES}, false) GROUP BY ALL)
SELECT key, service, max(version) AS version
FROM (SELECT tokens.key, met.service, met.version FROM tokens JOIN met USING (trace)
      UNION ALL
      SELECT key, service, service_version FROM keyed WHERE {ISSUES} AND service IS NOT NULL)
GROUP BY ALL ORDER BY ALL NULLS LAST
"""


@dataclass(frozen=True, eq=False)
class Tokens:
    """Tokens at their first presentation, and the builds on each one's issuing path.

    `table`: one row a token (key, issued_us, used_us, last_us, failed, reason, person, …).
    `paths`: key, service, version: every service that took part in issuing it.
    """

    table: pa.Table
    paths: pa.Table
    how: Lineage


def trace_tokens(events: Events, signal: Signal) -> Tokens | None:
    """Join issues to first uses on the best level the log allows; null when no level works.

    Uses are those of the signal's service and event type, and fail for the signal's reason.
    """
    key = (signal.service, signal.event_type, signal.reason)
    for level, column in KEYS.items():
        seen = run_sql(MATCHES.format(key=column), key, events=events).to_pylist()[0]
        match = seen["matched"] / seen["failed"] if seen["failed"] else 0.0
        if match >= LEAST_MATCH:
            false = seen["ambiguous"] / max(1, seen["joined"])
            how = Lineage(level=level, match_rate=match, false_join_rate=false)
            return _join(events, KEYED.format(key=column), key, how)
    return _by_person(events, key)


def _by_person(events: Events, key: Key) -> Tokens | None:
    tokens = _join(events, LATEST.format(shift=0), key, Lineage(level="user"))
    match = _matched(tokens.table)
    if match < LEAST_MATCH:
        return None
    shifted = _join(events, LATEST.format(shift=SHIFT_US), key, Lineage(level="user"))
    how = Lineage(level="user", match_rate=match, false_join_rate=_matched(shifted.table))
    return Tokens(tokens.table, tokens.paths, how)


def _matched(table: pa.Table) -> float:
    failed = table.filter(table["failed"])
    return (len(failed) - failed["issued_us"].null_count) / len(failed) if len(failed) else 0.0


def _join(events: Events, keyed: str, key: Key, how: Lineage) -> Tokens:
    table = run_sql(TOKENS.format(keyed=keyed), key, events=events)
    traced = table.select(["key", "trace"])
    paths = run_sql(PATHS.format(keyed=keyed), key[:2], events=events, tokens=traced)
    return Tokens(table, paths, how)
