"""The oracle: its parts against independent sources, and its answers against what was drawn."""

import numpy as np
import pytest
from scipy import stats

from authlogs.simulation.incidents import law_of_cases
from authlogs.simulation.incidents.chance import Chance
from authlogs.simulation.incidents.declarations import declared
from authlogs.simulation.incidents.lags import LAWS
from authlogs.simulation.incidents.scenario import incident
from authlogs.simulation.incidents.splits import _minute


@pytest.mark.parametrize("name", sorted(LAWS))
def test_lags_are_drawn_from_their_density(name):
    rng = Chance(1, "x").stream("lags")
    drawn = np.array([LAWS[name].draw(rng) for _ in range(3000)])
    grid = law_of_cases.GRID
    ladder = np.cumsum(LAWS[name].density(grid)) * law_of_cases.STEP
    assert ladder[-1] == pytest.approx(1, abs=1e-6)
    gap = stats.kstest(drawn, lambda x: np.interp(x, grid, ladder)).statistic
    assert gap < 0.05  # a step of the grid is 2 s, some laws are hardly wider than twenty


@pytest.mark.parametrize(
    ("old", "new"), [((95, 5), (20, 20)), ((40, 2), (38, 2)), ((10, 0), (0, 5))]
)
def test_the_split_is_weighed_by_the_noncentral_hypergeometric_law(old, new):
    table = np.array([old, new], dtype=float)
    usual = 0.05
    rate, share = table[:, 1].sum() / table.sum(), table[1].sum() / table.sum()
    broken = np.clip((rate - usual * (1 - share)) / share, usual, 0.99)
    odds = broken / (1 - broken) / (usual / (1 - usual))
    whole, fails = int(table.sum()), int(table[:, 1].sum())
    law = stats.nchypergeom_fisher(whole, fails, int(table[1].sum()), odds)
    alike = stats.hypergeom(whole, fails, int(table[1].sum()))
    expected = law.logpmf(new[1]) - alike.logpmf(new[1])
    assert _minute(table, table, usual) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("record", ["exact", "minutes", "tickets"])
def test_onsets_after_a_change_are_a_density(record):
    for change_type in law_of_cases.law().types:
        density = law_of_cases.onset_after(change_type, record, 0.05)
        assert density.min() >= 0
        assert density.sum() * law_of_cases.STEP == pytest.approx(1, abs=0.03)


def test_numbers_of_innocent_changes_are_a_law():
    rng = np.random.default_rng(1)
    drawn = np.exp(rng.uniform(0, np.log(201), 20_000)).astype(int) - 1
    assert sum(law_of_cases.of_count(number) for number in range(200)) == pytest.approx(1)
    for number in (0, 1, 10):
        share = law_of_cases.of_count(number)
        assert (drawn == number).mean() == pytest.approx(share, abs=0.01)


def test_only_change_is_blamed_when_its_build_alone_fails():
    made = incident("validator", seed=9, way=0, lines=4000, versions=True, successes=True,
                    changes=5, dress="flat")  # fmt: skip
    assert made.truth.oracle[made.truth.guilty_change_id] > 0.9


def test_a_fault_from_outside_right_after_a_deploy_is_not_surely_told():
    """Unlabelled, it looks like the deploy: the best answer is far from certain that it is none."""
    told = [
        incident("after-deploy", seed=seed, way=0, lines=1500, versions=False, changes=3)
        for seed in range(4)
    ]
    assert np.mean([made.truth.oracle["none"] for made in told]) < 0.9


def test_the_oracle_is_as_often_right_as_it_says():
    kinds = [name for name, kind in declared().items() if kind.ways]
    sure, right = [], []
    for number in range(60):
        kind = kinds[number % len(kinds)]
        truth = incident(kind, seed=300 + number, lines=1200, rate=20.0, history=40.0).truth
        best = max(truth.oracle, key=truth.oracle.get)
        sure.append(truth.oracle[best])
        right.append(best == (truth.guilty_change_id or "none"))
    # The standard error of a share of 60 is 6 %.
    assert np.mean(right) == pytest.approx(np.mean(sure), abs=0.15)
