"""Quiet days are quiet, wander as they should, and are events like those that are read."""

import numpy as np
import pyarrow.compute as pc
import pytest

from authlogs.schema import EVENTS
from authlogs.simulation.incidents.courses import wander
from authlogs.simulation.incidents.quiet import quiet_days


@pytest.fixture(scope="module")
def days():
    return quiet_days(3, 2, rate=15.0)


def test_they_are_events_in_order_of_time(days):
    assert days.schema.equals(EVENTS)
    times = days.column("time").cast("int64").to_numpy()
    assert (np.diff(times) >= 0).all()
    assert times[-1] - times[0] < 2 * 86_400_000_000


def test_equal_seeds_give_equal_days(days):
    assert days.equals(quiet_days(3, 2, rate=15.0))
    assert not days.equals(quiet_days(4, 2, rate=15.0))


def test_failures_are_as_rare_as_usual_all_the_time(days):
    """No hour has three times the failures of the median hour, a share of its attempts."""
    rows = days.filter(pc.equal(days.column("service"), "web"))
    hour = rows.column("time").cast("int64").to_numpy() // 3_600_000_000
    failed = np.array(rows.column("outcome").to_pylist()) == "failure"
    shares = np.array([failed[hour == each].mean() for each in np.unique(hour)])
    assert 0.03 < np.median(shares) < 0.12
    assert shares.max() < 3 * np.median(shares)


def test_nights_are_calmer_than_days(days):
    hour = days.column("time").cast("int64").to_numpy() // 3_600_000_000 % 24
    counts = np.bincount(hour.astype(int), minlength=24)
    assert counts.max() > 2 * counts.min()


def test_rates_wander_with_the_deviation_and_memory_that_are_asked_for():
    series = wander(np.random.default_rng(1), 50_000, sd=0.15, memory=20.0)
    assert series.std() == pytest.approx(0.15, abs=0.01)
    one_later = np.corrcoef(series[:-1], series[1:])[0, 1]
    assert one_later == pytest.approx(np.exp(-1 / 20), abs=0.01)
