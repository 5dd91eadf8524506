"""The traps that simpler attributions fall into, one test each."""

import numpy as np
import pytest
from worlds import at, changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.detection import detect
from authlogs.simulation.incidents.quiet import quiet_days


def only(events):
    (found,) = detect(events)
    return found


@pytest.mark.parametrize("seed", [61, 62, 63])
def test_a_severity_that_wobbles_does_not_clear_the_guilty_build(seed):
    draw = np.random.Generator(np.random.PCG64(seed))
    course = np.cumsum(draw.normal(0, 0.15, 240))  # 0.4 logit and more within minutes
    hosts = {"web-1": 100, "web-2": 105, "web-3": 110, "web-4": 115}

    def version(minute, host):
        return "2.0" if hosts[host] <= minute < 170 else "1.0"

    def fails(minute, row):
        severity = 1 / (1 + np.exp(-(0.3 + course[int(minute)])))
        bad = row["service_version"] == "2.0" and draw.random() < severity
        return ("missing_claim", "token_fault") if bad else None

    events = place(logins(seed, rate=60, fails=fails, version=version))
    records = changes(
        {"time": 100, "end_time": 116, "service": "web", "version": "2.0"},
        {"time": 170, "service": "web", "version": "1.0", "change_type": "rollback"},
    )
    weighed = attribute(only(events), events, records)
    assert weighed.suspects[0].change.version == "2.0"
    assert weighed.suspects[0].probability > 0.9


def test_a_storm_of_retries_does_not_convict_the_build_that_its_few_people_met():
    """An outage hits all builds alike; five clients on the new build retry without end."""
    draw = np.random.Generator(np.random.PCG64(64))

    def version(minute, host):
        return "2.0" if minute >= 90 and host in {"web-1", "web-2"} else "1.0"

    def fails(minute, _):
        bad = 100 <= minute < 140 and draw.random() < 0.5
        return ("timeout", "availability") if bad else None

    rows = logins(64, rate=30, fails=fails, version=version)
    loops = [r for r in rows if r["service_version"] == "2.0" and r["outcome"] == "failure"][-5:]
    rows += [dict(loop, time=at(105 + n / 40)) for loop in loops for n in range(1_200)]
    records = changes({"time": 90, "service": "web", "version": "2.0"})
    events = place(rows)
    weighed = attribute(only(events), events, records)
    assert weighed.verdict != "change"
    assert max(s.probability for s in weighed.suspects) < 0.5


def test_error_rates_that_wander_are_no_incident():
    assert detect(quiet_days(1, 1)) == ()


@pytest.mark.parametrize("off", [-4, 3])
def test_a_record_that_is_minutes_off_still_names_its_change(off):
    def fails(minute, _):
        return ("missing_claim", "token_fault") if 100 <= minute < 150 else None

    events = place(logins(65, rate=30, fails=fails))
    records = changes(
        {"time": 100 + off, "service": "web", "change_type": "config", "time_uncertainty_s": None},
        {"time": 40, "service": "web", "change_type": "flag", "time_uncertainty_s": None},
    )
    weighed = attribute(only(events), events, records)
    assert weighed.suspects[0].change.id == "C0"
    assert weighed.suspects[0].probability > 0.5


def test_two_hundred_innocent_changes_do_not_make_one_of_them_guilty():
    draw = np.random.Generator(np.random.PCG64(66))

    def fails(minute, _):
        return ("timeout", "availability") if 100 <= minute < 150 and draw.random() < 0.6 else None

    events = place(logins(66, rate=30, fails=fails))
    times = np.sort(draw.uniform(0, 240, 200))
    records = changes(*({"time": t, "service": "web", "change_type": "config"} for t in times))
    weighed = attribute(only(events), events, records)
    assert max(s.probability for s in weighed.suspects) < 0.5
