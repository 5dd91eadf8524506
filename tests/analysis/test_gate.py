"""The gate: its bounds hold at every peek, its pairs are like, and each verdict is reached."""

import itertools
import math
from datetime import datetime, timedelta

import numpy as np
import pyarrow.compute as pc
import pytest
from cli_cases import authlogs
from hypothesis import given, settings
from hypothesis import strategies as st
from rollback_worlds import world
from test_rollbacks import as_logs
from worlds import HOSTS, at, changes, logins, place

import authlogs as al
from authlogs.analysis.gate.attempts import handled_by
from authlogs.analysis.gate.check import rollouts_since
from authlogs.analysis.gate.confidence import confidence_sequence, pairs_needed
from authlogs.analysis.gate.pairs import just_restarted, pair
from authlogs.analysis.gate.words import gate_lines
from authlogs.errors import BadCall

ALPHA, MARGIN = 0.05, 0.02
DEPLOY = {"time": 60, "service": "web", "version": "2.0", "previous_version": "1.0"}


@pytest.mark.parametrize("rate", [0.004, 0.08])
def test_no_good_rollout_fails_and_no_bad_one_passes_however_often_one_looks(rate):
    """Stopping at the first verdict among 1,500 looks: each error stays below alpha / 2.

    Half of alpha is 2.5 %; 1,000 rollouts of each kind could show up to 3.6 % by chance (99.9 %
    of a binomial). The sequence is conservative, so that much less is seen.
    """
    draw = np.random.Generator(np.random.PCG64(11))
    size = (1_000, 1_500)
    beside = draw.random(size) < rate
    good = (draw.random(size) < rate).astype(float) - beside
    bad = (draw.random(size) < rate + MARGIN).astype(float) - beside
    failed = (confidence_sequence(good, alpha=ALPHA).low > 0).any(axis=1)
    passed = (confidence_sequence(bad, alpha=ALPHA).high < MARGIN).any(axis=1)
    assert failed.mean() <= 0.036
    assert passed.mean() <= 0.036


def test_bounds_hold_where_the_rate_wanders_with_the_hour():
    """Both arms share a course from 1 to 30 %: their difference has mean 0 throughout."""
    draw = np.random.Generator(np.random.PCG64(12))
    course = 0.155 + 0.145 * np.sin(np.arange(1_500) / 90)
    size = (500, 1_500)
    values = (draw.random(size) < course).astype(float) - (draw.random(size) < course)
    bounds = confidence_sequence(values)
    missed = ((bounds.low > 0) | (bounds.high < 0)).any(axis=1)
    assert missed.mean() <= 0.05


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=40))
@settings(max_examples=30)
def test_the_bounds_are_those_of_the_paper(values):
    """Waudby-Smith and Ramdas (2024), theorem 2, value by value."""
    x = [(v + 1) / 2 for v in values]
    mean, spread, bets, cost, weighted, squares, total = 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0
    for t, each in enumerate(x, start=1):
        bet = min(math.sqrt(2 * math.log(2 / ALPHA) / (spread * t * math.log(1 + t))), 0.5)
        psi = (-math.log(1 - bet) - bet) / 4
        cost += 4 * (each - mean) ** 2 * psi
        bets += bet
        weighted += bet * each
        total += each
        mean = (0.5 + total) / (t + 1)
        squares += (each - mean) ** 2
        spread = (0.25 + squares) / (t + 1)
        half = (math.log(2 / ALPHA) + cost) / bets
        low = 2 * (weighted / bets - half) - 1
        high = 2 * (weighted / bets + half) - 1
    found = confidence_sequence(np.array(values), alpha=ALPHA)
    assert found.low[-1] == pytest.approx(max(-1, low))
    assert found.high[-1] == pytest.approx(min(1, high))


def test_a_build_that_goes_bad_late_keeps_no_early_bound():
    """1,500 pairs that are even, then failures alone: no interval ends below its beginning."""
    draw = np.random.Generator(np.random.PCG64(14))
    even = draw.choice([-1.0, 0.0, 1.0], 1_500, p=[0.01, 0.98, 0.01])
    bounds = confidence_sequence(np.concatenate([even, np.ones(200)]))
    assert bounds.high[1_499] < MARGIN
    assert bounds.high[1_540] > MARGIN  # forty failures on, it no longer passes
    assert (bounds.low <= bounds.high).all()


