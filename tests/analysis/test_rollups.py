"""Roll-ups against a plain-Python twin."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import at, place

from authlogs.analysis.rollups import rollup, seconds_of
from authlogs.errors import BadCall

rows = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(0, 7_200).map(lambda s: at(s / 60)),
            "service": st.sampled_from(["web", "gateway", None]),
            "outcome": st.sampled_from(["success", "failure"]),
            "reason": st.sampled_from(["invalid_signature", None]),
            "event_type": st.just("login"),
            "user": st.sampled_from(["ana", "luis", None]),
            "source_ip": st.sampled_from(["192.0.2.1", "192.0.2.2"]),
        }
    ),
    max_size=60,
)


@settings(max_examples=25, deadline=None)
@given(rows, st.sampled_from(["30s", "5m", "1h"]))
def test_counts_are_those_of_a_loop(events, every):
    width = seconds_of(every)
    counts, people = defaultdict(int), defaultdict(set)
    for row in events:
        start = row["time"] - timedelta(seconds=row["time"].timestamp() % width)
        key = (start, row["service"], row["event_type"], row["outcome"], row["reason"])
        counts[key] += 1
        people[key].add(row["user"] or row["source_ip"])
    told = rollup(place([dict(row) for row in events]), every).to_pylist()
    names = ("time", "service", "event_type", "outcome", "reason")
    assert {tuple(r[n] for n in names): r["events"] for r in told} == counts
    assert {tuple(r[n] for n in names): r["people"] for r in told} == {
        key: len(who) for key, who in people.items()
    }


def test_an_unknown_column_is_named():
    with pytest.raises(BadCall, match="colour"):
        rollup(place([]), by=("colour",))


@pytest.mark.parametrize("every", ["", "5", "0m", "1w", "-1m"])
def test_a_bin_that_is_none_is_refused(every):
    with pytest.raises(BadCall, match="bin of time"):
        seconds_of(every)
