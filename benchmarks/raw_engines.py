"""Engines bare: what polars and DuckDB need to take fields out of lines, and nothing more.

No times, no redaction, no places, no rejects: a lower bound for whoever does the whole work.
"""

from pathlib import Path
from typing import Any, Final

Told = dict[str, Any]

_COMBINED: Final = (
    r'^(?P<client>\S+) \S+ (?P<user>[^"]*) \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]{3,16})'
    r' (?P<path>(?:[^"\\]|\\.)*?)(?: HTTP/[\d.]+)?" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r' "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)"$'
)
_FIELDS: Final = (
    "timestamp", "level", "event", "service", "service_version", "instance", "zone", "outcome",
    "error", "reason", "user", "client", "trace_id", "session_id", "auth_method", "idp",
    "client_ip", "duration_ms", "jti", "kid",
)  # fmt: skip


def polars_text(path: Path) -> Told:
    """Nine fields of each line by one pattern, in a stream; only counts come back."""
    import polars as pl

    line = pl.col("line").str.extract_groups(_COMBINED).alias("found")
    lines = pl.scan_csv(
        path, has_header=False, separator="\x01", quote_char=None, new_columns=["line"]
    )
    counts = lines.select(line).unnest("found").select(pl.all().count()).collect(engine="streaming")
    return {"rows": counts["client"][0]}


def duckdb_json(path: Path) -> Told:
    """Twenty top-level fields of each object into an Arrow table."""
    import duckdb

    columns = ", ".join(f"{name}: 'VARCHAR'" for name in _FIELDS)
    query = (
        f"SELECT * FROM read_ndjson('{path}', columns = {{{columns}}}, ignore_errors = true)"
        ' WHERE "timestamp" IS NOT NULL'
    )
    with duckdb.connect() as connection:
        table = connection.sql(query).to_arrow_table()
    return {"rows": table.num_rows}
