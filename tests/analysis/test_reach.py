"""How far failing attempts get, told by the request ids of those that go well."""

import numpy as np
from worlds import changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.detection import detect


def called(seed, *, lag_s, service, reason=("timeout", "availability")):
    """Sign-ins at `web`, each with a word of another service `lag_s` after it if it goes well.

    From minute 100 to 160 sixty in a hundred fail, and then the other service says nothing.
    """
    draw = np.random.Generator(np.random.PCG64(seed))

    def fails(minute, _):
        return reason if 100 <= minute < 160 and draw.random() < 0.6 else None

    rows = logins(seed, rate=14, fails=fails)
    for number, row in enumerate(rows):
        row["trace_id"] = f"t{number}"
    lag = np.timedelta64(int(lag_s * 1e6), "us").astype(object)
    told = {"service": service, "event_type": "token_issue", "outcome": "success"}
    same = ("trace_id", "user")
    return rows + [
        {**told, **{name: row[name] for name in same}, "time": row["time"] + lag}
        for row in rows
        if row["outcome"] == "success" or row["reason"] != reason[0]
    ]


def solve(rows, *records):
    events = place(rows)
    incident = next(i for i in detect(events) if i.signal.reason != "fewer_attempts")
    return attribute(incident, events, changes(*records))


def test_a_service_that_good_attempts_reach_only_afterwards_is_not_blamed():
    broken = ("missing_claim", "token_fault")
    rows = called(71, lag_s=4, service="gateway", reason=broken)
    earlier = ({"time": minute, "service": "web"} for minute in (10, 30, 50))
    weighed = solve(rows, {"time": 98, "service": "gateway"}, *earlier)
    assert weighed.verdict != "change"
    (reach,) = [f for f in weighed.suspects[0].evidence if f.kind == "reach"]
    assert reach.direction == "against"
    assert reach.numbers["failed_met"] < 0.05 * reach.numbers["failed"]


def test_a_fault_that_shows_only_at_the_caller_is_followed_to_the_service_that_falls_silent():
    """Three services changed at once: the one that is called and says nothing is the likeliest."""
    near = [{"time": 98, "service": name} for name in ("web", "issuer", "billing")]
    weighed = solve(called(72, lag_s=-0.2, service="issuer"), *near)
    assert [s.change.service for s in weighed.suspects] == ["issuer", "web", "billing"]
    (reach,) = [f for f in weighed.suspects[0].evidence if f.kind == "reach"]
    assert reach.direction == "for"


def test_a_service_that_failing_attempts_reach_as_well_keeps_its_place():
    rows = called(73, lag_s=4, service="gateway")
    silent = {row["trace_id"] for row in rows if row["service"] == "gateway"}
    rows += [
        {"time": row["time"], "service": "gateway", "event_type": "other", "outcome": "unknown",
         "trace_id": row["trace_id"]}
        for row in rows
        if row["service"] == "web" and row["trace_id"] not in silent
    ]  # fmt: skip
    (suspect,) = solve(rows, {"time": 98, "service": "gateway"}).suspects
    assert not [f for f in suspect.evidence if f.kind == "reach"]
