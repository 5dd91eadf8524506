"""When each value was first seen: of a user, an address, a version, a key."""

from typing import Any, Final

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.query.fields import Fields
from authlogs.query.statements import quoted

FIRST: Final = """
SELECT value, "time", source_file, line_no, byte_offset
FROM (SELECT {column} AS value, "time", source_file, line_no, byte_offset,
             row_number() OVER (PARTITION BY {column} ORDER BY "time", source_file NULLS LAST,
                                byte_offset NULLS LAST) AS place
      FROM events WHERE "time" IS NOT NULL AND {column} IS NOT NULL)
WHERE place = 1 ORDER BY {order}
"""


def first_seen(events: Any, column: str) -> pa.Table:
    """Return each value of a column with the time and place of the first event that holds it.

    Returns a table: `value`, `time` (UTC), `source_file`, `line_no`, `byte_offset`; a row for each
    value, in the order of values. Of several events at one time the first by file and byte counts.
    Events without a time are left out. Raises BadCall for no such column.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> versions = al.first_seen(logs, "service_version").to_pylist()
    >>> [row["time"].isoformat() for row in versions if row["value"] == "5.13.0"]
    ['2024-05-03T14:41:00+00:00']
    """
    held = as_events(events)
    (name,) = Fields.of(held).names_of((column,))
    return run_sql(FIRST.format(column=quoted(name), order="value"), events=held)
