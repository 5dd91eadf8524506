"""The committed incident, investigated, against the truth that its simulator wrote."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

BOGOTA = ZoneInfo("America/Bogota")


@pytest.fixture(scope="module")
def truth(sample):
    return json.loads((sample.parent / "login-lockout.truth.json").read_text())


@pytest.fixture(scope="module")
def incident(sample_investigation):
    (only,) = sample_investigation.incidents
    return only


def clock(hour, minute, second=0):
    return datetime(2024, 5, 3, hour, minute, second, tzinfo=BOGOTA)


def test_the_web_deploy_is_most_supported(incident, truth):
    first = incident.suspects[0]
    assert first.change.id == truth["guilty_change_id"]
    assert first.probability >= 0.9
    assert incident.verdict == "change"


def test_every_innocent_change_is_cleared(incident, truth):
    chance = {s.change.id: s.probability for s in incident.suspects}
    assert {
        name: chance.get(name, 0.0) < 0.02 for name in truth["innocent_change_ids"]
    } == dict.fromkeys(truth["innocent_change_ids"], True)


def test_the_token_issuer_ends_innocent(incident):
    blamed = [s.probability for s in incident.suspects if s.change.service == "token-issuer"]
    blamed += [t.probability for t in incident.theories if t.name.endswith("@token-issuer")]
    assert blamed
    assert sum(blamed) < 0.02


def test_the_red_herrings_are_contradicted(incident):
    verdicts = {t.name: t.verdict for t in incident.theories}
    herrings = ("database_overload", "network", "upstream_idp", "credential_attack")
    assert {verdicts[name] for name in herrings} == {"contradicted"}


def test_the_onset_interval_holds_the_truth(incident, truth):
    onset = datetime.fromisoformat(truth["onset"])
    low, high = incident.onset_interval
    assert low <= onset <= high
    assert high - low <= timedelta(minutes=1)


def test_new_sign_ins_and_all_traffic_recover_apart(incident, truth):
    new, rest = incident.recovery["new_sign_ins"], incident.recovery["existing_sessions"]
    assert abs(new.time - datetime.fromisoformat(truth["new_sign_ins_recovered"])) <= timedelta(
        minutes=2
    )
    assert abs(rest.time - datetime.fromisoformat(truth["recovered_all"])) <= timedelta(minutes=2)


def test_the_tail_runs_from_the_rollback_to_the_last_bad_token(incident, truth):
    tail = datetime.fromisoformat(truth["recovered_all"]) - clock(13, 30)
    assert incident.phases.tail_s == pytest.approx(tail.total_seconds(), abs=120)


def test_the_phases_follow_the_records(incident):
    assert incident.phases.detected == clock(9, 45)
    assert incident.phases.acknowledged == clock(9, 50)
    assert incident.phases.ttd_s == pytest.approx(226, abs=5)


def test_who_was_hit_is_counted_in_people(incident, truth):
    assert incident.impact.users_affected == pytest.approx(truth["users_affected"], rel=0.02)
    assert incident.impact.failed_logins == pytest.approx(
        truth["failed_first_presentations"], rel=0.02
    )


def test_the_failover_and_the_flush_did_nothing_and_the_rollback_cured(incident):
    effects = {m.change: m.effect for m in incident.mitigations}
    assert effects == {"CHG-4474": "none", "CHG-4476": "none", "1529077302": "complete"}


def test_tokens_are_followed_by_their_id(incident):
    assert incident.lineage.level in {"token", "jti"}
    assert incident.lineage.match_rate > 0.95
    assert incident.lineage.false_join_rate < 0.01


def test_the_guilty_build_is_named_with_rows_that_exist(incident, sample):
    lineage = next(f for f in incident.suspects[0].evidence if f.kind == "token_lineage")
    assert lineage.direction == "for"
    assert lineage.numbers["rate_under"] > 0.95
    assert lineage.numbers["rate_beside"] < 0.05
    assert 0 < len(lineage.rows) <= 20
    assert all((sample / row.rsplit(":", 1)[0]).is_file() for row in lineage.rows)


def test_issuing_stays_well_while_first_use_fails(sample_investigation):
    stages = sample_investigation.charts.stages.to_pylist()
    inside = [r for r in stages if clock(10, 15) <= r["time"] < clock(12, 30)]
    share = {}
    for stage in ("login", "issue", "first_use"):
        rows = [r for r in inside if r["stage"] == stage]
        share[stage] = sum(r["successes"] for r in rows) / sum(r["attempts"] for r in rows)
    assert share["login"] > 0.9
    assert share["issue"] > 0.99
    assert share["first_use"] < 0.05


def test_the_postmortems_times_are_claims_beside_the_chart(sample_investigation):
    claims = [r for r in sample_investigation.charts.lanes.to_pylist() if r["lane"] == "claim"]
    assert clock(10, 0) in {r["time"] for r in claims}
    assert all(r["change_id"].startswith("postmortem.md:") for r in claims)


def test_the_accounting_holds_for_every_file(sample_investigation):
    names = ("events", "changes", "filtered", "rejected", "joined", "blank", "comments")
    for source in sample_investigation.sources:
        assert source["lines"] + source["unpacked"] == sum(source[n] for n in names), source
