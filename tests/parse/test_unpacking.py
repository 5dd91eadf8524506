"""Several events in one record: each element of a declared list, with the fields beside it."""

import json

import pyarrow as pa
import pytest
from file_cases import counts
from hypothesis import given
from hypothesis import strategies as st

from authlogs.parse.unpacking import unpack

FORMAT = """
title = "Activities"
vendor = "https://example.org"
shape = "json"
each = "acts.list"
[recognise]
all = ["acts"]
[time]
field = "at"
[columns]
user = "who"
action_raw = "acts.list.name"
event_type = { from = "acts.list.name", table = { signed_in = "login" } }
"""


@pytest.fixture
def read_acts(read, tmp_path):
    (tmp_path / "own" / "events").mkdir(parents=True)
    (tmp_path / "own" / "events" / "acts.toml").write_text(FORMAT)
    return lambda text, **options: read(text, formats=[tmp_path / "own"], **options)


def line(*names, **more):
    acts = {"list": [{"name": name} for name in names], "page": 1}
    return json.dumps({"at": "2024-05-03T14:41:15Z", "who": "ana", "acts": acts} | more) + "\n"


def test_each_element_is_an_event_with_the_fields_of_its_record(read_acts):
    logs = read_acts(line("signed_in", "risk_seen") + line("signed_in"))
    assert counts(logs) == {"lines": 2, "unpacked": 1, "events": 3}
    rows = logs.events.to_pylist()
    assert [row["action_raw"] for row in rows] == ["signed_in", "risk_seen", "signed_in"]
    assert [row["event_type"] for row in rows] == ["login", "other", "login"]
    assert {row["user"] for row in rows} == {"ana"}
    assert [row["line_no"] for row in rows] == [1, 1, 2]
    assert rows[0]["byte_length"] == len(line("signed_in", "risk_seen")) - 1
    assert json.loads(rows[0]["extra"]) == {"acts": {"page": 1}}
    assert logs.sources["confidence"].to_pylist() == [1.0]


def test_a_record_with_an_empty_list_or_none_is_one_event(read_acts):
    bare = json.dumps({"at": "2024-05-03T14:41:15Z", "acts": 7}) + "\n"
    assert counts(read_acts(line() + bare)) == {"lines": 2, "events": 2}


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        (1000, {"lines": 2, "unpacked": 999, "events": 1001}),
        (1001, {"lines": 2, "rejected": 1, "events": 1}),
    ],
)
def test_a_list_is_bounded(read_acts, elements, told):
    assert counts(read_acts(line(*["x"] * elements) + line("y"))) == told


def test_what_stands_beside_a_list_cannot_be_multiplied_without_end(read_acts):
    logs = read_acts(line(*["x"] * 900, padding="y" * 40_000))
    assert counts(logs) == {"lines": 1, "rejected": 1}


def test_a_window_filters_the_events_and_counts_each(read_acts):
    logs = read_acts(line("a", "b", "c"), until="2024-05-03T14:41:15Z")
    assert counts(logs) == {"lines": 1, "unpacked": 2, "filtered": 3}


def test_what_continues_a_record_belongs_to_each_of_its_events(read_acts):
    logs = read_acts(line("a", "b") + "    at some.place(here)\n")
    assert counts(logs) == {"lines": 2, "unpacked": 1, "events": 2, "joined": 1}


@given(
    outer=st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
    elements=st.lists(st.integers() | st.text(max_size=3), min_size=1, max_size=5),
)
def test_elements_and_outer_fields_come_back(outer, elements):
    outer.pop("list", None)
    made = unpack(pa.array([json.dumps({**outer, "list": elements})]), "list")
    told = [json.loads(text) for text in made.text.to_pylist()]
    clean = {k.encode(errors="replace").decode(): v for k, v in outer.items()}
    assert told == [{**clean, "list": element} for element in elements]
