"""Each theory has a world in which it wins and one in which it must lose."""

import numpy as np
import pytest
from worlds import at, between, changes, logins, place, statements

from authlogs.analysis.attribution import attribute
from authlogs.analysis.detection import detect

NO_CHANGES = changes()


def only(events):
    found = detect(events)
    assert len(found) == 1, [i.incident_id for i in found]
    return found[0]


def solve(events, records):
    return attribute(only(events), events, records)


def chance_of(incident, name):
    return sum(t.probability for t in incident.theories if t.name.split("@")[0] == name)


def test_probabilities_sum_to_one():
    events = place(logins(1, fails=between(100, 160, "server_error", "availability", 0.6)))
    incident = solve(events, changes({"time": 99, "service": "web", "version": "2.0"}))
    total = sum(s.probability for s in incident.suspects)
    total += sum(t.probability for t in incident.theories) + incident.none["unknown"]
    assert total == pytest.approx(1.0)


def test_other_shares_of_changes_are_shown_beside_the_usual_one():
    events = place(logins(1, minutes=200, fails=between(100, 160, "server_error", "availability")))
    (suspect,) = solve(events, changes({"time": 99, "service": "web"})).suspects
    shown = suspect.by_change_share
    assert shown["0.5"] == pytest.approx(suspect.probability)
    assert shown["0.3"] < shown["0.5"] < shown["0.7"]


def test_what_is_new_at_the_onset_and_in_no_record_is_shown():
    fails = between(100, 160, "server_error", "availability")
    rows = logins(1, minutes=200, fails=fails, version=lambda m, _: "2.0" if m > 99 else "1.0")
    for row in rows:
        row["kid"] = "2024-05" if row["time"] > at(99) else "2024-04"
    records = changes({"time": 99, "service": "web", "version": "2.0"})
    unlisted = next(t for t in solve(place(rows), records).theories if t.name == "unlisted_change")
    shown = [finding.statement for finding in unlisted.evidence]
    assert len(shown) == 1 and "key 2024-05" in shown[0]


def test_two_records_of_one_rollout_are_one_suspect():
    events = place(logins(1, minutes=200, fails=between(100, 160, "server_error", "availability")))
    told = {"service": "web", "change_id": "deployment 7", "format": "github_deployments"}
    records = changes({**told, "time": 99, "status": "begun"}, {**told, "time": 101})
    (suspect,) = solve(events, records).suspects
    assert suspect.change.end_time == at(101)


def test_a_healthy_day_holds_no_incident():
    assert [detect(place(logins(seed))) for seed in range(5)] == [()] * 5


def test_a_bad_deploy_is_blamed_by_its_version_and_cured_by_its_rollback():
    hosts = {"web-1": 100, "web-2": 101, "web-3": 102, "web-4": 103}

    def version(minute, host):
        return "2.0" if hosts[host] <= minute < 170 else "1.0"

    draw = np.random.Generator(np.random.PCG64(5))

    def fails(minute, row):
        bad = row["service_version"] == "2.0" and draw.random() < 0.7
        return ("missing_claim", "token_fault") if bad else None

    events = place(logins(2, fails=fails, version=version))
    records = changes(
        {
            "time": 100,
            "end_time": 104,
            "service": "web",
            "version": "2.0",
            "previous_version": "1.0",
        },
        {"time": 98, "service": "gateway", "version": "7", "previous_version": "6"},
        {"time": 170, "service": "web", "version": "1.0", "change_type": "rollback"},
    )
    incident = solve(events, records)
    assert incident.verdict == "change"
    assert incident.suspects[0].change.version == "2.0"
    assert incident.suspects[0].probability >= 0.9
    assert abs((incident.onset - at(100)).total_seconds()) < 60


def test_database_overload_wins_when_latency_leads_and_lasts():
    rows = logins(3, fails=between(103, 160, "server_error", "availability", 0.6))
    events = place(rows + statements(3, slow=(100, 160)))
    incident = solve(events, changes({"time": 30, "service": "web", "version": "1.0"}))
    assert incident.verdict == "no_change"
    assert incident.cause_class == "dependency"
    assert max(incident.theories, key=lambda t: t.probability).name == "database_overload"


def test_database_overload_loses_when_latency_is_a_passing_blip():
    rows = logins(4, fails=between(103, 200, "server_error", "availability", 0.6))
    events = place(rows + statements(4, slow=(98, 108)))
    incident = solve(events, NO_CHANGES)
    verdicts = {t.name: t.verdict for t in incident.theories}
    assert verdicts["database_overload"] == "contradicted"
    assert chance_of(incident, "database_overload") < 0.1


