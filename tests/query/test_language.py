"""The search language: what is typed, what it means, and what is refused with its place."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest

import authlogs as al
from authlogs.query.fields import Fields
from authlogs.query.searching import count_found, search
from authlogs.schema import EVENTS

NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)


def table(*rows):
    return pa.Table.from_pylist([{"line_no": n} | row for n, row in enumerate(rows)], EVENTS)


def found(events, query, **options):
    return search(events, query, columns=["line_no"], **options)["line_no"].to_pylist()


PATHS = table(
    {"http_path": "/token", "user": "a:b", "message": "see http://x.example/y"},
    {"http_path": "/api/v1/", "user": "-5", "message": "at 10:15:00 [error] (retry)"},
    {"http_path": "/", "user": "fe80::1", "message": "a AND b"},
)


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("http_path:/token", [0]),
        ("http_path:/tok*", [0]),
        ("http_path:/api/v1/", [1]),
        ("http_path:/ OR http_path:/token", [0, 2]),
        ("http_path:/token OR http_path:/", [0, 2]),
        (r"http_path:/\/t.*/", [0]),
        ("http_path:/token/", []),  # closes at the word's end: an expression
        (r"http_path:(/token OR \/api*)", [0, 1]),
        ("user:a:b", [0]),
        (r"user:a\:b", [0]),
        ("user:-5", [1]),
        ("user:fe80::1", [2]),
        ("fe80::1", [2]),
        ("http://x.example", [0]),
        ('"10:15:00"', [1]),
        ("10:15:00", [1]),
        (r"\[error\]", [1]),
        (r"message:\(retry\)", [1]),
        ('"a AND b"', [2]),
        ("user: fe80::1", [2]),
        ("message:(a b)", [2]),
        ("message:(a\tAND\nb)", [2]),
        ("NOT http_path:/token -user:-5", [2]),
        (r"!http_path:/token && !user:\-5", [2]),
        ("", [0, 1, 2]),
        ("  ", [0, 1, 2]),
    ],
)
def test_what_is_typed_is_what_is_meant(query, lines):
    assert found(PATHS, query) == lines


def test_and_binds_more_than_or_and_not_more_than_both():
    rows = table({"user": "a", "reason": "r"}, {"user": "b", "reason": "s"}, {"user": "c"})
    assert found(rows, "user:a OR user:b AND reason:r") == [0]
    assert found(rows, "(user:a OR user:b) AND reason:s") == [1]
    assert found(rows, "NOT user:a AND reason:s") == [1]
    assert found(rows, "user:b reason:r OR reason:s") == [1]


def test_not_keeps_rows_without_a_value():
    rows = table({"user": "ana"}, {"user": None}, {"user": "eva"})
    assert found(rows, "NOT user:ana") == [1, 2]
    assert found(rows, "NOT user:/a.*/") == [1, 2]
    assert found(rows, "NOT (user:ana OR http_status:>5)") == [1, 2]
    assert found(rows, "NOT user:*") == [1]


def test_names_of_ecs_and_opentelemetry_are_taken():
    known = Fields.of(table())
    assert known.named("user.name").name == "user"
    assert known.named("service.version").name == "service_version"
    assert known.named("TraceId").name == "trace_id"
    assert known.named("@timestamp").name == "time"
    told = [EVENTS.field(name).metadata for name in EVENTS.names]
    for field, meta in zip(EVENTS, told, strict=True):
        for key in (b"ecs", b"otel"):
            if key in meta:
                assert known.named(meta[key].decode()) is not None, field.name


def test_a_duration_by_its_ecs_name_is_in_nanoseconds():
    rows = table({"duration_us": 1_500}, {"duration_us": 2_000})
    assert found(rows, "event.duration:>=2000000") == [1]
    assert found(rows, "duration_us:>=2000") == [1]


def test_columns_and_order_and_limit():
    rows = table(
        {"time": NOON, "user": "b"}, {"time": NOON - timedelta(1), "user": "a"}, {"user": "c"}
    )
    told = search(rows, "*", columns=["user.name", "time"])
    assert told.column_names == ["user", "time"]
    assert told["user"].to_pylist() == ["a", "b", "c"]
    assert search(rows, "*", order="-user", limit=2)["user"].to_pylist() == ["c", "b"]
    assert search(rows, "*", limit=0).num_rows == 0
    with pytest.raises(al.BadCall, match="no column is called 'usr'") as error:
        search(rows, "*", columns=["usr"])
    assert "user" in error.value.next_step
    with pytest.raises(al.BadCall, match="limit"):
        search(rows, "*", limit=-1)


def test_a_window_is_half_open():
    rows = table(*({"time": NOON + timedelta(minutes=n)} for n in range(4)))
    window = al.Window(NOON + timedelta(minutes=1), NOON + timedelta(minutes=3))
    assert found(rows, "*", window=window) == [1, 2]
    assert count_found(rows, "*", window=window) == 2


def test_times_need_a_zone_and_back_from_the_end_do_not():
    rows = table(*({"time": NOON + timedelta(minutes=n)} for n in range(0, 60, 10)))
    assert found(rows, "time:>=now-10m") == [4, 5]
    assert found(rows, "time:>10m") == [5]
    assert found(rows, "time:[07:10 TO 07:20]", tz="America/Bogota") == [1, 2]
    assert found(rows, "time:[07:10 TO 07:20}", tz="America/Bogota") == [1]
    assert found(rows, "time:2024-05-03", tz="America/Bogota") == [0, 1, 2, 3, 4, 5]
    assert found(rows, "time:>2024-05-03", tz="America/Bogota") == []
    assert found(rows, "time:<2024-05-03T07:10", tz="-05:00") == [0]
    for query in ("time:>07:10", "time:2024-05-03", "time:>2024-05-03T07:10"):
        with pytest.raises(al.QueryError, match="names no zone"):
            search(rows, query)


def test_a_day_ends_at_its_own_midnight():
    """The 31st of March 2024 has 23 hours in Berlin."""
    start = datetime(2024, 3, 30, 23, tzinfo=UTC)
    rows = table(*({"time": start + timedelta(hours=n)} for n in (-1, 0, 22, 23)))
    assert found(rows, "time:2024-03-31", tz="Europe/Berlin") == [1, 2]


def test_any_table_can_be_asked():
    rows = pa.table({"version": ["1", "2"], 'odd "name"': [1, 2], "failed": [True, False]})
    assert search(rows, "failed:true")["version"].to_pylist() == ["1"]
    assert search(rows, "failed:false", columns=['odd "name"']).to_pylist() == [{'odd "name"': 2}]
    with pytest.raises(al.QueryError, match="no message, reason or user"):
        search(rows, "word")


def test_logs_stores_datasets_and_frames_give_the_same(sample_logs, tmp_path):
    query = "outcome:failure AND service:gateway AND reason:timeout"
    sample_logs.save(tmp_path / "store")
    wanted = search(sample_logs, query)
    assert wanted.num_rows
    for held in (
        tmp_path / "store",
        al.load(tmp_path / "store"),
        sample_logs.dataset,
        sample_logs.events,
        pl.from_arrow(sample_logs.events),
    ):
        assert search(held, query).equals(wanted)


def test_a_damaged_store_is_said_to_be_one(sample_logs, tmp_path):
    sample_logs.save(tmp_path / "store")
    file = next((tmp_path / "store" / "events").rglob("*.parquet"))
    data = bytearray(file.read_bytes())
    data[4 : len(data) - 4] = b"\0" * (len(data) - 8)
    file.write_bytes(data)
    with pytest.raises(al.DamagedStore):
        search(tmp_path / "store", "outcome:failure")


def test_a_store_of_another_version_is_refused(sample_logs, tmp_path):
    sample_logs.save(tmp_path / "store")
    manifest = tmp_path / "store" / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    (name,) = (name for name in told if "schema" in name or "version" in name)
    manifest.write_text(json.dumps(told | {name: "999"}), encoding="utf-8")
    with pytest.raises(al.AuthlogsError):
        search(tmp_path / "store", "outcome:failure")


REFUSED = [
    ("usr:ana", 0, "no field is called 'usr'"),
    ("a AND usr:ana", 6, "no field is called 'usr'"),
    ("http_path:/x AND usr:ana", 17, "no field is called 'usr'"),
    ("foo~2", 3, "~2"),
    ('"a b"~3', 5, "~3"),
    ("(a b)^2", 5, "^2"),
    ("a or b", 2, "lower-case 'or'"),
    ("user:(ana eva)", 10, "side by side"),
    ("user:(a AND reason:b)", 12, "stands inside"),
    ("http_status:5*", 12, "takes no wildcards"),
    ("http_status:high", 12, "is a number"),
    ("mfa:maybe", 4, "true or false"),
    ("source_ip:nowhere", 10, "is no address"),
    ("source_ip:300.1.1.1/8", 10, "is no address"),
    ("aud:>a", 5, "has no order"),
    ("time:>yesterday", 6, "no moment in time"),
    ("time:>now-later", 6, "is no time"),
    ("time:>2024-05-03T25:00Z", 6, "no moment in time"),
    ("user:(a", 7, "ends too early"),
    ('user:"a', 5, "never closed"),
    ("time:[1 TO 2", 5, "never closed"),
    ("a AND", 5, "ends too early"),
    (")", 0, "unexpected"),
    ("user:/(?=a)/", 5, "expression cannot be used"),
    ("user:/a(?<x>b)\\1/", 5, "expression cannot be used"),
    ("user:/[[:alpha:]]/", 5, "something else on each engine"),
    ("user:/a{1000}{1000}/", 5, "expression cannot be used"),
    (">5", 0, "needs a field"),
    ("[1 TO 2]", 0, "needs a field"),
    ("a\\", 1, "backslash"),
    ("(" * 200 + "a" + ")" * 200, 101, "inside one another"),
    ("NOT " * 200 + "a", 404, "inside one another"),
]


@pytest.mark.parametrize(
    ("query", "position", "what"), REFUSED, ids=[q[:30] for q, _, _ in REFUSED]
)
def test_what_is_not_supported_is_refused_with_its_place(query, position, what):
    with pytest.raises(al.QueryError) as error:
        search(PATHS, query)
    assert what in str(error.value)
    assert error.value.position == position


def test_unknown_fields_name_the_nearest():
    with pytest.raises(al.QueryError) as error:
        search(PATHS, "servce:web")
    assert "service" in error.value.next_step
    with pytest.raises(al.QueryError) as error:
        search(PATHS, "event.outcom:failure")
    assert "event.outcome" in error.value.next_step


def test_the_error_points_at_the_place():
    with pytest.raises(al.QueryError) as error:
        search(PATHS, "user:ana AND usr:eva")
    lines = str(error.value).splitlines()
    assert lines[1].index("usr") == lines[2].index("^")


@pytest.mark.parametrize("query", [None, 5, b"a", ["a"]])
def test_a_query_is_text(query):
    with pytest.raises(al.QueryError, match="a query is text"):
        search(PATHS, query)


def test_a_megabyte_is_refused_at_once():
    for query in ("a" * 1_000_000, "(" * 1_000_000, 'user:"' + "a" * 1_000_000):
        with pytest.raises(al.QueryError, match="characters"):
            search(PATHS, query)


def test_long_lists_are_taken_and_endless_ones_refused():
    names = " OR ".join(f"u{n}" for n in range(1_500))
    assert found(PATHS, f"user:(a\\:b OR {names})") == [0]
    names = " OR ".join(f"u{n}" for n in range(2_500))
    with pytest.raises(al.QueryError, match="more than 2,000"):
        search(PATHS, f"user:({names})")
