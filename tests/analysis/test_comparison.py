"""Incidents side by side: seen before, repeated causes, and trends that are no accident."""

import dataclasses
import itertools
import json
from datetime import timedelta

import numpy as np
import pytest
from example_investigation import ONSET, WEB, example, incident
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

import authlogs as al
from authlogs.analysis.comparison import kendall
from authlogs.analysis.result import Phases, Signal, Suspect, Theory

OTHER = Signal(service="web", event_type="login", reason="timeout", denominator="attempts")


def one(number, **told):
    """An incident so many days later."""
    return incident(incident_id=f"I-{number}", onset=ONSET + timedelta(days=number), **told)


def test_the_same_signature_is_told_and_others_are_not():
    found = al.compare_incidents(example(one(2), one(0), one(1, signal=OTHER)))
    rows = found.incidents.to_pylist()
    assert [row["incident_id"] for row in rows] == ["I-0", "I-1", "I-2"]
    assert [row["seen_before"] for row in rows] == [[], [], ["I-0"]]
    assert "seen before: I-0" in str(found)


def test_causes_that_come_back():
    flag = Suspect(
        change=dataclasses.replace(WEB, service="idp"), probability=0.9, bayes_factor=9.0, prior=0.1
    )
    keys = Theory(name="stale_keys", probability=0.9, verdict="supported", statement="old keys")
    none = {"verdict": "no_change", "suspects": (), "theories": (keys,)}
    found = al.compare_incidents(
        example(
            one(0),
            one(1, suspects=(flag,)),
            one(2),
            one(3, **none),
            one(4, **none),
            one(5, verdict="undetermined"),
            one(6, verdict="undetermined"),
        )
    )
    assert found.repeated == {"deploy of web": ("I-0", "I-2"), "stale keys": ("I-3", "I-4")}


def test_results_of_several_runs_and_their_json_are_one():
    first, second = example(one(0)), example(one(0), one(1))
    found = al.compare_incidents(first, json.loads(second.to_json()))
    assert found.incidents["incident_id"].to_pylist() == ["I-0", "I-1"]


def test_other_documents_are_refused():
    with pytest.raises(al.BadCall, match="no result of an investigation"):
        al.compare_incidents({"schema": "something/1", "incidents": []})


@pytest.mark.parametrize(
    ("lengths", "direction"),
    [
        ([600, 500, 400, 300, 200], "shorter"),
        ([100, 200, 300, 400, 500], "longer"),
        ([300, 100, 500, 200, 400], "no trend"),
        ([500, 400, 300, 200], "too few to tell"),
    ],
)
def test_trends(lengths, direction):
    told = [one(k, phases=Phases(ttd_s=float(s))) for k, s in enumerate(lengths)]
    trend = al.compare_incidents(example(*told)).trends[0]
    assert (trend.phase, trend.direction, trend.n) == ("TTD", direction, len(lengths))


def test_phases_that_were_not_measured_do_not_count():
    told = [one(k, phases=Phases(ttd_s=None)) for k in range(6)]
    assert al.compare_incidents(example(*told)).trends[0].n == 0


@given(order=st.permutations(list(range(7))))
def test_the_trend_is_scipys(order):
    tau, p = kendall([float(v) for v in order])
    told = kendalltau(np.arange(7), order, method="exact")
    assert tau == pytest.approx(told.statistic)
    assert p == pytest.approx(told.pvalue)


@pytest.mark.parametrize("lengths", [(1, 1, 2, 3, 4), (1, 1, 2, 2, 3), (4, 3, 3, 2, 1, 1)])
def test_equal_lengths_never_make_a_trend_surer(lengths):
    """The true p-value counts the orders of these very lengths."""

    def score(order):
        return abs(sum((b > a) - (b < a) for a, b in itertools.combinations(order, 2)))

    orders = list(itertools.permutations(lengths))
    true = sum(score(order) >= score(lengths) for order in orders) / len(orders)
    assert kendall([float(v) for v in lengths])[1] >= true


def test_a_single_incident_is_one():
    told = [one(k, phases=Phases(ttd_s=60.0 if k else None)) for k in range(2)]
    assert "TTD: too few to tell, 1 incident\n" in str(al.compare_incidents(example(*told)))


def test_equal_lengths_are_no_trend():
    tau, p = kendall([5.0] * 6)
    assert (tau, p) == (0.0, 1.0)
