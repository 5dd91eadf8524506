"""Rules are read strictly, and evaluated as Prometheus would: step by step, by a slow twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from worlds import at, between, logins, place

from authlogs.analysis.alerts.evaluation import count_steps, firings
from authlogs.analysis.alerts.false_alarms import a_week, days_needed, poisson_interval
from authlogs.analysis.alerts.normal import Normal, normal_alarms, normal_time
from authlogs.analysis.alerts.rule_file import parse_rules, read_rules, written
from authlogs.analysis.alerts.words import rule_words
from authlogs.analysis.rollups import rollup
from authlogs.errors import BadCall
from authlogs.simulation.alert_rule import ShareRule
from authlogs.simulation.alert_rule import firings as fired_in_simulation

FAILED = "count: {outcome: failure}"
ALL = "of: {outcome: [success, failure]}"
BURN = "burn_rate: {objective: 0.99, pairs: [{long: 1h, short: 5m, factor: 14.4}]}"
EVERY_KIND = f"""
every: 1m
rules:
  - {{alert: Count, {FAILED}, above: 5, window: 2m, for: 1m, least: 3, severity: ticket}}
  - {{alert: Share, {FAILED}, {ALL}, above: 0.2, by: client, window: 5m}}
  - {{alert: Build, count: {{reason: [expired, null]}}, above: 1, by: issuing_version, issuer: web}}
  - {{alert: Drop, count: {{outcome: success}}, below: 0.5, than: 1h, window: 10m}}
  - alert: Burn
    {FAILED}
    {ALL}
    burn_rate: {{objective: 0.99, pairs: [{{long: 1h, short: 5m, factor: 14.4}}]}}
    labels: {{team: sign-in}}
"""


def test_every_kind_is_read_and_written_again():
    rules = parse_rules(EVERY_KIND)
    assert [rule.kind for rule in rules] == ["count", "share", "count", "drop", "burn_rate"]
    assert rules[2].count == {"reason": ("expired", None)}
    assert parse_rules(written(rules)) == rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [", "no YAML"),
        ("- 1", "no list `rules`"),
        ("rules: []", "no list `rules`"),
        ("rules: [3]", "a rule is a mapping"),
        ("groups: [{name: a, rules: [{alert: A, expr: up}]}]", "rules of Prometheus"),
        ("rule: []\nrules: [{}]", "did you mean rules"),
        (f"rules: [{{{FAILED}, above: 1}}]", "no name"),
        ("rules: [{alert: A, above: 1}]", "which rows count"),
        ("rules: [{alert: A, count: {reason: [[x]]}, above: 1}]", "no plain value"),
        ("rules: [{alert: A, count: {reason: 2024-05-03}, above: 1}]", "no plain value"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, labels: x}}]", "`labels` is a mapping"),
        (f"rules: [{{alert: A, {FAILED}}}]", "one of `above`, `below` and `burn_rate`"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, below: 2, than: 1h}}]", "only one"),
        (f"rules: [{{alert: A, {FAILED}, below: 0.5}}]", "go together"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, windw: 2m}}]", "did you mean window"),
        ("rules: [{alert: A, count: {outcom: failure}, above: 1}]", "did you mean outcome"),
        ("rules: [{alert: A, count: {zzzz: 1}, above: 1}]", "GLOSSARY"),
        ("rules: [{alert: A, count: {outcome: failed}, above: 1}]", "did you mean failure"),
        ("rules: [{alert: A, count: {outcome: zz}, above: 1}]", "use success, failure"),
        ("rules: [{alert: A, count: {event_type: logins}, above: 1}]", "did you mean login"),
        ("rules: [{alert: A, count: {reason_group: tokens}, above: 1}]", "reason_group is never"),
        ("groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]", "PromQL is not read"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, by: browzer}}]", "did you mean browser"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, by: issuing_version}}]", "needs `issuer`"),
        (f"rules: [{{alert: A, {FAILED}, above: many}}]", "no number"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, window: soon}}]", "no length of time"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, window: 45s}}]", "whole multiples"),
        (f"rules: [{{alert: A, {FAILED}, {ALL}, above: 20}}]", "between 0 and 1"),
        (f"rules: [{{alert: A, {FAILED}, below: 0.5, than: 45s}}]", "whole multiples"),
        (f"rules: [{{alert: A, {FAILED}, below: 50, than: 1h}}]", "0.5 is half"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, least: 2.7}}]", "a whole number"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, issuer: web}}]", "nothing here names"),
        (f"rules: [{{alert: A, {FAILED}, {ALL}, least: 9, {BURN}}}]", "leave out `least`"),
        (f"rules: [{{alert: A, {FAILED}, {ALL}, window: 5m, {BURN}}}]", "leave out `window`"),
        (f'rules: [{{alert: "A\\nB: fired", {FAILED}, above: 1}}]', "no plain line"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, above: 2}}]", "'above' stands twice"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, summary: {'9' * 5000}}}]", "5000 digits"),
        (f"rules: [{{alert: A, {FAILED}, above: 0x{'f' * 5000}}}]", "5002 digits"),
        (f"rules: [{{alert: A, {FAILED}, above: 1, summary: 2024-99-99}}]", "month must be"),
        ('rules: [{alert: A, count: {reason: "\\ud800"}, above: 1}]', "half of a character"),
        ("rules: []\n---\nrules: []", "one document"),
        (f"rules: [{{alert: A, {FAILED}, {ALL}, burn_rate: {{objective: 0.9}}}}]", "needs `pairs`"),
        (f"rules: [{{alert: A, {FAILED}, {ALL}, burn_rate: {{objective: 2}}}}]", "an `objective`"),
        (
            f"rules: [{{alert: A, {FAILED}, above: 1}}, {{alert: A, {FAILED}, above: 2}}]",
            "two rules are called 'A'",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(text, said):
    with pytest.raises(BadCall) as caught:
        parse_rules(text, where="my.yml")
    assert said in str(caught.value)
    assert "my.yml" in str(caught.value)


@pytest.mark.parametrize("last", ["count: {reason: [*a30]}", "above: *a30", "by: *a30"])
def test_a_text_that_would_swell_is_told_at_once(last):
    """Each line names the one before ten times over: written out it would be 10^30 words."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 31)]
    text = "rules:\n  - alert: A\n    labels:\n" + "".join(f"      {line}\n" for line in lines)
    rest = [FAILED, "above: 1", last]
    named = {line.partition(":")[0]: line for line in rest}  # the last one counts
    with pytest.raises(BadCall) as caught:
        parse_rules(text + "".join(f"    {line}\n" for line in named.values()))
    assert len(str(caught.value)) < 600


