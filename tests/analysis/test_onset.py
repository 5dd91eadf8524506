"""The onset's posterior covers the first failure that the fault made, for steps and for ramps."""

import numpy as np
import pytest

from authlogs.analysis.onset import BIN_S, first_failure

BINS = 400
START = 120


def world(seed, *, ramp_s, before, inside, rate=20.0):
    """Counts per 5 s around a fault, and the bin of the first failure that is the fault's."""
    draw = np.random.Generator(np.random.PCG64(seed))
    reach = np.clip((np.arange(BINS) - START) * BIN_S / max(ramp_s, 1e-9), 0, 1)
    reach[:START] = 0
    tried = draw.poisson(rate * BIN_S / 60, BINS)
    noise = draw.binomial(tried, before)
    fault = draw.binomial(tried - noise, (inside - before) * reach)
    return noise + fault, tried, int(np.flatnonzero(fault)[0])


def find(failed, tried, before, inside):
    times = (np.arange(BINS) + 0.5) * BIN_S * 1e6
    return first_failure(times, failed, tried, before=before, inside=inside)


@pytest.mark.parametrize("ramp_s", [0, 200, 1_200])
@pytest.mark.parametrize("before", [0.0005, 0.03])
def test_the_interval_covers_the_first_failure(ramp_s, before):
    hits, runs = 0, 10
    for seed in range(runs):
        failed, tried, truth = world(seed, ramp_s=ramp_s, before=before, inside=0.7)
        low, high = find(failed, tried, before, 0.7).interval
        hits += low.timestamp() <= (truth + 0.5) * BIN_S <= high.timestamp()
    assert hits >= 0.8 * runs


def test_a_novel_reason_pins_the_onset_to_its_first_failure():
    failed, tried, truth = world(3, ramp_s=200, before=0.0, inside=0.9)
    found = find(failed, tried, 1e-5, 0.9)
    assert found.median.timestamp() == pytest.approx((truth + 0.5) * BIN_S)


def test_without_any_failure_the_weight_still_sums_to_one():
    found = find(np.zeros(BINS, np.int64), np.full(BINS, 2), 0.01, 0.5)
    assert found.weights.sum() == pytest.approx(1.0)