def test_a_database_that_nobody_logged_is_untestable_and_says_so():
    events = place(logins(5, fails=between(100, 160, "server_error", "availability", 0.6)))
    verdicts = {t.name: t.verdict for t in solve(events, NO_CHANGES).theories}
    assert verdicts["database_overload"] == "untestable"


def test_an_attack_wins_when_strangers_fail_with_wrong_passwords():
    draw = np.random.Generator(np.random.PCG64(6))
    rows = logins(6)
    for minute in np.sort(draw.uniform(100, 150, 4_000)):
        rows.append(
            {
                "time": at(minute),
                "event_type": "login",
                "service": "web",
                "user": f"stranger-{draw.integers(3_000)}",
                "source_ip": f"203.0.113.{draw.integers(1, 9)}",
                "outcome": "failure",
                "reason": "invalid_credentials",
                "reason_group": "user_error",
            }
        )
    incident = solve(place(rows), changes({"time": 60, "service": "web", "version": "1.0"}))
    assert incident.verdict == "no_change"
    assert incident.cause_class == "credential_attack"


def test_an_attack_loses_when_known_people_fail():
    events = place(logins(7, fails=between(100, 160, "invalid_credentials", "user_error", 0.6)))
    verdicts = {t.name: t.verdict for t in solve(events, NO_CHANGES).theories}
    assert verdicts["credential_attack"] == "contradicted"


def test_the_upstream_provider_wins_when_its_own_sign_ins_break():
    fault = between(100, 150, "federation_error", "availability", 0.9)
    events = place(logins(8, fails=fault))
    incident = solve(events, changes({"time": 20, "service": "web", "version": "1.0"}))
    assert max(incident.theories, key=lambda t: t.probability).name == "upstream_idp"


def test_the_network_wins_when_resets_come_with_the_failures():
    rows = logins(9, fails=between(100, 150, "server_error", "availability", 0.5))
    draw = np.random.Generator(np.random.PCG64(9))
    rows += [
        {
            "time": at(minute),
            "event_type": "other",
            "outcome": "unknown",
            "service": "edge",
            "format": "nginx_error",
            "message": "recv() failed (104: Connection reset by peer)",
        }
        for minute in [*draw.uniform(100, 150, 1_500), *draw.uniform(0, 240, 30)]
    ]
    incident = solve(place(rows), changes({"time": 20, "service": "web", "version": "1.0"}))
    assert max(incident.theories, key=lambda t: t.probability).name in {"network", "upstream_idp"}
    assert {t.name: t.verdict for t in incident.theories}["network"] == "supported"


def test_without_change_records_no_change_is_blamed():
    events = place(logins(10, fails=between(100, 160, "invalid_signature", "token_fault", 0.5)))
    incident = solve(events, NO_CHANGES)
    assert incident.suspects == ()
    assert incident.verdict == "no_change"
    assert chance_of(incident, "unlisted_change") > 0.5


def test_a_change_after_the_onset_is_excluded_and_says_why():
    events = place(logins(11, fails=between(100, 160, "invalid_signature", "token_fault", 0.5)))
    incident = solve(events, changes({"time": 110, "service": "web", "version": "1.0"}))
    assert incident.suspects == ()
    assert "after the onset" in incident.changes_considered[0].excluded_because


def test_a_deploy_of_whose_build_nothing_fails_more_is_not_blamed():
    """An external fault right after a canary: both versions fail alike."""

    def version(minute, host):
        return "2.0" if minute >= 97 and host in {"web-1", "web-2"} else "1.0"

    fault = between(100, 150, "server_error", "availability", 0.6)
    events = place(logins(12, fails=fault, version=version))
    incident = solve(events, changes({"time": 97, "service": "web", "version": "2.0"}))
    assert incident.suspects[0].probability < 0.5


def test_logs_without_successes_give_counts_only():
    fault = between(100, 150, "invalid_signature", "token_fault", 1.0)
    rows = [row for row in logins(13, fails=fault) if row["outcome"] == "failure"]
    incident = solve(place(rows), NO_CHANGES)
    assert incident.signal.denominator == "none"


