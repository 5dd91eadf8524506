"""A browser's new release that spreads over hours: few failures at any time, and no instant."""

import numpy as np
import pytest
from worlds import at, changes, logins, place

from authlogs.analysis.attribution import attribute, weigh_case
from authlogs.analysis.case import open_case
from authlogs.analysis.detection import detect
from authlogs.analysis.priors import Priors

BROWSERS = ("Chrome", "Chrome", "Chrome", "Safari", "Edge", "Firefox")


def adopted(seed, *, browser="Firefox", begins=120, hours=10.0, minutes=540, rate=14):
    """Sign-ins of which 2 % lose their session anyhow, and those of one browser more and more."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = logins(seed, minutes=minutes, rate=rate)
    for row in rows:
        row["browser"] = BROWSERS[draw.integers(len(BROWSERS))]
        since = (row["time"] - at(begins)).total_seconds() / 3600
        share = min(1.0, max(0.0, since / hours)) if row["browser"] == browser else 0.0
        if draw.random() < max(0.02, 0.9 * share):
            row |= {"outcome": "failure", "reason": "session_not_found"}
            row["reason_group"] = "token_fault"
    return rows


@pytest.mark.parametrize(("seed", "hours"), [(81, 10.0), (82, 10.0), (82, 16.0)])
def test_a_release_that_spreads_slowly_is_one_incident(seed, hours):
    """Failures that rise and rise are one incident, however many stretches of them stand out."""
    (found,) = detect(place(adopted(seed, hours=hours)))
    assert (found.signal.reason, found.status) == ("session_not_found", "ongoing")
    assert found.onset > at(120)


def test_a_release_that_is_lost_in_the_whole_is_seen_in_its_browser():
    """One sign-in in six is made with it; of all sign-ins too few fail more than usual."""
    events = place(adopted(82, hours=16.0))
    (found,) = detect(events)
    assert found.signal.where == {"browser": "Firefox"}
    weighed = attribute(found, events, changes())
    assert (weighed.verdict, weighed.cause_class) == ("no_change", "client")


def web_fails(*browsers):
    """The case of a web application whose sign-ins fail in some browsers; apps log none."""
    draw = np.random.Generator(np.random.PCG64(91))
    rows = logins(91, minutes=200, rate=20)
    for row in rows:
        row["browser"] = BROWSERS[draw.choice(6)] if row["client"] == "web" else None
        hit = row["browser"] in browsers and at(100) <= row["time"] < at(160)
        if hit and draw.random() < 0.4:
            row |= {"outcome": "failure", "reason": "session_not_found"}
            row["reason_group"] = "token_fault"
    events = place(rows)
    (found,) = detect(events)
    return open_case(found, events, changes({"time": 90, "service": "web"}), Priors())


def test_a_browser_is_told_from_the_application_that_alone_has_browsers():
    """One bad browser makes the web fail, and apps not."""
    case = web_fails("Chrome")
    browser, client = case.carriers["browser"], case.carriers["client"]
    assert (browser.value, client.value) == ("Chrome", "web")
    assert browser.gain > client.gain > 10
    assert max(weigh_case(case).theories, key=lambda t: t.probability).name == "browser_cookie"


def test_an_application_that_fails_in_every_browser_is_no_browsers_fault():
    case = web_fails(*set(BROWSERS))
    assert case.carriers["client"].gain > 10
    assert "browser" not in case.carriers or case.carriers["browser"].gain < 3
