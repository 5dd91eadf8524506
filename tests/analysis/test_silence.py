"""Incidents without a failure: sign-ins that stop coming, and prompts that nobody gets past."""

import numpy as np
import pytest
from worlds import at, changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.challenges import UNRESOLVED
from authlogs.analysis.detection import detect
from authlogs.analysis.volume import MISSING


def gone(rows, first, last, share, *, seed=5):
    """The rows without a share of those between two minutes."""
    draw = np.random.Generator(np.random.PCG64(seed))
    return [r for r in rows if not at(first) <= r["time"] < at(last) or draw.random() > share]


@pytest.mark.parametrize("share", [0.8, 1.0])
def test_a_dead_page_is_found_by_the_attempts_that_are_missing(share):
    events = place(gone(logins(31, rate=30), 120, 160, share))
    (found,) = detect(events)
    assert found.signal.reason == MISSING
    assert abs((found.onset - at(120)).total_seconds()) <= 30
    assert abs((found.recovered - at(160)).total_seconds()) <= 180


def test_a_third_of_the_attempts_that_stay_away_at_once_are_missed():
    """One of several applications is dead: the others sign in as before."""
    events = place(gone(logins(36, rate=80), 120, 170, 0.35))
    (found,) = detect(events)
    assert found.signal.reason == MISSING
    assert abs((found.onset - at(120)).total_seconds()) <= 120


def quarter_gone(*, everybody=False):
    """One region of four stays away for forty minutes; or so do four of five, wherever they are."""
    rows = logins(41, rate=30)
    for number, row in enumerate(rows):
        row["region"] = "abcd"[number % 4]
    if everybody:
        return place(gone(rows, 120, 160, 0.8))
    absent = [row for row in rows if row["region"] == "a"]
    return place([r for r in rows if r["region"] != "a"] + gone(absent, 120, 160, 1.0))


def test_a_part_of_the_people_that_stays_away_is_named():
    """A quarter of the attempts: too few to be sure of in the whole, and all of one region."""
    events = quarter_gone()
    (found,) = detect(events)
    assert (found.signal.reason, found.signal.where) == (MISSING, {"region": "a"})
    assert abs((found.onset - at(120)).total_seconds()) <= 60
    assert abs((found.recovered - at(160)).total_seconds()) <= 180
    near, late = ({"time": m, "service": "web", "change_type": "config"} for m in (20, 200))
    weighed = attribute(found, events, changes(near, late))
    assert (weighed.verdict, weighed.cause_class) == ("no_change", "dependency")
    carried = [f.statement for t in weighed.theories for f in t.evidence if f.kind == "carrier"]
    assert any("are missing on region a" in said for said in carried)


def test_a_dip_shortly_before_a_drop_does_not_hide_it():
    rows = gone(logins(43, rate=80), 106, 109, 0.4)
    (found,) = detect(place(gone(rows, 120, 160, 0.9)))
    assert found.signal.reason == MISSING
    assert abs((found.onset - at(120)).total_seconds()) <= 60


def test_where_everybody_stays_away_it_is_no_part():
    (found,) = detect(quarter_gone(everybody=True))
    assert (found.signal.reason, found.signal.where) == (MISSING, None)


def test_all_sources_silent_at_once_may_be_their_collector():
    rows = gone(logins(37, rate=30), 120, 140, 1.0)
    rows += gone(
        [r | {"service": "gateway", "event_type": "token_validate"} for r in rows], 0, 0, 0
    )
    events = place(rows)
    found = detect(events)[0]
    gap = next(t for t in attribute(found, events, changes()).theories if t.name == "telemetry_gap")
    assert (gap.verdict, gap.probability > 0.3) == ("supported", True)


def test_an_evening_is_no_drop():
    draw = np.random.Generator(np.random.PCG64(32))
    rows = logins(32, minutes=900, rate=30)
    kept = [
        r
        for r in rows
        if draw.random() < 0.5 + 0.48 * np.cos((r["time"] - at(200)).total_seconds() / 14_000)
    ]
    assert detect(place(kept)) == ()


def test_a_change_just_before_a_drop_is_a_suspect_and_nothing_raises():
    events = place(gone(logins(33, rate=30), 120, 160, 1.0))
    (found,) = detect(events)
    records = changes(
        {"time": 119, "service": "web", "change_type": "config"},
        {"time": 30, "service": "web", "change_type": "flag"},
    )
    weighed = attribute(found, events, records)
    assert weighed.suspects[0].change.id == "C0"
    assert weighed.suspects[0].probability > 0.5


def prompts(seed, *, first, last):
    """Second factors: nine of ten are answered, nobody's between two minutes."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for minute in np.sort(draw.uniform(0, 240, 2_400)):
        person = {
            "service": "idp",
            "event_type": "mfa",
            "user": f"user-{draw.integers(100_000)}",
            "client": "web",
        }
        rows.append({"time": at(minute), "outcome": "challenge", **person})
        if not first <= minute < last and draw.random() < 0.9:
            rows.append({"time": at(minute + 0.5), "outcome": "success", **person})
    return rows


def test_an_endless_prompt_is_found_though_nothing_fails():
    events = place(prompts(34, first=100, last=150))
    (found,) = detect(events)
    assert found.signal.reason == UNRESOLVED
    assert abs((found.onset - at(100)).total_seconds()) <= 180
    far = attribute(found, events, changes({"time": 20, "service": "idp"}))
    assert (far.verdict, far.theories[0].name) == ("no_change", "mfa_provider")


def test_prompts_that_people_answer_are_no_incident():
    assert detect(place(prompts(35, first=0, last=0))) == ()


def test_without_records_an_unlisted_change_and_the_provider_are_told_apart_by_nothing():
    events = place(prompts(34, first=100, last=150))
    (found,) = detect(events)
    first, second = attribute(found, events, changes()).theories[:2]
    assert {first.name, second.name} == {"mfa_provider", "unlisted_change@idp"}
    assert second.probability > 0.2


def test_a_change_to_the_service_that_prompts_is_likelier_than_its_provider():
    events = place(prompts(34, first=100, last=150))
    (found,) = detect(events)
    near = changes({"time": 99.5, "service": "idp"}, {"time": 99.5, "service": "web"})
    weighed = attribute(found, events, near)
    assert (weighed.verdict, weighed.suspects[0].change.id) == ("change", "C0")


def test_parts_of_a_log_of_ten_minutes_raise_nothing():
    assert detect(place(logins(42, minutes=10, rate=40))) == ()