def test_a_version_that_no_record_names_is_an_unlisted_change_and_no_flag_is_blamed():
    """The guilty deploy has no record; an innocent flag three minutes earlier has one."""

    def version(minute, host):
        return (
            "2.0"
            if 100 + ("web-1", "web-2", "web-3", "web-4").index(host) <= minute < 160
            else "1.0"
        )

    def fails(minute, row):
        return ("missing_claim", "token_fault") if row["service_version"] == "2.0" else None

    events = place(logins(15, fails=fails, version=version))
    incident = solve(events, changes({"time": 97, "service": "web", "change_type": "flag"}))
    assert incident.verdict == "no_change"
    assert incident.cause_class == "change"
    best = incident.theories[0]
    assert (best.name, best.verdict) == ("unlisted_change@web", "supported")
    assert best.probability > 0.9
    assert "2.0" in best.statement


def test_an_incident_that_began_before_the_logs_blames_no_change_by_its_clock():
    events = place(logins(16, fails=between(0, 90, "server_error", "availability", 0.6)))
    records = changes(
        {"time": -120, "service": "web", "change_type": "config"},
        {"time": -1.5, "service": "web", "change_type": "flag"},
    )
    incident = solve(events, records)
    assert max(s.probability for s in incident.suspects) < 0.5
    assert incident.verdict != "change"


def test_one_clients_retry_loop_is_no_incident():
    rows = logins(17)
    loop = dict(rows[0], outcome="failure", reason="invalid_client", reason_group="client_fault")
    rows += [dict(loop, user="cron", time=at(100 + n / 30)) for n in range(1_800)]
    assert detect(place(rows)) == ()


def test_two_outages_an_hour_apart_are_two_incidents_and_each_has_its_cause():
    first = between(60, 90, "server_error", "availability", 0.7)
    second = between(150, 190, "server_error", "availability", 0.7, seed=5)
    events = place(logins(18, fails=lambda m, r: first(m, r) or second(m, r)))
    found = detect(events)
    assert [round((i.onset - at(0)).total_seconds() / 60) for i in found] == [60, 150]
    records = changes({"time": 149, "service": "web", "change_type": "config"})
    late = attribute(found[1], events, records)
    assert late.changes_considered[0].excluded_because is None


def test_a_record_that_spells_the_version_otherwise_still_finds_its_build():
    def version(minute, host):
        return "2.0" if minute >= 100 + ("web-1", "web-2", "web-3", "web-4").index(host) else "1.0"

    def fails(minute, row):
        return ("missing_claim", "token_fault") if row["service_version"] == "2.0" else None

    events = place(logins(19, fails=fails, version=version))
    for spelled in ("v2.0", "9f3c1ab"):
        record = {"time": 100, "end_time": 104, "service": "web", "version": spelled}
        incident = solve(events, changes(record))
        assert incident.verdict == "change"
        assert incident.suspects[0].probability > 0.9


def test_a_region_that_breaks_is_not_blamed_on_the_canary_that_lives_there():
    draw = np.random.Generator(np.random.PCG64(20))

    def fails(minute, row):
        bad = 100 <= minute < 160 and row["region"] == "a" and draw.random() < 0.75
        return ("server_error", "availability") if bad else None

    rows = logins(20, fails=fails)
    for row in rows:
        canary = row["time"] >= at(98) and row["region"] == "a" and draw.random() < 0.8
        row["service_version"] = "2.0" if canary else "1.0"
    incident = solve(place(rows), changes({"time": 98, "service": "web", "version": "2.0"}))
    assert incident.suspects[0].probability < 0.9


def test_without_versions_the_service_that_fails_is_on_the_path_and_another_is_not():
    rows = logins(21, fails=between(100, 160, "server_error", "availability", 0.6))
    for row in rows:
        row["service_version"] = None
    records = changes(
        {"time": 97, "service": "web", "version": "2"},
        {"time": 99.5, "service": "billing", "version": "7"},
    )
    incident = solve(place(rows), records)
    chance = {s.change.service: s.probability for s in incident.suspects}
    assert chance["web"] > chance["billing"]
    assert chance["billing"] < 0.5


def test_a_database_that_is_slow_for_most_of_the_log_is_still_slow():
    rows = logins(22, fails=between(60, 238, "server_error", "availability", 0.6))
    events = place(rows + statements(22, slow=(58, 240)))
    incident = solve(events, changes({"time": 57, "service": "web", "change_type": "config"}))
    assert {t.name: t.verdict for t in incident.theories}["database_overload"] == "supported"


def test_failures_that_speak_of_connections_do_not_prove_the_network():
    rows = logins(23, fails=between(100, 160, "server_error", "availability", 0.6))
    for row in rows:
        if row.get("reason") == "server_error":
            row["message"] = "connect ECONNREFUSED 192.0.2.1:5432"
    incident = solve(place(rows), changes({"time": 99, "service": "web", "change_type": "config"}))
    assert {t.name: t.verdict for t in incident.theories}["network"] != "supported"
