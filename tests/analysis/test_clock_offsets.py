"""Clocks that differ are found from the requests that several services logged."""

import numpy as np
from worlds import at, place

from authlogs.analysis.clock_offsets import clock_offsets


def requests(seed, *, skew_s):
    draw = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for number, minute in enumerate(np.sort(draw.uniform(0, 60, 400))):
        host = f"gw-{number % 2}"
        shift = skew_s / 60 if host == "gw-1" else 0.0
        same = {"request_id": f"r{number}", "event_type": "login", "outcome": "success"}
        rows.append({"time": at(minute), "service": "web", "instance": "web-1", **same})
        late = draw.gamma(2, 0.05) / 60
        rows.append(
            {"time": at(minute + shift + late), "service": "gateway", "instance": host, **same}
        )
    return place(rows)


def test_a_host_that_is_73_seconds_ahead_is_named_with_its_offset():
    (first, *_) = clock_offsets(requests(1, skew_s=73.0))
    assert (first["service"], first["instance"]) == ("gateway", "gw-1")
    assert abs(first["offset_s"] - 73.1) < 0.2


def test_latency_alone_is_no_offset():
    assert clock_offsets(requests(2, skew_s=0.0)) == ()


def test_logs_without_shared_requests_tell_no_offset():
    assert clock_offsets(place([{"time": at(1), "service": "web", "event_type": "login"}])) == ()
