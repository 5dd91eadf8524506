"""The door to the engines, and what DuckDB learns so that both read the same text."""

import weakref
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authlogs.analysis.rollups import whole
from authlogs.engine.plain_types import plain
from authlogs.engine.queries import positional, run_sql
from authlogs.engine.remembering import remembered

NUMBERS = st.integers(-(2**52), 2**52)


@settings(max_examples=30)
@given(NUMBERS, st.integers(1, 86_400_000_000))
def test_whole_division_rounds_down_as_in_python(value, width):
    query = f"SELECT {whole('$1', '$2')} AS fits, pmod($1, $2) AS rest"
    assert run_sql(query, [value, width]).to_pylist() == [
        {"fits": value // width, "rest": value % width}
    ]


@settings(max_examples=20)
@given(st.integers(-(10**15), 4 * 10**15))
def test_moments_and_microseconds_turn_into_each_other(micros):
    told = run_sql("SELECT unix_micros(timestamp_micros($1)) AS back", [micros])
    assert told["back"].to_pylist() == [micros]


def test_a_moment_comes_back_in_utc():
    told = run_sql("SELECT timestamp_micros($1) AS at", [1_714_747_275_000_000])
    assert told.schema == pa.schema([("at", pa.timestamp("us", tz="UTC"))])
    assert told["at"][0].as_py() == datetime(2024, 5, 3, 14, 41, 15, tzinfo=UTC)


def test_a_value_is_used_as_often_as_its_number_stands_there():
    assert positional("a > $2 AND b = $1 AND c > $2", ["x", 5]) == (
        "a > ? AND b = ? AND c > ?",
        [5, "x", 5],
    )
    assert positional("no value, '($|x)'", []) == ("no value, '($|x)'", [])
    assert positional("$10 $1", list("abcdefghij")) == ("? ?", ["j", "a"])


def test_results_have_few_types():
    words = pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), ["a"])
    table = pa.table(
        {
            "word": words,
            "small": pa.array([1, None], pa.int16()),
            "sum": pa.array([2, None], pa.decimal128(38, 0)),
            "share": pa.array([0.5, None], pa.float32()),
            "time": pa.array([0, None], pa.timestamp("us", tz="Etc/UTC")),
            "large": pa.array([["x"], None], pa.list_(pa.large_string())),
        }
    )
    assert plain(table).schema == pa.schema(
        [
            ("word", pa.string()),
            ("small", pa.int64()),
            ("sum", pa.int64()),
            ("share", pa.float64()),
            ("time", pa.timestamp("us", tz="UTC")),
            ("large", pa.list_(pa.string())),
        ]
    )


def test_tables_of_one_query_are_unknown_to_the_next():
    table = pa.table({"n": [1]})
    assert run_sql("SELECT sum(n) AS n FROM kept", kept=table)["n"].to_pylist() == [1]
    with pytest.raises(Exception, match="kept"):
        run_sql("SELECT * FROM kept")


def test_a_question_is_asked_once_of_the_same_tables_while_answers_are_remembered():
    question, two, five = "SELECT uuid() AS id, sum(n + $1) AS n FROM t", [2], [5]

    def ask(of, values):
        return run_sql(question, values, t=of).to_pylist()[0]

    held = pa.table({"n": [1]})
    with remembered():
        first = ask(held, two)
        assert ask(held, two) == first
        assert [ask(held, five)["n"], ask(pa.table({"n": [30]}), two)["n"]] == [6, 32]
        with remembered():
            assert ask(held, two) == first
        assert ask(held, two) == first
    assert ask(held, two)["id"] != first["id"]


def test_a_table_that_is_gone_lends_its_answers_to_no_other():
    with remembered():
        told = [
            run_sql("SELECT n FROM t", t=pa.table({"n": [n]}))["n"][0].as_py() for n in range(50)
        ]
    assert told == list(range(50))


def test_large_answers_are_not_kept():
    with remembered():
        kept, gone = [
            weakref.ref(run_sql("SELECT n FROM t", t=pa.table({"n": range(rows)})))
            for rows in (600, 600_000)
        ]
        assert kept() is not None and gone() is None


def test_a_dataset_in_memory_is_its_table():
    held = pa.concat_tables([pa.table({"n": [1, 2]}), pa.table({"n": [3]})])
    chosen = ds.dataset(held).filter(pc.field("n") > 1)
    assert run_sql("SELECT sum(n) AS n FROM t", t=ds.dataset(held))["n"].to_pylist() == [6]
    assert run_sql("SELECT sum(n) AS n FROM t", t=chosen)["n"].to_pylist() == [5]
