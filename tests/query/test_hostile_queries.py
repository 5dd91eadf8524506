"""Whatever is typed gives rows or a QueryError: never another error, never another statement."""

import os
import re

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.query.fields import Fields
from authlogs.query.lucene import parse_query
from authlogs.query.moments import Clock
from authlogs.query.searching import count_found, search
from authlogs.query.statements import Statement
from authlogs.schema import EVENTS
from authlogs.window import parse_zone

EXAMPLES = int(os.environ.get("AUTHLOGS_EXAMPLES", "150"))
TABLE = pa.Table.from_pylist(
    [{"user": "ana", "message": "hello", "http_status": 200}, {"user": "eva"}], EVENTS
)
SCRAPS = [
    "user", "http_status", "time", "source_ip", "mfa", "aud", "usr", ":", "::", "(", ")", "[", "]",
    "{", "}", '"', "'", "\\", "/", "//", "*", "?", "~", "^", "+", "-", "!", "&&", "||", "<", ">",
    ">=", "=", "AND", "OR", "NOT", "TO", "and", "or", "a", "5", "-5", "1e9",
    "2024-05-03T09:41:00Z", "09:41", "now", "now-1h", "now-999999999d", "99999d", "0000-00-00",
    "9999-12-31", "192.0.2.0/24", "::1", "fe80::1%eth0", "é", "\0", "\n", "\t",
    " ", " ", " ", "\u2028", "[a-z]+", "(?i)", "$1",
    "%", "_exists_", ";", "--", "/*", "*/", "😀", "9" * 30, "0x10", "٣", "\ud800",
]  # fmt: skip


def understood(query):
    """Whether a query is a search; anything but a QueryError fails the test."""
    asked, error = None, None
    try:
        asked = parse_query(query, Fields.of(TABLE), Clock(TABLE, parse_zone("-05:00")))
    except al.QueryError as refused:
        error = refused
    if error is None:
        return bool(Statement().where(asked))
    assert error.position is None or 0 <= error.position <= len(query)
    return not str(error)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(SCRAPS), max_size=14).map("".join))
def test_scraps_of_the_grammar_give_a_search_or_a_query_error(query):
    understood(query)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40))
def test_any_text_gives_a_search_or_a_query_error(query):
    understood(query)


@settings(max_examples=max(10, EXAMPLES // 10))
@given(st.lists(st.sampled_from(SCRAPS), min_size=1, max_size=8).map("".join))
def test_what_is_understood_runs(query):
    if understood(query):
        assert 0 <= count_found(TABLE, query, tz="UTC") <= TABLE.num_rows


INJECTIONS = [
    "'; DROP TABLE events; --",
    "' OR '1'='1",
    "x' UNION SELECT * FROM duckdb_settings() --",
    '" OR "1"="1',
    "$1",
    "?",
    "!%",
    "a!%",
    "%' ESCAPE '",
    "); COPY events TO '/tmp/x'; --",
    "\\'",
    "${jndi:ldap://x}",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_values_stay_values(text):
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    rows = pa.Table.from_pylist([{"user": text}, {"user": "ana"}, {"message": f"<{text}>"}], EVENTS)
    told = search(rows, f"user:{quoted}")
    assert told["user"].to_pylist() == [text]
    assert count_found(rows, f"message:{quoted}") == 1
    assert count_found(rows, f"user:>={quoted} AND user:<={quoted}") == 1
    statement = Statement()
    asked = parse_query(f"user:{quoted} OR {quoted}", Fields.of(rows), Clock(rows, None))
    assert re.fullmatch(r"""[A-Za-z_"$0-9()=%!' ]*""", statement.where(asked))
    assert text not in statement.where(asked).replace("$1", "")


def test_names_of_columns_stay_names():
    rows = pa.table({'a" FROM events; DROP TABLE events; --': ["x"], "user": ["ana"]})
    assert search(rows, "user:ana").num_rows == 1
    with pytest.raises(al.QueryError):
        search(rows, 'a" FROM:x')
    with pytest.raises(al.BadCall):
        search(rows, "*", columns=['user" FROM events --'])
    with pytest.raises(al.BadCall):
        search(rows, "*", order='user"; DROP TABLE events')


@pytest.mark.parametrize("regex", ["a)(b", "a)|(?:.*", "(?s", "(", "[", "*", "a{2,1}"])
def test_an_expression_cannot_leave_its_brackets(regex):
    with pytest.raises(al.QueryError):
        search(TABLE, f"user:/{regex}/")


@pytest.mark.parametrize("group", ["(?<n>a)", r"\\\\(?<n>a)", "(?P<n>a)"])
def test_a_group_with_a_name_is_refused_before_an_engine_sees_it(group):
    with pytest.raises(al.QueryError, match=r"a group with a name|each engine"):
        search(TABLE, f"message:/{group}/")


@pytest.mark.parametrize("when", ["now-99999999999d", "99999999999d", "now-9w9w", "now-1"])
def test_a_stretch_that_is_none_is_told_with_its_place(when):
    with pytest.raises(al.QueryError) as told:
        search(TABLE, f"user:ana AND time:>{when}", tz="UTC")
    assert told.value.position == len("user:ana AND time:>")


def test_a_choice_is_anchored_as_a_whole():
    assert search(TABLE, "user:/x|an/").num_rows == 0
    assert search(TABLE, "user:/x|ana/").num_rows == 1


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|a)*b", "(a*)*b", "([a-z]+)*1", "(.*)*x"])
def test_catastrophic_expressions_end(regex):
    """RE2 is linear: by backtracking this would take longer than the age of the universe."""
    rows = pa.Table.from_pylist([{"message": "a" * 20_000 + "!"}] * 20, EVENTS)
    assert 0 <= count_found(rows, f"message:/{regex}/") <= rows.num_rows
