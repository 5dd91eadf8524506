"""The closed forms against scipy and against counting by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from authlogs.analysis.likelihood import (
    log_beta_binomial,
    log_factorials,
    log_split,
    log_sum,
    rate_interval,
    weighted_quantile,
)


def test_log_factorials_are_log_gamma():
    assert np.allclose(log_factorials(50), special.gammaln(np.arange(51) + 1))


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_marginal_is_the_integral_over_the_rate(failed, more):
    tried = failed + more
    value = log_beta_binomial(np.array(failed), np.array(tried), log_factorials(tried + 1))
    expected, _ = integrate.quad(lambda p: p**failed * (1 - p) ** more, 0, 1)
    assert float(value) == pytest.approx(math.log(expected), rel=1e-6)


@given(st.data())
def test_the_split_is_fishers_noncentral_hypergeometric(data):
    tried = data.draw(st.integers(2, 40))
    exposed = data.draw(st.integers(1, tried - 1))
    failed = data.draw(st.integers(1, tried - 1))
    low, high = max(0, failed + exposed - tried), min(exposed, failed)
    hit = data.draw(st.integers(low, high))
    odds = np.array([0.5, 2.0, 30.0])
    expected = [
        stats.nchypergeom_fisher.logpmf(hit, tried, exposed, failed, o)
        - stats.hypergeom.logpmf(hit, tried, exposed, failed)
        for o in odds
    ]
    assert np.allclose(log_split(hit, exposed, failed, tried, odds), expected, atol=1e-6)


def test_log_sum_survives_large_numbers():
    assert float(log_sum(np.array([1_000.0, 1_000.0]))) == pytest.approx(1_000 + math.log(2))


def test_quantiles_follow_the_weight():
    values, weights = np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.8, 0.1])
    assert weighted_quantile(values, weights, (0.05, 0.5, 0.95)).tolist() == [1.0, 2.0, 3.0]


def test_wilsons_interval_is_wilsons():
    expected = stats.binomtest(7, 50).proportion_ci(0.90, method="wilson")
    assert rate_interval(7, 50) == pytest.approx((expected.low, expected.high), abs=1e-3)


def test_nothing_tried_says_nothing():
    assert rate_interval(0, 0) == (0.0, 1.0)
