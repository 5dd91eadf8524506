"""Changes that nobody recorded, read from the events: what appears for the first time was brought.

A version, key, issuer, certificate or cookie attribute that the logs did not show before, and lines
that say that a service has started. Text that a user had a part in is not believed.
"""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.rollups import PERSON
from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.parse.assemble import fit
from authlogs.schema import CHANGES

UNCERTAINTY_S: Final = 60.0
SETTLED_S: Final = 600
"""What shows up sooner than this after the first of its kind may be older than the logs."""
PEOPLE: Final = 5
"""People who must show what only refused tokens claim, so that nobody forges a change."""
RESTART_GAP_S: Final = 900
"""Starts of one service closer than this are one rolling restart."""

_OWN_WORDS: Final = '"user" IS NULL AND user_agent IS NULL AND http_path IS NULL'
_TEXT: Final = "concat_ws(' ', message, extra)"
_SERIAL: Final = '(?i)serial[ _]?(?:number)?[" ]*[:=][" ]*([0-9a-f:]{6,})'
_PLACE: Final = (
    '"time", service, environment, format, source_file, line_no, byte_offset, byte_length'
)


@dataclass(frozen=True)
class Sign:
    """What a value of the events tells: `value` and `scope` are SQL, `where` says which events."""

    kind: str
    value: str
    scope: str
    where: str
    change_type: str
    says: str
    claimed: bool = False


_SIGNS: Final = (
    Sign("version", "service_version", "service", "service IS NOT NULL", "deploy", "version"),
    Sign("key", "kid", "coalesce(iss, '')", "true", "key_rotation", "key", claimed=True),
    Sign("issuer", "iss", "''", "true", "config", "issuer", claimed=True),
    Sign(
        "certificate",
        f"regexp_extract({_TEXT}, '{_SERIAL}', 1)",
        "coalesce(service, '')",
        f"lower({_TEXT}) LIKE '%serial%' AND {_OWN_WORDS}",
        "cert_renewal",
        "certificate",
    ),
    Sign(
        "cookie",
        f"lower(regexp_extract({_TEXT}, '(?i)(samesite=[a-z]+)', 1))",
        "coalesce(service, '')",
        f"lower({_TEXT}) LIKE '%samesite=%' AND {_OWN_WORDS}",
        "config",
        "cookie attribute",
    ),
)

_BORN_OF_A_KIND: Final = """
SELECT '{kind}' AS kind, {scope} AS scope, {value} AS value, min("time") AS first_time,
       max({trusted}) AS trusted, count(DISTINCT {person}) AS people
FROM events WHERE "time" IS NOT NULL AND {value} IS NOT NULL AND {value} <> '' AND {where}
GROUP BY {scope}, {value}
"""
_SEEN: Final = """
SELECT '{kind}' AS kind, {value} AS value, {scope} AS scope, {place}
FROM events WHERE "time" IS NOT NULL AND {value} IS NOT NULL AND {value} <> '' AND {where}
"""
_BORN: Final = """
WITH born AS ({born}),
seen AS ({seen}),
known AS (SELECT * FROM born WHERE trusted = 1 OR people >= {people}),
told AS (SELECT kind, scope, value, first_time,
                min(first_time) OVER (PARTITION BY kind, scope) AS began,
                lag(value) OVER (PARTITION BY kind, scope ORDER BY first_time, value) AS previous
         FROM known),
placed AS (SELECT seen.*, told.previous,
                  row_number() OVER (PARTITION BY seen.kind, seen.scope, seen.value
                      ORDER BY source_file NULLS LAST, byte_offset NULLS LAST) AS place
           FROM seen JOIN told ON seen.kind = told.kind AND seen.scope = told.scope
                AND seen.value = told.value AND seen."time" = told.first_time
           WHERE unix_micros(told.first_time) - unix_micros(told.began) >= {settled})
SELECT kind, value, previous, {place} FROM placed WHERE place = 1 ORDER BY "time", kind, value
"""
_STARTED: Final = """
WITH starts AS (SELECT {place}, service_version FROM events
    WHERE "time" IS NOT NULL AND service IS NOT NULL AND message LIKE '%tarted%' AND {own}
      AND regexp_extract(message, '(?i)(started (?:[a-z0-9._-]+ )?in [0-9.]+ ?(?:ms|s))', 1) <> ''),
gaps AS (SELECT *, unix_micros("time") - lag(unix_micros("time")) OVER (
            PARTITION BY service ORDER BY "time", source_file, byte_offset) AS gap FROM starts),
runs AS (SELECT *, sum(CASE WHEN gap IS NULL OR gap > {apart} THEN 1 ELSE 0 END) OVER (
            PARTITION BY service ORDER BY "time", source_file, byte_offset
            ROWS UNBOUNDED PRECEDING) AS run FROM gaps),
whole AS (SELECT *, max("time") OVER (PARTITION BY service, run) AS end_time,
                 row_number() OVER (PARTITION BY service, run
                     ORDER BY "time", source_file NULLS LAST, byte_offset NULLS LAST) AS place
          FROM runs)
SELECT 'start' AS kind, service_version AS value, end_time, {place}
FROM whole WHERE place = 1 ORDER BY "time", service
"""


