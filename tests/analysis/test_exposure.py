"""Which units a change reached: labels first, the clock otherwise."""

import numpy as np
import pytest
from worlds import at, changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.detection import detect
from authlogs.analysis.exposure import expose
from authlogs.analysis.units import gather_units


@pytest.fixture(scope="module")
def units():
    def version(minute, host):
        return "2.0" if 100 <= minute < 160 and host in {"web-1", "web-2"} else "1.0"

    def fails(minute, row):
        return ("missing_claim", "token_fault") if row["service_version"] == "2.0" else None

    events = place(logins(21, fails=fails, version=version))
    return gather_units(events, detect(events)[0])


def test_labels_decide_where_versions_are_logged(units):
    (found,) = expose(changes({"time": 100, "service": "web", "version": "2.0"}), units)
    assert found.labelled
    assert found.on_path
    assert np.array_equal(found.reached > 0.5, units.builds["use", "web"] == "2.0")


def test_without_a_version_the_clock_decides(units):
    (found,) = expose(changes({"time": 100, "service": "web", "change_type": "flag"}), units)
    assert not found.labelled
    start = at(100).timestamp() * 1e6
    assert np.array_equal(found.reached > 0.5, units.used_us >= start)


def test_a_service_that_nobody_passes_through_is_off_the_path(units):
    (found,) = expose(changes({"time": 100, "service": "reporting", "version": "3"}), units)
    assert not found.on_path


def test_marks_are_no_changes(units):
    marks = changes({"time": 100, "change_type": "alert"}, {"time": 101, "change_type": "incident"})
    assert expose(marks, units) == []


def test_the_old_version_coming_back_is_the_reversal(units):
    records = changes(
        {"time": 100, "service": "web", "version": "2.0", "previous_version": "1.0"},
        {"time": 120, "service": "gateway", "version": "1.0"},
        {
            "time": 160,
            "end_time": 165,
            "service": "web",
            "version": "1.0",
            "change_type": "rollback",
        },
    )
    first = expose(records, units)[0]
    assert first.reversal == (at(160).timestamp() * 1e6, at(165).timestamp() * 1e6, "C2")


def test_one_change_recorded_twice_is_a_group_with_one_probability():
    def version(minute, host):
        return "2.0" if minute >= 100 + ("web-1", "web-2", "web-3", "web-4").index(host) else "1.0"

    def fails(minute, row):
        return ("missing_claim", "token_fault") if row["service_version"] == "2.0" else None

    events = place(logins(22, fails=fails, version=version))
    twice = {"service": "web", "version": "2.0", "previous_version": "1.0"}
    records = changes({"time": 100} | twice, {"time": 100.2} | twice)
    incident = attribute(detect(events)[0], events, records)
    one, other = incident.suspects
    assert one.group == other.group == "C0"
    assert one.probability == other.probability > 0.9
    assert incident.verdict == "change"


def test_a_rollback_that_names_no_old_version_takes_the_deploy_back(units):
    records = changes(
        {"time": 100, "service": "web", "version": "2.0"},
        {"time": 160, "service": "web", "version": "1.9", "change_type": "rollback"},
    )
    assert expose(records, units)[0].reversal[2] == "C1"