def test_as_many_pairs_as_are_told_are_needed():
    draw = np.random.Generator(np.random.PCG64(13))
    for rate in (0.01, 0.05):
        needed = pairs_needed(2 * rate * (1 - rate), MARGIN)
        size = (200, 2 * needed)
        values = (draw.random(size) < rate).astype(float) - (draw.random(size) < rate)
        first = (confidence_sequence(values).high < MARGIN).argmax(axis=1)
        assert needed / 2 < np.median(first) < 2 * needed
    assert pairs_needed(1.0, 0.0001) is None


def rollout(seed=1, *, fails=None, hosts=1, minutes=240, rate=30, first_seen=60):
    """Web with a new build on some hosts from a minute on."""

    def version(minute, host):
        return "2.0" if minute >= first_seen and host in HOSTS[:hosts] else "1.0"

    def none(_minute, _row):
        return None

    rows = logins(seed, minutes=minutes, rate=rate, version=version, fails=fails or none)
    return as_logs(place(rows), changes(DEPLOY))


def broken(share):
    """A build 2.0 that fails so often, of all causes that are no user's."""
    draw = np.random.Generator(np.random.PCG64(9))

    def fails(_minute, row):
        bad = row["service_version"] == "2.0" and draw.random() < share
        return ("server_error", "availability") if bad else None

    return fails


def test_a_margin_is_told_as_it_was_given():
    gate = al.check_rollout(rollout(), at(60), margin=0.0005)
    assert "margin 0.05," in str(gate)
    assert str(gate).splitlines()[-1].startswith("gate: ")


def test_a_good_rollout_passes():
    (check,) = al.check_rollout(rollout(), at(60)).checks
    assert check.verdict == "pass"
    assert check.rollout.change == "C0"
    assert check.excess_interval[1] < check.margin
    assert check.pairs > 500


def test_a_small_margin_is_told_as_what_it_is():
    gate = al.check_rollout(rollout(minutes=66), at(60), margin=0.0002)
    assert "margin 0.02," in " ".join(" ".join(gate_lines(gate, "UTC")).split())


def test_a_bad_rollout_fails_early():
    whole = rollout(fails=broken(0.3))
    early = as_logs(whole.events.filter(pc.less(whole.events["time"], at(75))), whole.changes)
    assert al.check_rollout(whole, at(60)).verdict == "fail"
    assert al.check_rollout(early, at(60)).verdict == "fail"


def test_little_traffic_is_no_verdict_but_a_number():
    few = rollout(minutes=66)
    (check,) = al.check_rollout(few, at(60)).checks
    assert check.verdict == "not_enough"
    assert 300 < check.more_needed < 5_000


def test_nothing_never_passes():
    logs = rollout(first_seen=999)
    (check,) = al.check_rollout(logs, at(60)).checks
    assert (check.verdict, check.attempts) == ("not_enough", 0)
    assert al.check_rollout(logs, at(100)) == al.check_rollout(logs, at(100))
    assert al.check_rollout(logs, at(100)).checks == ()
    assert al.check_rollout(logs, at(100)).verdict == "not_enough"


def test_a_failing_region_is_not_blamed_on_the_build_that_runs_there():
    """The canary takes half of region b's traffic and a hundredth of a's; b fails, for all."""
    draw = np.random.Generator(np.random.PCG64(3))
    rows = []
    for minute in np.sort(draw.uniform(0, 240, 9_000)):
        region = "ab"[draw.integers(2)]
        new = minute > 60 and draw.random() < (0.5 if region == "b" else 0.01)
        failed = region == "b" and minute > 60 and draw.random() < 0.4
        row = {
            "time": at(minute), "event_type": "login", "service": "web", "region": region,
            "instance": "web-1" if new else "web-2", "service_version": "2.0" if new else "1.0",
            "user": f"user-{draw.integers(3_000)}", "outcome": "failure" if failed else "success",
        }  # fmt: skip
        rows.append(row | ({"reason": "timeout", "reason_group": "availability"} if failed else {}))
    (check,) = al.check_rollout(as_logs(place(rows), changes(DEPLOY)), at(60)).checks
    assert check.verdict != "fail"
    assert abs(check.excess) < 0.05