def test_a_file_that_is_not_there_or_no_end_of_one_is_told(tmp_path):
    with pytest.raises(BadCall, match="cannot be read"):
        read_rules(tmp_path / "none.yml")
    with pytest.raises(BadCall, match="longer than 1 MiB"):
        read_rules("/dev/zero")
    long = tmp_path / "long.yml"
    long.write_text("x" + "é" * (1 << 19), encoding="utf-8")  # the limit falls within a letter
    with pytest.raises(BadCall, match="longer than 1 MiB"):
        read_rules(long)


def test_more_steps_than_memory_holds_are_refused():
    """Each value of `by` has a row of its own: 300,000 seconds for 100 people."""
    rows = [{"time": at(m), "outcome": "failure", "user": f"u{m % 100}"} for m in range(0, 5001, 5)]
    rows += [{"time": at(m), "outcome": "failure", "user": f"u{m % 100}"} for m in range(100)]
    rule = parse_rules(f"every: 1s\nrules: [{{alert: A, {FAILED}, above: 1, by: user}}]")[0]
    with pytest.raises(BadCall, match="300,001 steps of 1 s, for 100 values each"):
        count_steps(rule, place(rows), (at(0), at(5000)))


@given(
    st.lists(st.integers(0, 599), min_size=3, max_size=60),
    st.lists(st.integers(0, 599), max_size=60),
    st.sampled_from([(30, 0), (60, 30), (120, 60)]),
)
@settings(max_examples=25)
def test_shares_fire_when_the_plain_loop_says_so(failed, well, spans):
    """The loop of the simulation counts moments one by one; here windows are sums of steps."""
    window, hold = spans
    moments = sorted([*failed, *well, 0, 599])
    rows = [{"time": at(m / 60), "outcome": "failure"} for m in failed]
    rows += [{"time": at(m / 60), "outcome": "success"} for m in (*well, 0, 599)]
    rule = parse_rules(
        f"rules: [{{alert: A, {FAILED}, {ALL}, above: 0.3, window: {window}s, for: {hold}s}}]"
    )[0]
    events = place(rows)
    steps = count_steps(rule, events, (at(0), at(599 / 60)))
    spec = ShareRule("A", "", threshold=0.3, window=window, hold=hold, every=30)
    wanted = fired_in_simulation(spec, sorted(failed), every=moments, start=0, end=600)
    found = [(one.start, one.end) for one in firings(rule, steps)]
    assert found == [(at(a / 60), None if b is None else at(b / 60)) for a, b in wanted]


