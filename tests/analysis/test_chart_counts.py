"""The counts behind the figures, against plain Python over the events of the sample."""

from collections import Counter
from datetime import timedelta

import pyarrow as pa
import pytest

from authlogs.analysis.stage_counts import KIND
from authlogs.engine.queries import run_sql

PERSON = (
    "user_id", "user", "sub", "source_ip", "session_hash", "token_hash", "jti", "request_id",
    "trace_id", "attempt_id",
)  # fmt: skip
TOKENS = {"token_issue", "token_exchange"}


@pytest.fixture(scope="module")
def events(sample_logs):
    """Events with a time, as dicts of what the counts look at."""
    names = {*PERSON, "time", "event_type", "outcome", "reason", "service", "service_version"}
    table = sample_logs.events.select(sorted(names))
    return [row for row in table.to_pylist() if row["time"] is not None]


def person(row):
    """Who made an attempt."""
    return next((row[name] for name in PERSON if row[name] is not None), None)


def people_of(events, service):
    """Everybody whom a service names in a stage of signing in."""
    return {
        person(row)
        for row in events
        if row["service"] == service and row["outcome"] in {"success", "failure"}
    }


@pytest.fixture(scope="module")
def incident(sample_investigation):
    """The one incident of the sample."""
    (only,) = sample_investigation.incidents
    return only


def test_people_failing_by_reason(events, sample_investigation):
    seen = {
        (row["time"].replace(second=0, microsecond=0), row["reason"], person(row))
        for row in events
        if row["service"] == "gateway"
        and row["event_type"] == "token_validate"
        and row["outcome"] == "failure"
    }
    expected = Counter((time, reason) for time, reason, _ in seen)
    charts = sample_investigation.charts
    found = {(r["time"], r["reason"]): r["people"] for r in charts.reasons.to_pylist()}
    assert found == expected


def test_the_stages_of_the_journey(events, sample_investigation, incident):
    journey = {
        (row["stage"], row["period"]): (row["tried"], row["passed"])
        for row in sample_investigation.charts.journey.to_pylist()
    }
    known = people_of(events, "gateway")
    services = {row["service"] for row in events if row["event_type"] in TOKENS}
    ours = {
        service
        for service in services - {None}
        if len(people_of(events, service) & known) >= 0.2 * len(people_of(events, service))
    }
    assert {"web", "token-issuer"} <= ours
    tried, passed, meanwhile = set(), set(), set()
    for row in events:
        if row["service"] not in ours or row["event_type"] not in TOKENS:
            continue
        if row["outcome"] in {"success", "failure"} and person(row) is not None:
            key = (int(row["time"].timestamp()) // 300, person(row))
            tried.add(key)
            if row["outcome"] == "success":
                passed.add(key)
            if incident.onset <= row["time"] < incident.recovered:
                meanwhile.add(key)
    assert journey["token", "incident"] == (len(meanwhile), len(meanwhile & passed))
    assert journey["token", "usual"] == (len(tried - meanwhile), len(passed - meanwhile))
    assert ("session", "usual") not in journey
    share = journey["first_use", "incident"][1] / journey["first_use", "incident"][0]
    assert share < 0.3
    assert journey["first_use", "usual"][0] == journey["first_use", "usual"][1]


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/realms/acme/protocol/openid-connect/auth?client_id=web", "authorize"),  # Keycloak
        ("/OAuth2/Authorize", "authorize"),
        ("/authorizer", None),
        ("/login/oauth2/code/okta?code=x", "callback"),  # Spring Security
        ("/signin-oidc", "callback"),  # ASP.NET Core
        ("/api/auth/callback/google", "callback"),  # Auth.js
        ("/saml2/acs", "callback"),
        ("/callbacks", None),
        (None, None),
    ],
)
def test_requests_have_the_stage_of_their_path(path, stage):
    columns = {"event_type": ["http_request"], "http_path": pa.array([path], pa.string())}
    found = run_sql(f"SELECT {KIND} AS stage FROM events", events=pa.table(columns))
    assert found["stage"].to_pylist() == [stage]


def test_builds_and_tokens_tell_the_same_story(sample_investigation):
    charts = sample_investigation.charts
    issued = [row for row in charts.builds.to_pylist() if row["role"] == "issue"]
    sums = Counter()
    for row in issued:
        sums[row["service"], row["version"], "tried"] += row["attempts"]
        sums[row["service"], row["version"], "failed"] += row["failures"]
    assert sums["web", "5.13.0", "failed"] == sums["web", "5.13.0", "tried"] > 1_000
    assert sums["web", "5.12.0", "failed"] == 0
    for row in charts.tokens.to_pylist():
        assert row["failed"] == (row["version"] == "5.13.0")
        assert row["used"] - row["issued"] > timedelta(minutes=-1)
    assert charts.tokens.num_rows <= 4_000
