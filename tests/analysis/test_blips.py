"""Hosts that restart one after the other are no incident; hosts that stay broken are."""

import numpy as np
import pytest
from worlds import HOSTS, logins, place

from authlogs.analysis.detection import detect


def restarts(minute_of, lasts, *, chance, reason="timeout", seed=71):
    """Failures on each host for `lasts` minutes from its own minute on."""
    draw = np.random.Generator(np.random.PCG64(seed))

    def fails(minute, row):
        since = minute - minute_of[row["instance"]]
        hit = 0 <= since < lasts and draw.random() < chance
        return (reason, "availability") if hit else None

    return fails


ROLLING = {host: 100 + 6 * number for number, host in enumerate(HOSTS)}
AT_ONCE = dict.fromkeys(HOSTS, 100)


@pytest.mark.parametrize("minute_of", [ROLLING, AT_ONCE], ids=["rolling", "at once"])
def test_blips_of_restarting_hosts_are_no_incident(minute_of):
    events = place(logins(71, rate=120, fails=restarts(minute_of, 2.5, chance=0.3)))
    assert detect(events) == ()


def test_what_a_proxy_says_of_restarts_is_no_incident_either():
    rows = logins(72, rate=120, fails=restarts(ROLLING, 2.5, chance=0.3))
    rows += [
        row | {"service": "nginx", "event_type": "http_request", "instance": None} for row in rows
    ]
    assert detect(place(rows)) == ()


@pytest.mark.parametrize(
    ("lasts", "chance", "reason"),
    [(30, 0.3, "timeout"), (2.5, 0.95, "timeout"), (2.5, 0.3, "invalid_signature")],
    ids=["it stays", "nobody gets in", "no restart says so"],
)
def test_what_lasts_or_is_worse_or_says_something_else_is_an_incident(lasts, chance, reason):
    fails = restarts(ROLLING, lasts, chance=chance, reason=reason)
    assert len(detect(place(logins(73, rate=120, fails=fails)))) == 1
