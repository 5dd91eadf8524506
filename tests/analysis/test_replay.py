"""Rules replayed over logs with two incidents: each alert, and each hour, counts once."""

import dataclasses
from datetime import timedelta

import pyarrow.dataset as ds
import pytest
from worlds import at, between, changes, logins, place

from authlogs import Logs, investigate, propose_alerts, replay_alerts
from authlogs.analysis.alerts.normal import normal_alarms, normal_time, watched_s
from authlogs.analysis.alerts.rule_file import parse_rules
from authlogs.analysis.alerts.words import replay_lines
from authlogs.analysis.detection import detect
from authlogs.schema import REJECTS, SOURCES

MINUTES = 360
RULES = """
rules:
  - {alert: Second, count: {reason: upstream_timeout}, above: 9, window: 1m}
  - {alert: Long, count: {reason: upstream_timeout}, above: 99, window: 90m}
  - {alert: Always, count: {outcome: success}, above: 0, window: 10m}
  - {alert: Stays, count: {reason: [server_error, invalid_credentials]}, above: 9, window: 3h}
"""


@pytest.fixture(scope="module")
def logs():
    """Two half hours in which much fails, each for its own reason, and the alert of each."""
    first = between(120, 150, "server_error", "availability", 0.8)
    second = between(210, 240, "upstream_timeout", "availability", 0.8, seed=98)
    rows = logins(7, minutes=MINUTES, fails=lambda m, row: first(m, row) or second(m, row))
    told = [
        {"time": m, "change_type": "alert", "description": f"alert\nof {m}"} for m in (125, 215)
    ]
    empty = (schema.empty_table() for schema in (REJECTS, SOURCES))
    return Logs(ds.dataset(place(rows)), changes(*told), *empty)


@pytest.fixture(scope="module")
def replayed(logs):
    told = replay_alerts(logs, parse_rules(RULES))
    assert len(told.incidents) == 2
    return told


def by_name(replay):
    return {one.rule.alert: one for one in replay.rules}


def test_what_is_gained_is_held_against_the_alert_of_the_same_incident(replayed):
    one = by_name(replayed)["Second"]
    assert at(210) < one.fired < at(215)
    assert one.gained_s == (at(215) - one.fired).total_seconds()
    lines = list(replay_lines(replayed, "UTC"))
    assert [line for line in lines if line.startswith("fired in truth")] == [
        "fired in truth: 14:05:00 UTC: alert of 125",
        "fired in truth: 15:35:00 UTC: alert of 215",
    ]
    assert lines[0].startswith("onset: Friday 3 May 2024, 14:00:")


def test_hours_that_two_windows_hold_are_cut_out_once(replayed, logs):
    """Second by second: what is watched is neither incident nor a window that holds one."""
    one = by_name(replayed)["Long"]
    first, last = (logs.dataset.to_table()["time"][place].as_py() for place in (0, -1))
    begin, end = ((when - at(0)).total_seconds() for when in (first, last))
    incidents = [
        ((i.onset_interval[0] - at(0)).total_seconds(), (i.recovered - at(0)).total_seconds())
        for i in replayed.incidents
    ]
    assert incidents[1][0] < incidents[0][1] + 5_400  # the windows overlap
    watched = sum(
        not any(a <= second < b + 5_400 for a, b in incidents)
        for second in range(int(begin) + 5_400, int(end))
    )
    assert one.normal_s == pytest.approx(watched, abs=5)


def test_a_rule_that_fires_all_the_time_is_told_as_such(replayed):
    one = by_name(replayed)["Always"]
    assert (one.fired, one.false_alarms) == (None, 1)
    (line,) = (line for line in replay_lines(replayed, "UTC") if line.startswith("Always"))
    assert line == "Always: fires since 12:10:00 UTC, before the onset: no sign of it"


def test_a_firing_that_began_in_an_incident_is_no_false_alarm_later(replayed, logs):
    """It goes on for hours after the window no longer holds the incident."""
    one = by_name(replayed)["Stays"]
    (firing,) = one.firings
    assert firing.start < at(240)
    assert firing.end is None
    assert one.false_alarms == 0


def test_a_history_that_holds_the_logs_counts_once(replayed, logs):
    again = replay_alerts(logs, parse_rules(RULES), history=logs)
    assert again == replayed


def test_a_longer_history_loses_its_own_incidents_too(logs):
    """Known incidents, and one before the stretch in which those were found."""
    (first, second) = detect(logs)
    analysed = (at(180), at(MINUTES))
    normal = normal_time(logs, (second,), analysed)
    assert {i.incident_id for i in normal.incidents} == {first.incident_id, second.incident_id}
    rule = parse_rules(RULES)[0]
    assert watched_s(rule, normal) == watched_s(rule, normal_time(logs))


ELSEWHERE = "rules: [{alert: A, count: {service: web, reason: upstream_timeout}, above: 9}]"


def test_a_history_of_another_service_says_nothing(logs):
    strange = place([row | {"service": "shop"} for row in logins(8, minutes=600)])
    alone = replay_alerts(logs, parse_rules(ELSEWHERE))
    told = replay_alerts(logs, parse_rules(ELSEWHERE), history=strange)
    assert told.rules == alone.rules
    assert told.warnings[0] == (
        "the history holds nothing of service web (but of: shop): that A did not fire there says "
        "nothing"
    )
    proposed = propose_alerts(investigate(logs), history=strange)
    assert proposed.proposals == ()
    assert all("holds nothing of its service" in line for line in proposed.warnings)


def test_an_incident_that_goes_on_says_nothing_of_a_history_after_it(logs):
    (first, _) = detect(logs)
    endless = dataclasses.replace(first, recovered=None)
    later = place([row | {"time": row["time"] + timedelta(days=9)} for row in logins(9)])
    rule, analysed = parse_rules(RULES)[0], (at(0), at(MINUTES))
    assert normal_alarms(rule, normal_time(later, (endless,), analysed))[1] > 3 * 3_600
    assert normal_alarms(rule, normal_time(logs, (endless,), analysed))[1] < 3 * 3_600