def test_what_restarts_always_cost_is_allowed():
    """Each host that comes up fails 4 % for ten minutes, under every build."""
    draw = np.random.Generator(np.random.PCG64(5))
    starts = {host: [100 * k + 20 * n for k in (1, 2, 3, 4)] for n, host in enumerate(HOSTS)}

    def version(minute, host):
        return f"1.{sum(minute >= start for start in starts[host])}"

    def fails(minute, row):
        warm = any(0 <= minute - start < 10 for start in starts[row["instance"]])
        return ("timeout", "availability") if warm and draw.random() < 0.15 else None

    events = place(logins(4, minutes=420, rate=40, version=version, fails=fails))
    seen = handled_by(as_logs(events, changes()).dataset, "web")
    warm = just_restarted(seen, 2**60)
    assert seen.failed[warm].mean() == pytest.approx(0.15, abs=0.05)
    assert seen.failed[~warm].mean() < 0.01
    logs = as_logs(events, changes(DEPLOY | {"time": 399, "version": "1.4"}))
    (check,) = al.check_rollout(logs, at(399)).checks
    assert check.restart_pairs > 100
    assert check.allowed == MARGIN  # what they cost is capped


def test_a_look_changes_nothing_that_was_counted_before():
    whole = rollout(fails=broken(0.1), minutes=120)
    told = []
    for minute in (70, 85, 100, 120):
        events = whole.events.filter(pc.less(whole.events["time"], at(minute)))
        seen = handled_by(events, "web")
        new = seen.version == "2.0"
        told.append(pair(seen, new, ~new).difference)
    for earlier, later in itertools.pairwise(told):
        assert len(earlier) < len(later)
        assert np.array_equal(later[: len(earlier)], earlier)


def test_what_comes_of_a_token_is_settled_before_it_counts():
    """Looks right before tokens are refused: none of those that are out counts as accepted."""
    events, _ = world("complete", rate=8)
    failed = events.filter(pc.equal(events["outcome"].cast("string"), "failure"))
    told = []
    for refused in failed["time"].slice(20, 60).to_pylist()[::12]:
        seen = handled_by(events.filter(pc.less(events["time"], refused)), "web")
        new = seen.version == "2.0"
        assert seen.failed[new].all()
        told.append(pair(seen, new, ~new).difference)
    for earlier, later in itertools.pairwise(told):
        assert np.array_equal(later[: len(earlier)], earlier)


def test_refused_tokens_count_for_the_build_that_issued_them(sample_logs):
    since = datetime.fromisoformat("2024-05-03T09:40-05:00")
    gate = al.check_rollout(sample_logs, since)
    told = {check.rollout.service: check for check in gate.checks}
    assert gate.verdict == "fail"
    assert told["web"].verdict == "fail"
    assert told["web"].rollout.change == "1529004417"
    assert told["gateway"].verdict == "not_enough"


def test_a_version_that_no_record_names_is_a_rollout():
    logs = rollout()
    bare = as_logs(logs.events, changes())
    (found,) = rollouts_since(bare, at(50))
    assert (found.service, found.version, found.change) == ("web", "2.0", None)
    assert at(60) <= found.since < at(62)
    assert list(rollouts_since(bare, at(-10))) == [found]


def test_calls_that_cannot_be_meant(sample_logs):
    with pytest.raises(BadCall, match="no zone"):
        al.check_rollout(sample_logs, datetime(2024, 5, 3))
    with pytest.raises(BadCall, match="between 0 and 1"):
        al.check_rollout(sample_logs, at(0), margin=2)


@pytest.mark.parametrize(
    ("share", "minutes", "code", "said"),
    [(0.0, 240, 0, "gate: pass"), (0.3, 100, 4, "gate: fail"),
     (0.0, 64, 5, "gate: not enough traffic")],
)  # fmt: skip
def test_the_exit_code_tells_a_pipeline(tmp_path, share, minutes, code, said):
    rollout(fails=broken(share), minutes=minutes).save(tmp_path / "store")
    since = (at(60) - timedelta(minutes=1)).isoformat()
    ran = authlogs("investigate", tmp_path / "store", "--since", since, "--fail-on", "suspect")
    assert ran.code == code, ran.all
    assert said in ran.out


def test_a_gate_needs_a_beginning(tmp_path):
    rollout(minutes=64).save(tmp_path / "store")
    ran = authlogs("investigate", tmp_path / "store", "--fail-on", "suspect")
    assert ran.code == 2
    assert "--fail-on needs --since" in ran.err
