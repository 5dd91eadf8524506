"""The scan over windows against a slow twin, and against series in which nothing happens."""

import math

import numpy as np
import pytest
from scipy import special

from authlogs.analysis.recovery import end_of_excess, excess_bins
from authlogs.analysis.series import Grid, Series
from authlogs.analysis.windows import dispersion, find_stretches


def series(failed, tried):
    return Series("web", "login", "server_error", np.asarray(failed), np.asarray(tried), "attempts")


def counts(seed, *, bins=240, rate=20, share=0.02, fault=None):
    draw = np.random.Generator(np.random.PCG64(seed))
    tried = draw.poisson(rate, bins)
    chance = np.full(bins, share)
    if fault:
        chance[fault[0] : fault[1]] = fault[2]
    return draw.binomial(tried, chance), tried


def slow_best(failed, tried):
    """The best window by plain loops, untempered."""

    def marginal(k, n):
        return special.betaln(k + 1, n - k + 1)

    k, n, best = sum(failed), sum(tried), (-math.inf, 0, 0)
    for i in range(len(failed)):
        for j in range(i + 1, len(failed) + 1):
            a, b = sum(failed[i:j]), sum(tried[i:j])
            if b in {0, n} or a / b < 2 * (k - a + 0.5) / (n - b + 1):
                continue
            score = marginal(a, b) + marginal(k - a, n - b) - marginal(k, n)
            best = max(best, (score, i, j))
    return best


def test_the_scan_finds_the_window_of_the_slow_twin():
    failed, tried = counts(1, bins=60, fault=(20, 35, 0.5))
    _, first, last = slow_best(failed.tolist(), tried.tolist())
    found = find_stretches(series(failed, tried))
    assert [(s.first, s.last) for s in found] == [(first, last)]


def test_two_faults_are_two_stretches():
    failed, tried = counts(2)
    failed[40:60] = tried[40:60] // 2
    failed[150:170] = tried[150:170] // 2
    found = find_stretches(series(failed, tried))
    assert [(s.first, s.last) for s in found] == [(40, 60), (150, 170)]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.2])
def test_quiet_days_hold_no_stretch(share):
    found = [find_stretches(series(*counts(seed, share=share))) for seed in range(20)]
    assert found == [[]] * 20


def test_wandering_rates_are_dispersed_and_rarely_an_incident():
    """AR(1) error rates, sd 0.15 of the log-odds, 20 minutes: the null of the published trap."""
    false = 0
    for seed in range(30):
        draw = np.random.Generator(np.random.PCG64(seed))
        walk = np.zeros(360)
        for i in range(1, 360):
            walk[i] = walk[i - 1] * math.exp(-1 / 20) + draw.normal(0, 0.15 * math.sqrt(0.1))
        tried = draw.poisson(50, 360)
        failed = draw.binomial(tried, special.expit(special.logit(0.05) + walk))
        false += bool(find_stretches(series(failed, tried)))
    assert false <= 1


def test_dispersion_is_one_for_a_fair_coin_and_more_for_lumps():
    failed, tried = counts(5, share=0.1)
    assert dispersion(failed, tried) < 2
    lumps = failed.copy()
    lumps[::30] += 60
    assert dispersion(lumps, tried + (lumps - failed)) > 5


def test_the_end_is_the_minute_after_the_last_excess():
    failed, tried = counts(6, share=0.0, fault=(60, 120, 0.6))
    grid = Grid(0, 60, 240)
    over, (low, high) = end_of_excess(failed, tried, grid, rate=0.0001, since=60)
    last = int(excess_bins(failed, tried, 0.0001)[-1])
    assert over.timestamp() == (last + 1) * 60
    assert low < over <= high


def test_an_incident_at_the_end_of_the_data_is_not_over():
    failed, tried = counts(7, share=0.0, fault=(200, 240, 0.6))
    assert end_of_excess(failed, tried, Grid(0, 60, 240), rate=0.0001, since=200) is None
