"""Every cause has a world in which it wins, and loses to a bad build that says the same."""

import numpy as np
import pytest
from worlds import at, changes, logins, place

from authlogs.analysis.attribution import attribute
from authlogs.analysis.causes import EXTERNAL
from authlogs.analysis.detection import detect

FIRST, LAST = 100, 160
BROWSERS = ("Chrome", "Firefox", "Safari")
IDPS = ("keycloak", "corp-saml")
SAYS = {
    "browser_cookie": ("session_not_found", "token_fault", {"browser": "Chrome"}),
    "clock_skew": ("token_not_yet_valid", "token_fault", {"instance": "web-3"}),
    "credential_attack": ("invalid_credentials", "user_error", {}),
    "database_overload": ("timeout", "availability", {}),
    "directory_agent": ("invalid_credentials", "user_error", {"idp": "corp-saml"}),
    "edge_filter": ("attack_blocked", "attack", {}),
    "expiry": ("certificate_error", "availability", {}),
    "lifetime": ("token_expired", "token_fault", {}),
    "name_resolution": ("connection_error", "availability", {}),
    "network": ("connection_error", "availability", {"region": "a"}),
    "rate_limit": ("rate_limited", "availability", {}),
    "session_store": ("session_not_found", "token_fault", {}),
    "stale_keys": ("unknown_key", "token_fault", {"instance": "web-2"}),
    "upstream_idp": ("federation_error", "availability", {"idp": "corp-saml"}),
}
"""What the failures of each cause say, and in which slice they fall."""
ELSEWHERE = {"mfa_provider", "telemetry_gap"}
"""Causes without failures at a sign-in: test_silence has their worlds."""
NEEDS_MORE = {"database_overload", "credential_attack", "network"}
"""Causes that must show a symptom of their own: test_theories has their worlds."""


def dressed(seed):
    """A day of sign-ins with browsers and two identity providers."""
    draw = np.random.Generator(np.random.PCG64(seed + 1_000))
    rows = logins(seed, minutes=200, rate=18)
    for row in rows:
        row["browser"] = BROWSERS[draw.integers(3)]
        row["idp"] = IDPS[draw.integers(2)]
    return rows


def spoil(rows, seed, reason, group, hit, *, chance=0.6):
    draw = np.random.Generator(np.random.PCG64(seed))
    for row in rows:
        if at(FIRST) <= row["time"] < at(LAST) and hit(row) and draw.random() < chance:
            row |= {"outcome": "failure", "reason": reason, "reason_group": group}
    return rows


def test_every_cause_has_a_world():
    assert {cause.name for cause in EXTERNAL} == set(SAYS) | ELSEWHERE


@pytest.mark.parametrize("name", sorted(set(SAYS) - NEEDS_MORE))
def test_a_cause_wins_where_the_failures_are_its_own(name):
    reason, group, where = SAYS[name]
    rows = spoil(dressed(51), 51, reason, group, lambda r: all(r[k] == v for k, v in where.items()))
    if name == "name_resolution":
        rows += [
            {
                "time": at(minute),
                "event_type": "other",
                "outcome": "unknown",
                "service": "web",
                "message": "getaddrinfo ENOTFOUND idp.example.com",
            }
            for minute in np.arange(FIRST, LAST, 0.1)
        ]
    records = changes({"time": 30, "service": "web", "change_type": "config"})
    events = place(rows)
    (found,) = detect(events)
    weighed = attribute(found, events, records)
    assert weighed.verdict == "no_change"
    assert max(weighed.theories, key=lambda t: t.probability).name == name


@pytest.mark.parametrize("name", sorted(SAYS))
def test_a_cause_loses_to_the_build_that_the_failures_keep_to(name):
    reason, group, _ = SAYS[name]
    rows = dressed(52)
    hosts = {"web-1": 100, "web-2": 104, "web-3": 108, "web-4": 500}
    for row in rows:
        row["service_version"] = "2.0" if row["time"] >= at(hosts[row["instance"]]) else "1.0"
    events = place(spoil(rows, 52, reason, group, lambda r: r["service_version"] == "2.0"))
    (found,) = detect(events)
    records = changes({"time": 100, "end_time": 109, "service": "web", "version": "2.0"})
    weighed = attribute(found, events, records)
    assert weighed.suspects[0].probability > 0.9
    assert {t.name: t.probability for t in weighed.theories}[name] < 0.05
