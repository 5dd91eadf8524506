"""Incidents of minutes, in logs of minutes: what is usual is known from little."""

import numpy as np
import pytest
from worlds import at, place

from authlogs.analysis.detection import detect


def refused_at_two_places(seed):
    """A gateway refuses one build's tokens for three minutes; its proxy always refuses some."""
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for number, minute in enumerate(np.sort(draw.uniform(0, 13, 2_500))):
        bad = 4.5 <= minute < 7.6 and draw.random() < 0.1
        failed = {"outcome": "failure", "reason": "invalid_audience", "reason_group": "token_fault"}
        row = {"time": at(minute), "user": f"user-{number % 900}", "outcome": "success"}
        rows.append({**row, "service": "gateway", "event_type": "token_validate"})
        rows[-1] |= failed if bad else {}
        rows.append({**row, "service": "proxy", "event_type": "http_request"})
        if bad or draw.random() < 0.03:
            rows[-1] |= {"outcome": "failure", "reason": "unspecified", "reason_group": "unknown"}
    return place(rows)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_proxy_always_refuses_does_not_move_the_onset(seed):
    (found,) = detect(refused_at_two_places(seed))
    assert found.signal.reason == "invalid_audience"
    assert [echo.service for echo in found.echoes] == ["proxy"]
    assert abs((found.onset - at(4.5)).total_seconds()) <= 15
