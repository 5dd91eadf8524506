"""Changes that nobody recorded are read from what the events show for the first time."""

import pytest
from worlds import at, changes, place

from authlogs.analysis.implied import implied_changes
from authlogs.analysis.rollouts import fold_rollouts
from authlogs.schema import CHANGES


def event(minute, **more):
    return {
        "time": at(minute),
        "service": "web",
        "event_type": "login",
        "outcome": "success",
    } | more


def told(*rows):
    return implied_changes(place(list(rows)))


def shown(table, *names):
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


def test_a_version_that_appears_later_is_a_deploy():
    versions = [event(m, service_version="1.0" if m < 30 else "2.0") for m in range(0, 60, 5)]
    table = told(*versions)
    assert table.schema.equals(CHANGES)
    names = ("time", "change_type", "service", "version", "previous_version", "change_id", "status")
    assert shown(table, *names) == [(at(30), "deploy", "web", "2.0", "1.0", "web 2.0", "implied")]
    assert shown(table, "source_file", "line_no", "time_uncertainty_s") == [("web.log", 7, 60.0)]


def test_what_ran_when_the_logs_begin_is_no_change():
    assert len(told(event(0, service_version="1.0"), event(9, service_version="1.1"))) == 0


def test_each_service_has_versions_of_its_own():
    rows = [event(0, service_version="1.0"), event(20, service="api", service_version="2.0")]
    assert len(told(*rows)) == 0


def test_a_key_of_tokens_that_were_checked_is_a_rotation():
    rows = [event(m, kid="a" if m < 40 else "b", iss="x", claims_verified=True) for m in (0, 5, 40)]
    names = ("time", "change_type", "version", "previous_version", "change_id")
    assert shown(told(*rows), *names) == [(at(40), "key_rotation", "b", "a", "key b")]


@pytest.mark.parametrize(("people", "rotations"), [(4, 0), (5, 1)])
def test_a_key_that_only_refused_tokens_claim_needs_five_people(people, rotations):
    rows = [event(0, kid="a", claims_verified=True, user="ana")]
    rows += [
        event(30 + n, kid="forged", claims_verified=False, user=f"u{n % people}") for n in range(9)
    ]
    assert len(told(*rows)) == rotations


def test_a_new_issuer_is_a_change_of_configuration():
    rows = [event(m, iss=f"https://{m > 20}.example", claims_verified=True) for m in (0, 30)]
    assert shown(told(*rows), "change_type", "version", "previous_version") == [
        ("config", "https://True.example", "https://False.example")
    ]


def test_certificates_and_cookie_attributes_are_read_from_a_service_s_own_words():
    rows = [
        event(0, message="TLS certificate serial=0A1B2C loaded"),
        event(1, message="Set-Cookie: sid=x; SameSite=Lax"),
        event(30, message='TLS certificate serial number: "0d0e0f" loaded'),
        event(31, message="Set-Cookie: sid=x; SameSite=None"),
        event(32, message="serial=eeeeee SameSite=Strict", user="mallory"),
    ]
    assert shown(told(*rows), "time", "change_type", "version") == [
        (at(30), "cert_renewal", "0d0e0f"),
        (at(31), "config", "samesite=none"),
    ]


def test_starts_of_one_service_near_each_other_are_one_restart():
    rows = [event(m, message=f"Started Web in {m}.5 seconds") for m in (20, 25, 60)]
    rows.append(event(30, message="the user started in 2 s", user="mallory"))
    assert shown(told(*rows), "time", "end_time", "change_type", "service") == [
        (at(20), at(25), "restart", "web"),
        (at(60), at(60), "restart", "web"),
    ]


def test_a_start_with_a_new_version_is_told_once():
    rows = [event(0, service_version="1.0"), event(40, service_version="2.0")]
    rows.append(event(39, message="Keycloak 2.0 on JVM started in 8.749s."))
    assert shown(told(*rows), "change_type", "version") == [("deploy", "2.0")]


def test_events_without_any_sign_imply_nothing():
    assert told(event(0), event(60)).equals(CHANGES.empty_table())


def test_begun_and_done_are_one_rollout():
    rows = fold_rollouts(
        changes(
            {"time": 0, "change_id": "7", "status": "in_progress", "service": "web"},
            {"time": 4, "change_id": "7", "status": "success", "service": "web"},
            {"time": 5, "change_id": "8", "status": "in_progress", "service": "web"},
        )
    )
    assert rows.schema.equals(CHANGES)
    assert shown(rows, "change_id", "time", "end_time", "status") == [
        ("7", at(0), at(4), "success"),
        ("8", at(5), None, "in_progress"),
    ]


def test_the_end_that_a_record_tells_itself_is_kept():
    rows = fold_rollouts(changes({"time": 0, "end_time": 9, "change_id": "7"}))
    assert shown(rows, "time", "end_time") == [(at(0), at(9))]


@pytest.mark.parametrize(
    "more",
    [
        {"change_id": None},
        {"share": 0.2},
        {"change_type": "incident"},
    ],
)
def test_records_that_stand_for_themselves_are_not_folded(more):
    both = ({"time": 0, "change_id": "7"} | more, {"time": 4, "change_id": "7"} | more)
    assert len(fold_rollouts(changes(*both))) == 2


def test_an_identifier_that_comes_again_hours_later_is_another_rollout():
    rows = ({"time": 0, "change_id": "7"}, {"time": 61, "change_id": "7"})
    assert len(fold_rollouts(changes(*rows))) == 2
    assert len(fold_rollouts(changes(*rows).slice(0, 0))) == 0
