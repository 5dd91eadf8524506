"""Mitigations, impact, segments, coverage and claims, on small worlds with known answers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from worlds import at, between, changes, logins, place

from authlogs.analysis.attribution import weigh_case
from authlogs.analysis.case import open_case
from authlogs.analysis.claims import read_claims
from authlogs.analysis.coverage import cover, gaps_of
from authlogs.analysis.detection import detect
from authlogs.analysis.impact import measure_impact
from authlogs.analysis.mitigations import judge_mitigations
from authlogs.analysis.priors import Priors
from authlogs.analysis.segments import compare_segments
from authlogs.analysis.series import find_grid
from authlogs.schema import SOURCES


def case_of(rows, records):
    events = place(rows)
    (incident,) = detect(events)
    return open_case(incident, events, records, Priors())


def test_an_act_that_ends_the_failures_is_complete_and_one_that_does_not_is_none():
    acts = changes(
        {"time": 110, "service": "web", "change_type": "restart"},
        {"time": 148, "service": "db", "change_type": "failover"},
    )
    case = case_of(logins(31, fails=between(100, 149, "server_error", "availability", 0.8)), acts)
    judged = {m.change: m.effect for m in judge_mitigations(case, weigh_case(case))}
    assert judged == {"C0": "none", "C1": "complete"}


def test_the_people_affected_are_counted_once_however_often_they_retry():
    rows = logins(32, fails=between(100, 150, "server_error", "availability", 0.5))
    hit = [r for r in rows if r.get("reason") == "server_error"]
    storm = [dict(hit[5], time=at(120 + n / 60)) for n in range(300)]
    case = case_of(rows + storm, changes())
    impact = measure_impact(case)
    assert impact.users_affected == pytest.approx(len({r["user"] for r in hit}), abs=2)
    assert impact.failed_logins < len(hit) * 1.1
    assert impact.identity_basis == "user"


def test_lost_sign_ins_are_the_deficit_against_the_level_before():
    rows = logins(33, minutes=300, rate=20, fails=between(150, 210, "server_error", "availability"))
    impact = measure_impact(case_of(rows, changes()))
    low, high = impact.lost_logins_interval
    assert low <= 60 * 20 * 0.96 <= high


def test_the_client_that_carries_the_surge_stands_out():
    def fails(minute, row):
        return (
            ("invalid_redirect_uri", "client_fault")
            if minute > 120 and row["client"] == "ios"
            else None
        )

    first = compare_segments(case_of(logins(34, fails=fails), changes()))[0]
    assert first.where in ({"client": "ios"}, {"client": "web"})
    assert first.interval[0] > 2 or first.interval[1] < 0.5


def test_a_source_that_falls_silent_is_in_the_ledger():
    rows = [r for r in logins(35) if not 100 < (r["time"] - at(0)).total_seconds() / 60 < 130]
    events = place(rows)
    sources = pa.Table.from_pylist([{"source_file": "web.log", "truncated": True}], schema=SOURCES)
    ledger = cover(events, sources, find_grid(events))
    (silence,) = gaps_of(ledger).to_pylist()
    assert ledger[0]["truncated"]
    assert abs((silence["start"] - at(100)).total_seconds()) < 60
    assert abs((silence["end"] - at(130)).total_seconds()) < 60


def test_claims_are_the_times_that_a_postmortem_names():
    text = (
        "# Postmortem\n\n- 10:00 outage began\n- 09:45 alert fired\n- 14:02:10 a restart\nno time\n"
    )
    rows = [
        {"source_file": "postmortem.md", "kind": "notes", "notes": text},
        {"source_file": "README.md", "kind": "notes", "notes": "- 11:00 outage began"},
    ]
    zone = ZoneInfo("America/Bogota")
    claims = read_claims(pa.Table.from_pylist(rows, schema=SOURCES), date(2024, 5, 3), zone)
    assert [(c.time, c.kind, c.place) for c in claims] == [
        (datetime(2024, 5, 3, 10, 0, tzinfo=zone), "onset", "postmortem.md:3"),
        (datetime(2024, 5, 3, 9, 45, tzinfo=zone), "detected", "postmortem.md:4"),
    ]


def test_a_person_who_retries_counts_once_in_five_minutes():
    rows = logins(36, fails=between(100, 150, "server_error", "availability", 0.5))
    one = case_of(rows, changes())
    loud = [dict(r, time=at(110 + n / 20)) for n in range(80) for r in rows[:1]]
    for row in loud:
        row |= {"outcome": "failure", "reason": "server_error", "reason_group": "availability"}
    other = case_of(rows + loud, changes())
    assert int(np.sum(other.units.failed)) - int(np.sum(one.units.failed)) <= 3
