"""The truth agrees with what a slow, independent reader finds in the logs."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

SECONDS = timedelta(seconds=1)


@pytest.fixture(scope="module")
def issued(web_events):
    """The issuing record of every session token, by jti."""
    return {event["jti"]: event for event in web_events if event["event"] == "token_issue"}


@pytest.fixture(scope="module")
def refused(validated):
    return [each for each in validated if each["reason"] == "invalid_signature"]


def moment(text):
    return datetime.fromisoformat(text)


def test_onset_is_the_first_refusal(truth, refused):
    assert abs(refused[0]["time"] - moment(truth["onset"])) < SECONDS
    assert moment("2024-05-03T09:41:00-05:00") <= refused[0]["time"]
    assert refused[0]["time"] <= moment("2024-05-03T09:41:15-05:00")


def test_last_refusal_is_about_two_in_the_afternoon(truth, refused):
    assert abs(refused[-1]["time"] - moment(truth["recovered_all"])) < SECONDS
    assert moment("2024-05-03T13:55:00-05:00") < refused[-1]["time"]
    assert refused[-1]["time"] < moment("2024-05-03T14:00:30-05:00")


def test_every_refused_token_came_from_the_new_build_and_none_was_accepted(validated, issued):
    builds = Counter()
    for each in validated:
        if each["jti"] in issued and each["reason"] in (None, "invalid_signature"):
            builds[issued[each["jti"]]["service_version"], each["outcome"]] += 1
    assert set(builds) == {("5.12.0", "success"), ("5.13.0", "failure")}
    assert min(builds.values()) > 5000


def test_every_session_token_presented_was_issued(validated, issued):
    assert {each["jti"] for each in validated} - {"-"} <= issued.keys()


def test_both_gateway_builds_and_all_zones_refuse(refused):
    assert {each["version"] for each in refused} == {"4.3.1", "4.3.2"}
    zones = Counter(each["zone"] for each in refused)
    assert len(zones) == 3
    assert max(zones.values()) < 1.2 * min(zones.values())


def test_bad_tokens_were_issued_as_successes(truth, issued, web_events):
    bad = [event for event in issued.values() if event["service_version"] == "5.13.0"]
    assert len(bad) == truth["bad_tokens_issued"]
    assert {event["outcome"] for event in bad} == {"success"}
    right = [event for event in bad if event["instance"] != "web-5"]  # its clock is fast
    first = min(event["time"] for event in right)
    assert first >= moment(truth["first_bad_token_issued"])
    assert first < moment(truth["onset"])
    assert max(event["time"] for event in right) <= moment(truth["last_bad_token_issued"])


def test_people_and_refusals_are_counted_right(truth, refused):
    assert len({each["user"] for each in refused}) == truth["users_affected"]
    assert len({each["jti"] for each in refused}) == truth["failed_first_presentations"]
    assert len(refused) == truth["refused_presentations"]


def test_hosts_change_build_when_the_truth_says(truth, web_events):
    for host in truth["rollout"]:
        on, off = moment(truth["rollout"][host]), moment(truth["rollback"][host])
        for event in web_events:
            if event["instance"] == host and abs(event["time"] - on) > 2 * SECONDS:
                new = on < event["time"] < off
                # A login under way when its host changes keeps the build it began on.
                if abs(event["time"] - off) > 2 * SECONDS:
                    assert event["service_version"] == ("5.13.0" if new else "5.12.0"), event


def test_rollout_and_rollback_take_what_was_planned(truth):
    begins = [moment(text) for text in truth["rollout"].values()]
    assert len(begins) == 8
    assert {later - sooner for sooner, later in pairwise(begins)} == {30 * SECONDS}
    assert moment(truth["new_sign_ins_recovered"]) == moment("2024-05-03T13:30:00-05:00")
    assert max(moment(text) for text in truth["rollback"].values()) == moment(
        truth["new_sign_ins_recovered"]
    )


def test_nobody_shows_a_bad_token_after_its_thirty_minutes(refused, issued):
    for each in refused:
        age = each["time"] - issued[each["jti"]]["time"]
        assert -2 * SECONDS < age <= timedelta(minutes=30, seconds=2)


def test_few_clients_make_up_the_tail(truth, refused, issued):
    """Polling tabs: 3 % of clients keep showing a bad token, nobody else twice."""
    shown = Counter(each["jti"] for each in refused)
    polled = {jti for jti, count in shown.items() if count > 1}
    assert 0.01 < len(polled) / len(shown) < 0.05
    ended = moment(truth["new_sign_ins_recovered"])
    late = [each for each in refused if each["time"] > ended + 3 * SECONDS]
    assert len(late) > 50
    assert {each["jti"] for each in late} <= polled
    assert all(issued[jti]["client"] == "web" for jti in polled)


def test_the_token_issuer_never_changes(committed):
    versions = {
        word
        for line in committed["token-issuer.log"].split(b"\n")
        for word in line.split()
        if word.startswith(b"version=")
    }
    assert [v for v in versions if len(v) >= len(b"version=2.8.1")] == [b"version=2.8.1"]


def test_normal_failures_stay_normal(truth, web_events):
    logins = Counter(
        (event["time"] >= moment(truth["onset"]), event["outcome"])
        for event in web_events
        if event["event"] == "login"
    )
    for later in (False, True):
        rate = logins[later, "failure"] / (logins[later, "failure"] + logins[later, "success"])
        assert 0.03 < rate < 0.06


def test_about_twenty_logins_a_minute_and_more_with_retries(truth, issued):
    minutes = Counter(event["time"].replace(second=0, microsecond=0) for event in issued.values())
    onset, ended = moment(truth["onset"]), moment(truth["new_sign_ins_recovered"])
    calm = [count for minute, count in minutes.items() if minute < onset]
    struck = [count for minute, count in minutes.items() if onset < minute < ended]
    assert 14 < sum(calm) / len(calm) < 22
    assert sum(struck) / len(struck) > 1.25 * sum(calm) / len(calm)


def test_expired_tokens_heal_by_a_new_login(validated, web_events):
    logins = {}
    for event in web_events:
        if event["event"] == "login":
            logins.setdefault(event["user"], []).append(event["time"])
    expired = [each for each in validated if each["reason"] == "token_expired"]
    assert 40 < len(expired) < 400
    healed = sum(
        any(timedelta() < again - each["time"] < 20 * SECONDS for again in logins[each["user"]])
        for each in expired
    )
    assert healed > 0.85 * len(expired)


def test_human_acts_stand_in_the_change_log(committed):
    rows = list(csv.DictReader(committed["changes.csv"].decode().splitlines()))
    acts = {(row["time"][11:16], row["change_type"]) for row in rows}
    assert acts >= {
        ("09:38", "flag"),
        ("09:50", "incident"),
        ("10:55", "failover"),
        ("13:05", "session_flush"),
    }


def test_every_change_the_truth_names_is_recorded(truth, committed, deployments):
    rows = csv.DictReader(committed["changes.csv"].decode().splitlines())
    recorded = deployments.keys() | {row["change_id"] for row in rows}
    named = {truth["guilty_change_id"], truth["rollback_change_id"], *truth["innocent_change_ids"]}
    assert named <= recorded
    assert len(named) == 9
    guilty = deployments[truth["guilty_change_id"]]
    assert (guilty["service"], guilty["version"]) == ("web", "5.13.0")
    assert guilty["in_progress"] == moment("2024-05-03T09:41:00-05:00")
    back = deployments[truth["rollback_change_id"]]
    assert back["task"] == "rollback"
    assert back["in_progress"] == moment("2024-05-03T12:30:00-05:00")
    assert back["success"] == moment("2024-05-03T13:30:00-05:00")
