"""One rollout that several records tell (begun, step, done) as one change."""

from typing import Final

import pyarrow as pa

from authlogs.engine.queries import run_sql
from authlogs.parse.assemble import fit
from authlogs.schema import CHANGES, MARKS

APART_S: Final = 3600
"""Records of one identifier further apart than this are two rollouts: providers count anew."""

_ONE: Final = "alone, format, service, environment, change_type, change_id"
_ORDER: Final = 'ORDER BY "time", source_file, byte_offset'
_ROLLOUTS: Final = """
WITH told AS (SELECT *, coalesce(end_time, "time") AS until,
                     change_id IS NULL OR share IS NOT NULL OR "time" IS NULL
                     OR change_type IN ({marks}) AS alone
              FROM changes),
gaps AS (SELECT *, unix_micros("time") - lag(unix_micros(until))
                       OVER (PARTITION BY {one} {order}) AS gap
         FROM told),
runs AS (SELECT *, sum(CASE WHEN alone OR gap IS NULL OR gap > {apart} THEN 1 ELSE 0 END)
                       OVER (PARTITION BY {one} {order} ROWS UNBOUNDED PRECEDING) AS run
         FROM gaps),
whole AS (SELECT *, row_number() OVER (PARTITION BY {one}, run {order}) AS place,
                 count(*) OVER (PARTITION BY {one}, run) AS records,
                 max(until) OVER (PARTITION BY {one}, run) AS last_time,
                 last_value(status) OVER (PARTITION BY {one}, run {order}
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_status
          FROM runs)
SELECT *, CASE WHEN records > 1 THEN last_time ELSE end_time END AS whole_end
FROM whole WHERE alone OR place = 1
ORDER BY "time" NULLS LAST, source_file NULLS LAST, byte_offset NULLS LAST
"""


def fold_rollouts(changes: pa.Table) -> pa.Table:
    """Return the changes with the records of one rollout as one: first time, last end, last status.

    They are of one format, service, environment, type and identifier, at most an hour apart. Marks,
    steps of a share, and records without an identifier stay as they are.
    """
    if not len(changes):
        return changes
    marks = ", ".join(f"'{mark}'" for mark in MARKS)
    query = _ROLLOUTS.format(marks=marks, apart=APART_S * 1_000_000, one=_ONE, order=_ORDER)
    found = run_sql(query, changes=changes)
    columns = {name: found[name].combine_chunks() for name in CHANGES.names}
    columns["end_time"] = found["whole_end"].combine_chunks()
    columns["status"] = found["last_status"].combine_chunks()
    return fit(columns, CHANGES, len(found))
