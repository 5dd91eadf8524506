"""Which build issued the token that was rejected: issue and first use joined, token by token.

The ladder of joins, best first: fingerprint of the token, its `jti`, its session, else the latest
issue to the same person within a day. Each token counts once, at its first presentation.
"""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from authlogs.analysis.result import Lineage
from authlogs.analysis.rollups import PERSON
from authlogs.engine.base import Events
from authlogs.engine.duckdb_engine import run_sql

Level = Literal["token", "jti", "session", "user", "none"]
KEYS: dict[Level, str] = {"token": "token_hash", "jti": "jti", "session": "session_hash"}
ISSUES = "event_type IN ('token_issue', 'token_refresh') AND outcome = 'success'"
USES = (
    "event_type IN ('token_validate', 'token_introspect', 'session_check')"
    " AND outcome IN ('success', 'failure')"
)
LEAST_MATCH = 0.5
REACH_US = 86_400 * 1_000_000
SHIFT_US = 3_600 * 1_000_000
MATCHES = f"""
SELECT count(*) FILTER (failed) AS failed, count(*) FILTER (failed AND issued) AS matched,
       count(*) FILTER (issued AND twice) AS ambiguous, count(*) FILTER (issued) AS joined
FROM (
    SELECT use.failed, issue.key IS NOT NULL AS issued, issue.times > 1 AS twice
    FROM (SELECT {{key}} AS key, bool_or(outcome = 'failure') AS failed
          FROM events WHERE {USES} GROUP BY ALL) AS use
    LEFT JOIN (SELECT {{key}} AS key, count(DISTINCT coalesce(trace_id, request_id, '')) AS times
               FROM events WHERE {ISSUES} AND {{key}} IS NOT NULL GROUP BY ALL) AS issue
    ON use.key = issue.key)
"""
KEYED = """
SELECT *, epoch_us("time") AS at_us, {key} AS key FROM events
WHERE "time" IS NOT NULL AND ({which}) AND {key} IS NOT NULL
"""
LATEST = f"""
SELECT *, person || '|' || CAST(max(CASE WHEN issue THEN at_us END) OVER (
    PARTITION BY person ORDER BY at_us RANGE BETWEEN {REACH_US} PRECEDING AND CURRENT ROW
    ) AS VARCHAR) AS key
FROM (SELECT *, {ISSUES} AS issue, {PERSON} AS person,
             epoch_us("time") + CASE WHEN {ISSUES} THEN {{shift}} ELSE 0 END AS at_us
      FROM events
      WHERE "time" IS NOT NULL AND (({ISSUES}) OR ({USES})) AND {PERSON} IS NOT NULL)
"""
TOKENS = f"""
WITH keyed AS ({{keyed}}),
issued AS (
    SELECT key, max(at_us) AS issued_us, max_by(service, at_us) AS issue_service,
           max_by(instance, at_us) AS issue_instance, max_by(idp, at_us) AS idp,
           max_by(client, at_us) AS client, max_by(coalesce(trace_id, request_id), at_us) AS trace
    FROM keyed WHERE {ISSUES} GROUP BY key),
used AS (
    SELECT key, min(at_us) AS used_us, min_by(outcome, at_us) = 'failure' AS failed,
           min_by(reason, at_us) AS reason, min_by({PERSON}, at_us) AS person,
           min_by(client, at_us) AS client, min_by(browser, at_us) AS browser,
           min_by(region, at_us) AS region, min_by(instance, at_us) AS use_instance,
           min_by(service, at_us) AS use_service, min_by(service_version, at_us) AS use_version,
           max(at_us) AS last_us
    FROM keyed WHERE {USES} GROUP BY key)
SELECT used.key, issued_us, used_us, last_us, failed, reason, person, issue_service,
       issue_instance, trace, idp, coalesce(used.client, issued.client) AS client, browser,
       region, use_instance, use_service, use_version
FROM used LEFT JOIN issued USING (key) ORDER BY used_us, used.key
"""
PATHS = f"""
WITH keyed AS ({{keyed}})
SELECT tokens.key, events.service, max_by(events.service_version, events."time") AS version
FROM tokens JOIN events ON coalesce(events.trace_id, events.request_id) = tokens.trace
WHERE events.service_version IS NOT NULL AND events.service IS NOT NULL
  AND NOT ({USES})
GROUP BY ALL
UNION
SELECT key, service, max_by(service_version, at_us) FROM keyed
WHERE {ISSUES} AND service_version IS NOT NULL AND service IS NOT NULL GROUP BY ALL
ORDER BY ALL
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


def trace_tokens(events: Events) -> Tokens | None:
    """Join issues to first uses on the best level the log allows; null when no level works."""
    for level, column in KEYS.items():
        seen = run_sql(MATCHES.format(key=column), events=events).to_pylist()[0]
        match = seen["matched"] / seen["failed"] if seen["failed"] else 0.0
        if match >= LEAST_MATCH:
            false = seen["ambiguous"] / max(1, seen["joined"])
            keyed = KEYED.format(key=column, which=f"({ISSUES}) OR ({USES})")
            return _join(
                events, keyed, Lineage(level=level, match_rate=match, false_join_rate=false)
            )
    return _by_person(events)


def _by_person(events: Events) -> Tokens | None:
    tokens = _join(events, LATEST.format(shift=0), Lineage(level="user"))
    match = _matched(tokens.table)
    if match < LEAST_MATCH:
        return None
    shifted = _join(events, LATEST.format(shift=SHIFT_US), Lineage(level="user"))
    how = Lineage(level="user", match_rate=match, false_join_rate=_matched(shifted.table))
    return Tokens(tokens.table, tokens.paths, how)


def _matched(table: pa.Table) -> float:
    failed = table.filter(table["failed"])
    return (len(failed) - failed["issued_us"].null_count) / len(failed) if len(failed) else 0.0


def _join(events: Events, keyed: str, how: Lineage) -> Tokens:
    table = run_sql(TOKENS.format(keyed=keyed), events=events)
    traced = table.select(["key", "trace"])
    paths = run_sql(PATHS.format(keyed=keyed), events=events, tokens=traced)
    return Tokens(table, paths, how)
