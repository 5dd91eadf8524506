"""top, compare, first_seen and templates against counts by hand and in plain Python."""

import math
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.query.templates import templates
from authlogs.schema import EVENTS

NOON = datetime(2024, 5, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AFTER = al.Window(NOON, NOON + HOUR)
BEFORE = al.Window(NOON - HOUR, NOON)


def events(*rows):
    return pa.Table.from_pylist(
        [{"source_file": "a.log", "byte_offset": n} | row for n, row in enumerate(rows)], EVENTS
    )


def mask(*messages):
    return templates(pa.array(messages, pa.string())).to_pylist()


@pytest.mark.parametrize(
    ("message", "template"),
    [
        ("took 30ms of 1.5 s", "took <number> of <number> s"),
        ("from 192.0.2.7:443 and 198.51.100.0/24", "from <address> and <address>"),
        (
            "from 2001:db8::1 or [2001:db8::2]:443 or ::1",
            "from <address> or <address> or <address>",
        ),
        ("user 'ana b' said \"no 5\"", "user <text> said <text>"),
        ("ana@acme.example can't log in, won't", "<email> can't log in, won't"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id <id>"),
        ("pod api-7f9c-x2 of 5f3ac9e2b7", "pod <id> of <id>"),
        ("at 2024-05-03T09:41:00-05:00 and 10:15:00", "at <time> and <time>"),
        ("build 5.13.0 of std::string", "build <version> of std::string"),
        ("[redacted:token] stays", "[redacted:token] stays"),
        ("a  b\tc", "a b c"),
        ("niño", "niño"),
        (None, None),
        ("", ""),
    ],
)
def test_what_changes_is_masked(message, template):
    assert mask(message) == [template]


def test_templates_of_two_messages_that_differ_in_values_alone_are_one():
    first = "login of 'ana' from 192.0.2.7 refused after 30 ms (session 5f3ac9e2)"
    second = "login of 'eva' from 2001:db8::9 refused after 1200 ms (session 07bb1c)"
    assert len(set(mask(first, second))) == 1


ROWS = [
    {
        "time": NOON + timedelta(minutes=n),
        "reason": reason,
        "message": f"try {n} of {reason} failed",
    }
    for n, reason in enumerate(["a"] * 5 + ["b"] * 30)
] + [{"time": NOON - timedelta(minutes=n), "reason": "a", "message": "fine"} for n in range(1, 21)]


def test_compare_counts_shares_and_scores():
    told = al.compare(events(*ROWS), AFTER, baseline=BEFORE, by=["reason"]).to_pylist()
    by_value = {row["value"]: row for row in told}
    assert (by_value["b"]["events"], by_value["b"]["baseline"]) == (30, 0)
    assert by_value["b"]["share"] == pytest.approx(30 / 35)
    assert by_value["a"]["baseline_share"] == 1.0
    # Two times the log of the likelihood ratio, written out: 30 of 35 against 0 of 20.
    pooled = 30 / 55
    ratio = 30 * math.log(30 / (35 * pooled)) + 5 * math.log(5 / (35 * (1 - pooled)))
    ratio += 20 * math.log(20 / (20 * (1 - pooled)))
    assert by_value["b"]["score"] == pytest.approx(2 * ratio)
    assert by_value["a"]["score"] == pytest.approx(-2 * ratio)


def test_compare_finds_new_templates_whatever_the_order_of_lines():
    rows = list(ROWS)
    told = al.compare(events(*rows), AFTER, by=["template"])
    assert told["value"].to_pylist()[0] in {"try <number> of b failed", "fine"}
    news = {row["value"]: row for row in told.to_pylist() if row["baseline"] == 0}
    assert news["try <number> of b failed"]["events"] == 30
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert al.compare(events(*rows), AFTER, by=["template"]).equals(told)


def test_compare_takes_a_query_and_refuses_what_overlaps():
    told = al.compare(events(*ROWS), AFTER, by=["reason"], query="reason:b")
    assert told["value"].to_pylist() == ["b"]
    with pytest.raises(al.BadCall, match="overlap"):
        al.compare(events(*ROWS), AFTER, baseline=al.Window(NOON, NOON + 2 * HOUR))
    with pytest.raises(al.BadCall, match="no column is called 'resaon'"):
        al.compare(events(*ROWS), AFTER, by=["resaon"])


def test_compare_of_nothing_is_nothing():
    assert al.compare(events(), AFTER).num_rows == 0
    assert al.compare(pa.table({"time": events()["time"]}), AFTER).num_rows == 0


people = st.sampled_from([None, "ana", "eva", "luz"])
row = st.fixed_dictionaries(
    {
        "user": people,
        "outcome": st.sampled_from([None, "success", "failure"]),
        "reason": st.sampled_from([None, "r", "s"]),
        "time": st.sampled_from([None, *(NOON + timedelta(minutes=n) for n in range(5))]),
    }
)


@settings(max_examples=25)
@given(st.lists(row, max_size=15))
def test_top_counts_as_plain_python_does(rows):
    told = al.top(events(*rows), ["reason", "event.outcome"], limit=100).to_pylist()
    groups = Counter((one["reason"], one["outcome"]) for one in rows)
    assert {(one["reason"], one["outcome"]): one["events"] for one in told} == groups
    assert [one["events"] for one in told] == sorted(groups.values(), reverse=True)
    for one in told:
        own = [r for r in rows if (r["reason"], r["outcome"]) == (one["reason"], one["outcome"])]
        times = [r["time"] for r in own if r["time"]]
        assert one["people"] == len({r["user"] for r in own} - {None})
        assert one["failures"] == (one["events"] if one["outcome"] == "failure" else 0)
        assert (one["first"], one["last"]) == (min(times, default=None), max(times, default=None))


def test_top_of_any_table_counts_what_it_has():
    told = al.top(pa.table({"version": ["1", "2", "2"]}), "version").to_pylist()
    assert told == [{"version": "2", "events": 2}, {"version": "1", "events": 1}]
    with pytest.raises(al.BadCall, match="no column is called 'versoin'"):
        al.top(pa.table({"version": ["1"]}), "versoin")


@settings(max_examples=25)
@given(st.lists(row, max_size=15))
def test_first_seen_is_the_earliest(rows):
    told = al.first_seen(events(*rows), "user.name").to_pylist()
    seen = {}
    for place, one in enumerate(rows):
        if one["time"] and one["user"]:
            key = (one["time"], place)
            seen[one["user"]] = min(seen.get(one["user"], key), key)
    assert {one["value"]: (one["time"], one["byte_offset"]) for one in told} == seen
    assert [one["value"] for one in told] == sorted(seen)
