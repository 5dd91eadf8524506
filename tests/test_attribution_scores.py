"""The figures of the benchmark of attribution, on answers whose figures are known."""

import math

import pytest
from attribution_left_out import fitted_scale, left_out


def answers(chance, right, wrong):
    return [(chance, True)] * right + [(chance, False)] * wrong


@pytest.mark.parametrize(("right", "wrong"), [(90, 10), (70, 30), (99, 1)])
def test_the_scale_brings_a_probability_to_the_share_that_is_right(right, wrong):
    scale = fitted_scale(answers(0.9, right, wrong))
    wanted = math.log(right / wrong) / math.log(0.9 / 0.1)
    assert scale == pytest.approx(wanted, rel=0.05)


def test_a_kind_that_is_like_the_others_loses_nothing_where_it_is_left_out():
    lost = left_out({"a": answers(0.8, 80, 20), "b": answers(0.8, 80, 20), "c": []})
    assert lost == {"a": 0.0, "b": 0.0}


def test_a_kind_that_is_overconfident_where_all_others_are_not_loses_by_the_others_scale():
    """Scale 1 is right for the many; the one kind is right half the time at P = .9."""
    lost = left_out({"many": answers(0.9, 90, 10), "odd": answers(0.9, 30, 30)})
    whole = fitted_scale(answers(0.9, 120, 40))
    odds = math.exp(whole * math.log(9))
    before = 0.5 * (math.log(odds / (1 + odds)) + math.log(1 / (1 + odds)))
    after = 0.5 * (math.log(0.9) + math.log(0.1))
    assert lost["odd"] == pytest.approx(before - after, abs=0.02)
    assert lost["odd"] > 0.1
