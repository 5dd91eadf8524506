"""The same text on DuckDB and Spark gives equal tables: values, types, zones, order."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from random_events import NAMES, START, tables

from authlogs.analysis.lineage import trace_tokens
from authlogs.analysis.result import Signal
from authlogs.analysis.rollups import PERSON, rollup
from authlogs.engine.queries import run_sql
from authlogs.engine.spark_table import SparkTable, undictionaried
from authlogs.query.firsts import first_seen
from authlogs.schema import EVENTS

few = settings(max_examples=4, derandomize=True, database=None)
nothing = example(EVENTS.empty_table())
FOUND = 'SELECT source_file, line_no, "time", "user", http_status, source_ip_chain, mfa FROM events'
ORDER = 'ORDER BY "time" NULLS LAST, source_file, byte_offset'
FILTERS = (
    ('"user" = $1', "o'brien"),
    ('"user" = $1', "a\\b"),
    ("\"user\" LIKE $1 ESCAPE '!'", "%!%!_!!"),
    ('"user" >= $1', "\uffee"),
    ('NOT coalesce("user" = $1, false)', "ana"),
    ('"user" IS NULL AND http_status >= $1', 400),
    ("source_ip_key BETWEEN $1 AND $2", "0" * 20 + "ffffc0000200", "0" * 20 + "ffffc00002ff"),
    ('unix_micros("time") >= $1 AND "time" IS NOT NULL', int(START.timestamp() * 1_000_000)),
    ("regexp_like(message, $1)", "reset|refused"),
    ("regexp_like(message, $1)", "^Zeile[^a-z]zwei$"),
    ("service IS NOT DISTINCT FROM $1", None),
    ("try_element_at(source_ip_chain, 2) = $1", "198.51.100.7"),
    ("mfa IS DISTINCT FROM $1", True),
)


@pytest.fixture(scope="session")
def held(spark):
    """The function that gives a table to Spark."""
    return lambda events: SparkTable(spark.createDataFrame(undictionaried(events)))


def same(left, right):
    assert left.schema == right.schema
    assert left.to_pylist() == right.to_pylist()
    return True


@few
@given(tables)
@nothing
def test_rollups_and_exact_distinct_counts(held, events):
    there = held(events)
    assert same(rollup(events, "5m"), rollup(there, "5m"))
    by = ("user", "mfa", "http_status")
    assert same(rollup(events, "1d", by=by), rollup(there, "1d", by=by))
    people = f"SELECT count(DISTINCT {PERSON}) AS people FROM events"
    told = {
        next((row[n] for n in ("user_id", "user", "sub", "source_ip") if row[n] is not None), None)
        for row in events.to_pylist()
    }
    assert run_sql(people, events=there)["people"].to_pylist() == [len(told - {None})]


@few
@given(tables)
@nothing
def test_lineage(held, events):
    signal = Signal(
        service="gateway",
        event_type="token_validate",
        reason="invalid_signature",
        denominator="attempts",
    )
    here, there = trace_tokens(events, signal), trace_tokens(held(events), signal)
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert here.how == there.how
        assert same(here.table, there.table) and same(here.paths, there.paths)


@few
@given(tables)
@nothing
def test_first_seen(held, events):
    there = held(events)
    for column in ("user", "service_version"):
        told = first_seen(there, column)
        assert same(first_seen(events, column), told)
        rows = [r for r in events.to_pylist() if None not in (r["time"], r[column])]
        rows.sort(key=lambda r: (r["time"], r["source_file"], r["byte_offset"]))
        first = {row[column]: row["line_no"] for row in reversed(rows)}
        assert dict(zip(*(told[n].to_pylist() for n in ("value", "line_no")), strict=True)) == first


@few
@given(tables)
def test_search_filters(held, events):
    there = held(events)
    for where, *told in FILTERS:
        query = f"{FOUND} WHERE {where} {ORDER}"
        assert same(run_sql(query, told, events=events), run_sql(query, told, events=there)), where


def test_names_are_ordered_by_their_bytes(held):
    """As in Python, when it sorts by UTF-8."""
    rows = pa.table({"user": pa.array(NAMES)})
    names = EVENTS.empty_table().schema.names
    events = pa.table(
        [
            rows["user"] if n == "user" else pa.nulls(len(NAMES), EVENTS.field(n).type)
            for n in names
        ],
        schema=EVENTS,
    )
    query = 'SELECT "user" FROM events ORDER BY "user"'
    wanted = sorted(NAMES, key=lambda name: name.encode())
    assert run_sql(query, events=held(events))["user"].to_pylist() == wanted
    assert run_sql(query, events=events)["user"].to_pylist() == wanted


def test_small_tables_are_sent_along(held):
    few_rows = pa.table({"service": pa.array(["web", None]).dictionary_encode()})
    query = "WITH a AS (SELECT * FROM told) SELECT a.service FROM a ORDER BY 1 NULLS LAST"
    told = run_sql(query, events=held(EVENTS.empty_table()), told=few_rows)
    assert told["service"].to_pylist() == ["web", None]


def test_a_session_keeps_its_settings_and_names(spark, held):
    spark.sql("SELECT 1 AS mine").createOrReplaceTempView("events")
    before = {view.name for view in spark.catalog.listTables()}
    spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    spark.conf.set("spark.sql.ansi.doubleQuotedIdentifiers", "false")
    try:
        events = EVENTS.empty_table()
        assert same(rollup(events), rollup(held(events)))
        assert spark.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
        assert spark.conf.get("spark.sql.ansi.doubleQuotedIdentifiers") == "false"
        assert spark.table("events").columns == ["mine"]
        assert {view.name for view in spark.catalog.listTables()} == before
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        spark.conf.set("spark.sql.ansi.doubleQuotedIdentifiers", "true")
        spark.catalog.dropTempView("events")


def test_a_data_frame_of_spark_is_taken_as_events(held):
    assert rollup(held(EVENTS.empty_table()).frame).num_rows == 0
