"""What tells causes apart, each in a small world where it alone differs."""

import numpy as np
import pytest
from worlds import at, between, changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.case import open_case
from authlogs.analysis.causes import EXTERNAL
from authlogs.analysis.detection import detect
from authlogs.analysis.expectation import kept_to, shown_at
from authlogs.analysis.priors import Priors

NO_CHANGES = changes()
CAUSES = {cause.name: cause for cause in EXTERNAL}


def only(events):
    (found,) = detect(events)
    return found


def case_of(rows):
    events = place(rows)
    return open_case(only(events), events, NO_CHANGES, Priors())


def theories(rows, records=NO_CHANGES):
    events = place(rows)
    return {t.name: t for t in attribute(only(events), events, records).theories}


def without(rows, *columns):
    return [{name: value for name, value in row.items() if name not in columns} for row in rows]


def test_who_fails_is_no_evidence_where_the_logs_do_not_tell_it():
    fault = between(100, 150, "session_not_found", "token_fault", 0.3)
    case = case_of(logins(81, fails=fault))
    assert "browser" not in case.told_dimensions
    told = kept_to(case, {"browser": 0.9, "none": 0.1})
    assert told == pytest.approx(kept_to(case, {"none": 1.0}), abs=0.05)
    assert told > kept_to(case, {"region": 0.9, "none": 0.1}) + 1


def test_a_step_that_a_theory_does_not_name_speaks_against_it():
    rows = logins(82, fails=between(100, 150, "timeout", "availability", 0.4))
    for row in rows:
        row["event_type"] = "session_check"
    case = case_of(rows)
    provider, network = CAUSES["mfa_provider"], CAUSES["network"]
    assert shown_at(case, provider.stages) < shown_at(case, network.stages) - 2


def test_what_else_the_failures_say_tells_a_fault_of_code_from_a_network():
    def fails(minute, row):
        if not 100 <= minute < 150:
            return None
        late = int(minute * 1_000) % 3
        cookie, server = ("session_not_found", "token_fault"), ("server_error", "availability")
        return cookie if late == 0 else server

    alone = theories(logins(83, fails=between(100, 150, "server_error", "availability")))
    beside = theories(logins(83, fails=fails))

    def odds(found):
        return found["network"].probability / found["unlisted_change"].probability

    assert odds(beside) < odds(alone) / 3


def test_a_log_that_does_not_say_why_speaks_for_no_cause():
    found = theories(logins(84, fails=between(100, 150, "unspecified", "unknown", 0.5)))
    quota, network = found["rate_limit"], found["network"]
    assert 0.2 < quota.probability / network.probability < 5


def test_a_step_that_does_not_say_why_is_told_by_another_that_does():
    """Sign-ins fail without a word; tokens, at the same minutes, by timeouts."""
    rows = logins(90, fails=between(100, 150, "unspecified", "unknown", 0.5))
    issues = logins(91, fails=between(100, 150, "timeout", "availability", 0.4))
    rows += [row | {"service": "idp", "event_type": "token_issue"} for row in issues]
    found = theories(rows)
    assert found["network"].probability > 6 * found["edge_filter"].probability


def refused_by_limit(seed, *, flood):
    """A limit turns people away; with `flood` one address makes the most attempts."""
    rows = logins(seed, fails=between(100, 150, "rate_limited", "availability", 0.4))
    draw = np.random.Generator(np.random.PCG64(seed))
    bot = {"event_type": "login", "service": "web", "user": "robot", "source_ip": "192.0.2.66"}
    bot |= {"client": "api", "outcome": "failure", "reason": "rate_limited"}
    bot |= {"reason_group": "availability", "instance": "web-1", "service_version": "1.0"}
    rows += [bot | {"time": at(minute)} for minute in draw.uniform(100, 150, 2_000 if flood else 0)]
    return rows


def test_a_limit_is_the_flooders_where_one_floods_and_the_changes_where_nobody_does():
    records = changes({"time": 98, "service": "web", "change_type": "config"})
    flooded = theories(refused_by_limit(85, flood=True), records)["rate_limit"]
    calm = theories(refused_by_limit(85, flood=False), records)["rate_limit"]
    assert flooded.verdict == "supported" and flooded.probability > 0.5
    assert calm.verdict == "contradicted" and calm.probability < 0.3


def test_strangers_from_many_addresses_are_an_attack_though_attempts_hardly_rise():
    rows = logins(86)
    draw = np.random.Generator(np.random.PCG64(86))
    for number, minute in enumerate(draw.uniform(100, 160, 400)):
        row = {"time": at(minute), "event_type": "login", "service": "web", "outcome": "failure"}
        row |= {"user": f"stolen-{number}", "source_ip": f"192.0.2.{number % 250}"}
        row |= {"reason": "unknown_user", "reason_group": "user_error", "client": "web"}
        rows.append(row)
    assert theories(rows)["credential_attack"].verdict == "supported"


def test_slow_answers_speak_for_an_overload_where_no_database_does():
    def timed(seed, *, slow):
        rows = logins(seed, fails=between(100, 150, "server_error", "availability", 0.5))
        draw = np.random.Generator(np.random.PCG64(seed))
        for row in rows:
            late = slow and at(94) <= row["time"] < at(150)
            row["duration_us"] = int(draw.gamma(4, 200_000 if late else 40_000))
        return theories(rows)["database_overload"]

    led, unmoved = timed(87, slow=True), timed(87, slow=False)
    assert (led.verdict, unmoved.verdict) == ("supported", "contradicted")
    assert led.probability > 5 * unmoved.probability


def test_failures_of_the_provider_itself_do_not_prove_that_one_upstream_of_it_failed():
    rows = logins(88, fails=between(100, 150, "server_error", "availability", 0.8))
    for row in rows:
        row["service"] = "keycloak"
    assert theories(rows)["upstream_idp"].verdict != "supported"


def test_the_next_release_is_a_weaker_end_than_a_rollback():
    def ended_by(change_type, version):
        fault = between(100, 150, "missing_claim", "token_fault", 0.5)
        events = place(without(logins(89, fails=fault), "service_version"))
        first = {"time": 97, "service": "web", "version": "2.0", "previous_version": "1.0"}
        last = {"time": 149, "service": "web", "version": version, "previous_version": "2.0"}
        records = changes(first, last | {"change_type": change_type})
        suspects = attribute(only(events), events, records).suspects
        return next(s.bayes_factor for s in suspects if s.change.version == "2.0")

    assert ended_by("rollback", "1.0") > 1.5 * ended_by("deploy", "3.0")
