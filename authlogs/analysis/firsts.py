"""When each value was first seen: of a user, an address, a version, a key."""

from typing import Any

import pyarrow as pa

from authlogs.analysis.rollups import check_columns
from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql

FIRST = """
SELECT value, "time", source_file, line_no, byte_offset
FROM (SELECT "{column}" AS value, "time", source_file, line_no, byte_offset,
             row_number() OVER (PARTITION BY "{column}" ORDER BY "time", source_file NULLS LAST,
                                byte_offset NULLS LAST) AS place
      FROM events WHERE "time" IS NOT NULL AND "{column}" IS NOT NULL)
WHERE place = 1 ORDER BY value
"""


def first_seen(events: Any, column: str) -> pa.Table:
    """Return each value of a column with the time and place of the first event that holds it.

    Of several at one time the first by file and byte counts. Raises BadCall for no such column.
    """
    check_columns([column])
    return run_sql(FIRST.format(column=column), events=as_events(events))