def implied_changes(events: Any) -> pa.Table:
    """Return what the events show of changes that no record need name, as a table of `CHANGES`.

    Their `status` is `implied`, and they lie where the first event lies that shows them. A start
    is left out where a version appears with it, which says more. Raises BadCall for what holds no
    events.
    """
    held = as_events(events)
    born = run_sql(_first_appearances(), events=held)
    starts = run_sql(
        _STARTED.format(place=_PLACE, own=_OWN_WORDS, apart=RESTART_GAP_S * 1_000_000),
        events=held,
    )
    starts = _without_deploys(starts, born)
    return pa.concat_tables([_as_changes(born), _as_changes(starts)]).sort_by("time")


def _first_appearances() -> str:
    seen, born = (
        " UNION ALL ".join(
            query.format(
                kind=sign.kind,
                value=sign.value,
                scope=sign.scope,
                where=sign.where,
                place=_PLACE,
                person=PERSON if sign.claimed else "NULL",
                trusted="CASE WHEN claims_verified THEN 1 ELSE 0 END" if sign.claimed else "1",
            )
            for sign in _SIGNS
        )
        for query in (_SEEN, _BORN_OF_A_KIND)
    )
    settled = SETTLED_S * 1_000_000
    return _BORN.format(seen=seen, born=born, place=_PLACE, people=PEOPLE, settled=settled)


def _without_deploys(starts: pa.Table, born: pa.Table) -> pa.Table:
    """Starts without those of a service of which a version appeared at about that time."""
    near = RESTART_GAP_S * 1_000_000
    return run_sql(
        f"""
        SELECT starts.* FROM starts LEFT JOIN (SELECT * FROM born WHERE kind = 'version') AS fresh
          ON starts.service = fresh.service
         AND abs(unix_micros(starts."time") - unix_micros(fresh."time")) <= {near}
        WHERE fresh.value IS NULL
        """,
        starts=starts,
        born=born,
    )


def _as_changes(found: pa.Table) -> pa.Table:
    """What was found, in the columns of `CHANGES`."""
    types = {**{sign.kind: sign.change_type for sign in _SIGNS}, "start": "restart"}
    words = {**{sign.kind: sign.says for sign in _SIGNS}, "start": "start"}
    rows = found.num_rows
    columns = {name: found[name].combine_chunks() for name in found.column_names}
    kinds = columns.pop("kind").to_pylist()
    value = columns.pop("value")
    names = pa.array([words[kind] for kind in kinds], pa.string())
    service = pc.fill_null(columns["service"], "")
    of_version = pa.array([kind == "version" for kind in kinds], pa.bool_())
    label = pc.if_else(of_version, service, names)
    shown = pc.fill_null(value, "of a service")
    columns |= {
        "version": value,
        "previous_version": columns.pop("previous", pa.nulls(rows, pa.string())),
        "change_type": pa.array([types[kind] for kind in kinds], pa.string()),
        "change_id": pc.binary_join_element_wise(
            label, pc.coalesce(value, _stamp(columns["time"])), " "
        ),
        "description": pc.binary_join_element_wise("no record names this:", names, shown, " "),
        "status": pa.repeat(pa.scalar("implied"), rows),
        "time_quality": pa.repeat(pa.scalar("exact"), rows),
        "time_uncertainty_s": pa.repeat(pa.scalar(UNCERTAINTY_S), rows),
    }
    return fit(columns, CHANGES, rows)


def _stamp(time: pa.Array) -> pa.Array:
    return pc.strftime(time, format="%Y-%m-%dT%H:%M:%SZ")
