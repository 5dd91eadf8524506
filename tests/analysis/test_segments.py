"""Segments name the slice that carries the surge, and nothing else."""

import numpy as np
from worlds import changes, logins, place

from authlogs.analysis.attribution import open_case
from authlogs.analysis.detection import detect
from authlogs.analysis.priors import Priors
from authlogs.analysis.segments import compare_segments


def segments(seed, hit, *, chance=0.8):
    draw = np.random.Generator(np.random.PCG64(seed))

    def fails(minute, row):
        bad = 100 <= minute < 160 and hit(row) and draw.random() < chance
        return ("server_error", "availability") if bad else None

    events = place(logins(seed, rate=30, fails=fails))
    (found,) = detect(events)
    return compare_segments(open_case(found, events, changes(), Priors()))


def test_one_client_in_one_region_is_shown_as_the_crossing_it_is():
    found = segments(41, lambda row: row["client"] == "ios" and row["region"] == "a")
    assert found[0].where == {"client": "ios", "region": "a"}
    assert {"region": "a"} not in [s.where for s in found]


def test_one_client_is_shown_alone():
    found = segments(42, lambda row: row["client"] == "ios")
    assert found[0].where in ({"client": "ios"}, {"client": "web"})
    assert all(len(s.where) == 1 for s in found)


def test_where_all_fail_alike_false_discoveries_are_rare():
    found = [s for seed in range(43, 46) for s in segments(seed, lambda _: True, chance=0.5)]
    assert len(found) <= 1
