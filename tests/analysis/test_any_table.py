"""Whatever the tables hold, the answer is hedged and never an exception."""

import dataclasses
import json

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import at, changes, place

from authlogs.analysis.investigation import investigate
from authlogs.logs import Logs
from authlogs.schema import REJECTS, SOURCES


def logs_of(events, records):
    return Logs(
        dataset=ds.dataset(events),
        changes=records,
        rejects=REJECTS.empty_table(),
        sources=SOURCES.empty_table(),
    )


def words(*choices):
    return st.sampled_from([None, *choices])


event = st.fixed_dictionaries(
    {
        "minute": st.floats(0, 600, allow_nan=False),
        "event_type": st.sampled_from(["login", "token_issue", "token_validate", "other", "mfa"]),
        "outcome": st.sampled_from(["success", "failure", "challenge", "unknown"]),
        "reason": words("invalid_signature", "server_error"),
        "reason_group": words("token_fault", "availability"),
        "service": words("web", "gateway", "o'brien", "postgres"),
        "service_version": words("1.0", "2.0"),
        "user": words("ana", "luis", "eva"),
        "source_ip": words("192.0.2.1"),
        "jti": words("a", "b", "c"),
        "trace_id": words("t1", "t2"),
        "duration_us": st.sampled_from([None, 5, 10**9]),
    }
)
change = st.fixed_dictionaries(
    {
        "time": st.floats(-1_000, 1_000, allow_nan=False),
        "service": words("web", "gateway"),
        "version": words("1.0", "2.0"),
        "previous_version": words("1.0", "2.0"),
        "change_type": st.sampled_from(["deploy", "rollback", "flag", "alert", "incident", None]),
    }
)


def table(events):
    rows = [dict(e, time=at(e["minute"])) for e in events]
    for row in rows:
        row["service"] = row["service"] or "app"
    return place([{k: v for k, v in row.items() if k != "minute"} for row in rows])


@settings(max_examples=12, deadline=None)
@given(st.lists(event, max_size=12), st.lists(change, max_size=4), st.integers(1, 25))
def test_nothing_raises_and_probabilities_sum_to_one(events, records, times):
    storm = [
        dict(e, minute=(e["minute"] + n * 0.7) % 600, user=f"u{n}")
        for e in events
        for n in range(times)
    ]
    found = investigate(logs_of(table(storm), changes(*records)))
    for incident in found.incidents:
        grouped = {s.group or s.change.id: s.probability for s in incident.suspects}
        total = sum(grouped.values()) + sum(t.probability for t in incident.theories)
        assert total + incident.none["unknown"] == pytest.approx(1.0)
        assert incident.onset_interval[0] <= incident.onset <= incident.onset_interval[1]
    json.loads(found.to_json())


def test_no_event_at_all_is_no_incident():
    found = investigate(logs_of(place([]), changes()))
    assert found.incidents == ()
    assert found.charts.minutes.num_rows == 0


def test_one_event_is_no_incident():
    row = {"time": at(1), "event_type": "login", "outcome": "failure", "service": "web"}
    assert investigate(logs_of(place([row]), changes())).incidents == ()


def test_a_stray_date_does_not_stretch_the_axis():
    rows = [
        {
            "time": at(n / 2),
            "event_type": "login",
            "outcome": "success",
            "service": "web",
            "user": f"u{n}",
        }
        for n in range(400)
    ]
    rows.append(dict(rows[0], time=at(-60 * 24 * 400)))
    found = investigate(logs_of(place(rows), changes()))
    assert found.charts.minutes.num_rows <= 201


def test_an_investigation_is_frozen_and_shows_itself():
    found = investigate(logs_of(place([]), changes()))
    assert "No incident" in found._repr_html_()
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.display_zone = "UTC"


def test_two_thousand_changes_are_weighed():
    rows = [
        {
            "time": at(n / 20),
            "event_type": "login",
            "service": "web",
            "user": f"u{n % 300}",
            "outcome": "failure" if 3_000 < n < 4_000 and n % 2 else "success",
            "reason": "server_error" if 3_000 < n < 4_000 and n % 2 else None,
        }
        for n in range(6_000)
    ]
    many = changes(
        *({"time": n / 8, "service": f"s{n % 50}", "version": str(n)} for n in range(2_000))
    )
    (incident,) = investigate(logs_of(place(rows), many)).incidents
    assert incident.verdict != "change"
    assert len(incident.changes_considered) == 2_000


def test_tables_are_not_changed_by_looking_at_them():
    events = place([])
    before = events.schema
    investigate(logs_of(events, changes()))
    assert events.schema.equals(before, check_metadata=True)
    assert isinstance(events, pa.Table)
