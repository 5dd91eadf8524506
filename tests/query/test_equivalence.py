"""For random tables and queries the SQL gives what plain Python gives, row for row.

AUTHLOGS_EXAMPLES=2000 asks for more examples than a usual run takes.
"""

import ipaddress
import os

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naive import fits, queries, row, write

from authlogs.query.searching import count_found, search
from authlogs.schema import EVENTS

EXAMPLES = int(os.environ.get("AUTHLOGS_EXAMPLES", "25"))
QUERIES = 3
"""Queries that are asked of each table."""


def key_of(address):
    """The address as 32 hex digits of its IPv6 form, by the standard library."""
    one = ipaddress.ip_address(address)
    one = ipaddress.ip_address(f"::ffff:{one}") if one.version == 4 else one
    return one.exploded.replace(":", "")


def table_of(rows):
    named = [
        one | {"line_no": place, "source_ip_key": one["source_ip"] and key_of(one["source_ip"])}
        for place, one in enumerate(rows)
    ]
    return pa.Table.from_pylist(named, EVENTS)


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(row(), min_size=1, max_size=25),
    st.lists(queries(), min_size=1, max_size=QUERIES),
    st.data(),
)
def test_sql_gives_what_plain_python_gives(rows, asked, data):
    table = table_of(rows)
    for query in asked:
        text = write(query, data.draw)
        told = search(table, text, columns=["line_no"], order=None)["line_no"].to_pylist()
        assert sorted(told) == [n for n, one in enumerate(rows) if fits(query, one)], text
        assert count_found(table, text) == len(told)
