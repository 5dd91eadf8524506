"""The alert is what its rule says about the data."""

import json
from datetime import datetime, timedelta

from authlogs.simulation.alert_rule import ShareRule, firings

RULE = ShareRule("r", "share > 0.5 for 2", threshold=0.5, window=4, hold=2, every=1)


def test_alert_fires_about_a_quarter_to_ten(first_alert):
    around = datetime.fromisoformat("2024-05-03T09:45:00-05:00")
    assert abs(first_alert - around) <= timedelta(minutes=1)


def test_the_written_rule_holds_on_the_logs(committed, validated, first_alert):
    """More than 10 % refused over five minutes at the firing and the two minutes before it."""
    alert = json.loads(committed["alerts.json"])[0]
    assert "[5m]" in alert["annotations"]["description"]
    assert "> 0.10 for 2m" in alert["annotations"]["description"]

    def share(now):
        seen = [each for each in validated if now - timedelta(minutes=5) <= each["time"] < now]
        # Hostile lines were put into the log afterwards; the gateway never counted them.
        seen = [each for each in seen if not each["user"].startswith('"')]
        return sum(each["outcome"] == "failure" for each in seen) / len(seen)

    steps = [first_alert - timedelta(seconds=30 * k) for k in range(6)]
    assert all(share(now) > 0.10 for now in steps[:5])
    assert share(steps[5]) <= 0.10
    resolved = datetime.fromisoformat(alert["endsAt"])
    assert share(resolved) <= 0.10 < share(resolved - timedelta(seconds=30))


def test_fires_after_the_hold_and_resolves():
    every = list(range(40))
    failed = list(range(10, 20))
    # Above one half from 13 on (three of four); held for two steps: 15. At 22 two of four are left.
    assert firings(RULE, failed, every=every, start=0, end=40) == [(15, 22)]


def test_a_short_rise_does_not_fire():
    assert firings(RULE, [10, 11, 12], every=list(range(40)), start=0, end=40) == []


def test_still_firing_at_the_end():
    assert firings(RULE, list(range(10, 30)), every=list(range(30)), start=0, end=30) == [
        (15, None)
    ]


def test_silence_is_no_alert():
    assert firings(RULE, [], every=[], start=0, end=40) == []