def test_each_group_is_judged_on_its_own():
    rows = [{"time": at(k / 10), "outcome": "failure", "client": "ios"} for k in range(40)]
    rows += [{"time": at(k / 10), "outcome": "success", "client": "web"} for k in range(400)]
    text = f"rules: [{{alert: A, {FAILED}, {ALL}, above: 0.5, by: client, window: 1m, least: 3}}]"
    events = place(rows)
    (fired,) = fired_on(events, text)
    assert fired.group == "ios"


def fired_on(events, text, minutes=40):
    rule = parse_rules(text)[0]
    return firings(rule, count_steps(rule, events, (at(0), at(minutes))))


def test_a_drop_sees_what_is_missing():
    rows = [{"time": at(m), "outcome": "success"} for m in np.arange(0, 60, 0.1)]
    rows += [{"time": at(m), "outcome": "success"} for m in np.arange(60, 90, 0.5)]
    text = "rules: [{alert: A, count: {outcome: success}, below: 0.5, than: 30m, window: 5m}]"
    fired = fired_on(place(rows), text, 90)
    # 50 in five minutes before, 10 after: half of it is reached 3 min 7 s after the drop.
    assert fired[0].start == at(63.5)


def test_a_burn_rate_needs_both_windows():
    """Ten minutes of 50 % are enough for the short window, and too little for the long one."""
    failing = set(range(100, 110)) | set(range(160, 200))
    rows = [
        {"time": at(m + k / 10), "outcome": "failure" if m in failing and k % 2 else "success"}
        for m in range(200)
        for k in range(10)
    ]
    text = f"""
rules:
  - alert: A
    {FAILED}
    {ALL}
    burn_rate: {{objective: 0.99, pairs: [{{long: 1h, short: 5m, factor: 14.4}}]}}
"""
    rule = parse_rules(text)[0]
    (fired,) = firings(rule, count_steps(rule, place(rows), (at(0), at(200))))
    # 14.4 % of an hour at 50 % is 17 min 17 s; two failures a minute are counted at its ends.
    assert at(176) <= fired.start <= at(178)


def test_counts_of_a_roll_up_are_those_of_the_events():
    events = place(logins(5, minutes=60, fails=between(20, 30, "server_error", "availability")))
    rule = parse_rules(f"rules: [{{alert: A, {FAILED}, above: 5, window: 1m, by: client}}]")[0]
    span = (at(0), at(60))
    rolled = rollup(events, "30s", by=("outcome", "client"))
    assert firings(rule, count_steps(rule, rolled, span)) == firings(
        rule, count_steps(rule, events, span)
    )
    with pytest.raises(BadCall, match="no column outcome"):
        count_steps(rule, rollup(events, "30s", by=("client",)), span)
    with pytest.raises(BadCall, match="60 s wide"):
        count_steps(rule, rollup(events, "1m", by=("outcome", "client")), span)


def test_an_incident_in_the_history_is_no_normal_time():
    fault = between(120, 150, "server_error", "availability", 0.8)
    events = place(logins(7, minutes=240, fails=fault))
    rule = parse_rules("rules: [{alert: A, count: {reason: server_error}, above: 5, window: 1m}]")
    alarms, watched = normal_alarms(rule[0], Normal(events))
    assert alarms > 0
    less = normal_alarms(rule[0], normal_time(events))
    assert less[0] == 0
    assert less[1] < watched - 25 * 60


@pytest.mark.parametrize("seen", [0, 1, 2, 7, 40])
def test_the_interval_is_the_exact_one(seen):
    low = chi2.ppf(0.025, 2 * seen) / 2 if seen else 0.0
    wanted = (low, chi2.ppf(0.975, 2 * seen + 2) / 2)
    assert poisson_interval(seen) == pytest.approx(wanted, rel=1e-9)


def test_four_weeks_without_an_alarm_bound_it_below_one_a_week():
    rate, (low, high) = a_week(0, 28 * 86_400)
    assert (rate, low) == (0.0, 0.0)
    assert high == pytest.approx(3.689 / 4, abs=1e-3)
    assert days_needed() == pytest.approx(25.8, abs=0.1)


def test_a_rule_is_told_in_one_line():
    told = [rule_words(rule) for rule in parse_rules(EVERY_KIND)]
    assert "more than 1 rows of one issuing_version in 5m" in told
