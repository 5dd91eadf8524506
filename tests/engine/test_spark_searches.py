"""Searches and summaries give on Spark what they give on DuckDB."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import authlogs as al
from authlogs.engine.spark_table import SparkTable, undictionaried
from authlogs.schema import EVENTS

NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)
NAMES = ("ana", "O'Brien", "50%_!", "a\\b", "ñandú", "", None)
ROWS = [
    {
        "time": NOON + timedelta(minutes=n) if n % 9 else None,
        "user": NAMES[n % len(NAMES)],
        "outcome": ("success", "failure", None)[n % 3],
        "message": (f"Try {n} of\nÑandú failed", None, "reset by 192.0.2.7")[n % 3],
        "http_status": (200, 401, None, 503)[n % 4],
        "duration_us": n * 1_000,
        "mfa": (True, False, None)[n % 3],
        "aud": (["api", "web"], [], None)[n % 3],
        "source_ip": ("192.0.2.7", "2001:db8::1")[n % 2],
        "source_ip_key": ("0" * 20 + "ffffc0000207", "20010db8" + "0" * 23 + "1")[n % 2],
        "source_file": "a.log",
        "byte_offset": n,
    }
    for n in range(40)
]
QUERIES = (
    'user:"50%_!" OR user:"a\\\\b" OR user:"o\'brien"',
    "user:*%?! OR message:(ñandú AND try*failed)",
    "NOT outcome:failure AND http_status:[200 TO 401]",
    "event.duration:>=5000000 AND mfa:false AND aud:api OR aud:web",
    "message:/of.[ÑX]an/ AND NOT user:/a.*|O'B.{4}n/",
    "source_ip:192.0.2.0/24 AND time:[now-20m TO now-5m}",
    "(reset OR 50%) AND user:>=a",
)


@pytest.fixture(scope="module")
def both(spark):
    """The same events as a table and held by Spark."""
    table = pa.Table.from_pylist(ROWS, EVENTS)
    return table, SparkTable(spark.createDataFrame(undictionaried(table)).cache())


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_finds_the_same(both, query):
    here, there = (al.search(held, query) for held in both)
    assert here.schema == there.schema
    assert here.to_pylist() == there.to_pylist()
    assert 0 < here.num_rows < len(ROWS)


def test_summaries_are_the_same(both):
    here, there = (al.top(held, ["user.name", "outcome"]) for held in both)
    assert here.to_pylist() == there.to_pylist()
    window = al.Window(NOON, NOON + timedelta(minutes=20))
    by = ["outcome", "http_status", "template"]
    here, there = (al.compare(held, window, by=by) for held in both)
    assert here.to_pylist() == there.to_pylist()
