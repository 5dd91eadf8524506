"""Sign-ins are told apart, and each is lost where it was lost."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import authlogs as al
from authlogs.schema import EVENTS

START = datetime(2024, 5, 3, 14, tzinfo=UTC)
LATER = {"at": 9_000, "event_type": "other"}


def events(*steps):
    rows = [
        {"time": START + timedelta(seconds=step.get("at", 0)), "byte_offset": place}
        | {"outcome": "success", "source_file": "a.log"}
        | {name: value for name, value in step.items() if name != "at"}
        for place, step in enumerate(steps)
    ]
    return pa.Table.from_pylist(rows, EVENTS)


def way(user, at=0, trace=None, **last):
    """A sign-in: identity provider, application, token, first use."""
    trace = trace or f"{user}{at}"
    return [
        {"at": at, "event_type": "login", "user": user, "service": "idp", "user_id": f"id-{user}"},
        {"at": at + 1, "event_type": "token_exchange", "trace_id": trace, "service": "issuer"},
        {"at": at + 2, "event_type": "login", "user": user, "trace_id": trace, "service": "web"},
        {"at": at + 2, "event_type": "token_issue", "trace_id": trace, "jti": f"j-{trace}",
         "service": "web"},
        {"at": at + 3, "event_type": "token_validate", "jti": f"j-{trace}", "service": "gateway"}
        | last,
    ]  # fmt: skip


def told(*steps, **options):
    rows = al.journeys(events(*steps, LATER), **options).to_pylist()
    return [(row["person"], row["outcome"], row["lost_at"], row["reason"]) for row in rows]


BROKEN = {"outcome": "failure", "reason": "invalid_signature"}
BAD_PASSWORD = {"outcome": "failure", "reason": "invalid_credentials", "event_type": "login"}


def test_all_stages_are_found_though_half_the_records_name_nobody():
    (row,) = al.journeys(events(*way("ana"), LATER)).to_pylist()
    assert (row["person"], row["outcome"], row["lost_at"]) == ("ana", "success", None)
    assert [row[stage] and row[stage].second for stage in ("authorize", "callback", "token")] == [
        0, 2, 1,
    ]  # fmt: skip
    assert (row["session"], row["first_use"].second, row["steps"]) == (None, 3, 5)


def test_a_rejected_token_is_lost_at_its_first_use():
    assert told(*way("ana", **BROKEN)) == [("ana", "failure", "first_use", "invalid_signature")]


def test_coming_back_after_a_rejection_is_a_new_journey():
    again = told(*way("ana", **BROKEN), *way("ana", at=8, **BROKEN), *way("ana", at=20))
    assert [outcome for _, outcome, _, _ in again] == ["failure", "failure", "success"]


def test_wrong_passwords_belong_to_the_journey_that_ends_well():
    wrong = [{"at": n, "user": "ana", "service": "idp"} | BAD_PASSWORD for n in range(3)]
    (row,) = al.journeys(events(*wrong, *way("ana", at=9), LATER)).to_pylist()
    assert (row["outcome"], row["failures"], row["steps"]) == ("success", 3, 8)


def test_who_gives_up_at_the_password_is_lost_there():
    wrong = {"user": "bob", "service": "idp"} | BAD_PASSWORD
    assert told(*way("ana"), wrong)[1] == ("bob", "failure", "authorize", "invalid_credentials")


def test_who_never_uses_the_token_has_left():
    assert told(*way("ana"), *way("bob", at=60)[:-1])[1] == ("bob", "abandoned", "first_use", None)


def test_the_end_of_the_logs_ends_no_journey():
    rows = al.journeys(events(*way("ana"), *way("bob", at=60)[:-1])).to_pylist()
    assert [row["outcome"] for row in rows] == ["success", "open"]


def test_a_code_that_is_refused_is_lost_at_the_token():
    steps = way("bob", at=60)
    refused = steps[1] | {"outcome": "failure", "reason": "invalid_grant_code"}
    steps = [steps[0], steps[2], refused]
    assert told(*way("ana"), *steps)[1] == ("bob", "failure", "token", "invalid_grant_code")


def test_an_application_that_fails_after_the_provider_is_lost_at_the_callback():
    steps = way("bob", at=60)
    failed = steps[2] | {"outcome": "failure", "reason": "server_error"}
    assert told(*way("ana"), steps[0], failed)[1] == ("bob", "failure", "callback", "server_error")


def test_later_uses_and_refreshes_are_no_journeys():
    use = {"event_type": "token_validate", "jti": "j-ana0", "service": "gateway"}
    uses = [use | {"at": at} | BROKEN for at in range(100, 1000, 100)]
    fresh = {"at": 500, "event_type": "token_issue", "user": "ana", "jti": "j2", "service": "web"}
    assert told(*way("ana"), *uses, fresh) == [("ana", "success", None, None)]


def test_shells_and_databases_are_left_out_unless_there_is_nothing_else():
    shell = {"event_type": "login", "user": "root", "service": "sshd"}
    assert [person for person, *_ in told(*way("ana"), shell)] == ["ana"]
    assert told(shell) == [("root", "success", None, None)]


def test_clients_with_fewer_stages_are_not_lost():
    """Only the web's logs tell of a first use; the app's journeys end at the token."""
    app = [step | {"client": "app"} for step in way("bob", at=60)[:-1]]
    web = [step | {"client": "web"} for step in way("ana")]
    assert [outcome for _, outcome, _, _ in told(*web, *app)] == ["success", "success"]


def test_an_identifier_of_two_people_names_nobody():
    shared = {
        "at": 5,
        "event_type": "token_validate",
        "trace_id": "t",
        "service": "gateway",
    } | BROKEN
    logins = [step for user in ("ana", "bob") for step in way(user, trace="t")[:1]]
    logins = [step | {"trace_id": "t"} for step in logins]
    rows = al.journeys(events(*way("cy"), *logins, shared, LATER)).to_pylist()
    assert {row["person"]: row["lost_at"] for row in rows if row["person"] != "cy"} == {
        "ana": "callback",
        "bob": "callback",
    }


def test_a_pause_must_be_one():
    with pytest.raises(al.BadCall, match="ends no journey"):
        al.journeys(events(LATER), pause_s=0)
    assert al.journeys(events(LATER)).num_rows == 0


def test_the_lockout_shows_where_people_were_lost(sample_logs):
    """Between 10:00 and 12:00 local time no journey ended well: each was lost at the first use."""
    rows = al.journeys(sample_logs).to_pylist()
    hit = [r for r in rows if 15 <= r["start"].hour < 17 and r["outcome"] == "failure"]
    lost = [r for r in hit if (r["lost_at"], r["reason"]) == ("first_use", "invalid_signature")]
    assert len(lost) > 0.95 * len(hit) > 2_800
    assert not [r for r in rows if 15 <= r["start"].hour < 17 and r["outcome"] == "success"]
