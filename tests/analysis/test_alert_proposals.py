"""Rules from the sample's own signature, held to four healthy weeks of the same service."""

import dataclasses
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from cli_cases import authlogs

import authlogs as al
from authlogs.analysis.alerts.exports import prometheus_rules, promql
from authlogs.analysis.alerts.normal import Normal, normal_alarms
from authlogs.analysis.alerts.rule_file import parse_rules
from authlogs.analysis.alerts.words import proposal_lines, replay_lines
from authlogs.errors import BadCall
from authlogs.simulation.healthy_counts import healthy_counts

DAYS = 28
TEAMS = """
rules:
  - alert: GatewayTokenRejections
    count: {service: gateway, event_type: token_validate, outcome: failure}
    of: {service: gateway, event_type: token_validate, outcome: [success, failure]}
    above: 0.10
    window: 5m
    for: 2m
"""
"""What alerts.json says of itself."""
REFUSED = """
rules:
  - alert: Refused
    count: {service: gateway, reason: invalid_signature}
    window: 2m
    above: 2
"""


@pytest.fixture(scope="module")
def healthy():
    return healthy_counts(1, DAYS)


@pytest.fixture(scope="module")
def proposed(sample_investigation, healthy):
    return al.propose_alerts(sample_investigation, history=healthy)


@pytest.fixture(scope="module")
def replayed(sample_logs, sample_investigation, proposed, healthy):
    incidents = sample_investigation.incidents
    return al.replay_alerts(sample_logs, proposed.rules, incidents=incidents, history=healthy)


def test_the_teams_own_rule_fires_when_it_fired_in_truth(sample_logs, sample_investigation):
    told = al.replay_alerts(
        sample_logs, parse_rules(TEAMS), incidents=sample_investigation.incidents
    )
    (one,) = told.rules
    assert told.fired_in_truth == datetime(2024, 5, 3, 14, 45, tzinfo=UTC)
    assert one.fired == told.fired_in_truth
    assert one.gained_s == 0
    assert one.firings[0].end == datetime(2024, 5, 3, 18, 54, tzinfo=UTC)
    assert "too short" in told.warnings[0]


def test_the_earliest_rule_gains_two_minutes_and_stays_silent_for_four_weeks(replayed):
    earliest = max(replayed.rules, key=lambda one: one.gained_s)
    assert earliest.gained_s >= 120
    assert earliest.false_alarms == 0
    assert earliest.normal_s >= DAYS * 86_400
    assert earliest.per_week_interval[1] <= 1
    assert earliest.rule.by == "issuing_version"
    assert {firing.group for firing in earliest.firings} == {"5.13.0"}


def test_false_alarms_are_counted_where_thresholds_were_not_fitted(proposed):
    """Four weeks, each judged by the other three."""
    assert len(proposed.proposals) >= 4
    for one in proposed.proposals:
        assert one.false_alarms == 0
        assert one.per_week_interval[1] <= 1


def test_other_weeks_of_the_service_hold_no_surprise(proposed):
    other = Normal(healthy_counts(2, DAYS))
    assert sum(normal_alarms(rule, other)[0] for rule in proposed.rules) <= 1


def test_thresholds_come_from_normal_time_alone(sample_investigation, sample_logs, proposed):
    """The sample's own normal hours, its incident cut out, give thresholds of the same size."""
    alone = al.propose_alerts(sample_investigation, history=sample_logs)
    mine, theirs = ({r.alert: r for r in told.rules} for told in (alone, proposed))
    assert mine.keys() == theirs.keys()
    assert all((mine[name].above or 0) <= (theirs[name].above or 0) for name in mine)


def test_on_the_sample_alone_the_bound_is_told_as_what_it_is(sample_investigation, sample_logs):
    alone = al.propose_alerts(sample_investigation, history=sample_logs)
    replay = al.replay_alerts(sample_logs, alone.rules, incidents=sample_investigation.incidents)
    first = replay.rules[0]
    assert first.false_alarms == 0
    hours = first.normal_s / 3600
    assert first.per_week_interval[1] == pytest.approx(3.689 * 168 / hours, rel=1e-3)
    text = "\n".join([*proposal_lines(alone), *replay_lines(replay, "America/Bogota")])
    assert "09:42:00 UTC-05:00" in text
    assert f"0 to {first.per_week_interval[1]:.0f} a week (95 %)" in text
    assert "26 days would bound them to one" in text


def test_without_history_the_chart_must_do_and_it_is_said(sample_investigation):
    told = al.propose_alerts(sample_investigation)
    assert "GatewayInvalidSignature" in [rule.alert for rule in told.rules]
    assert any("people and not rows" in line for line in told.warnings)
    assert any("is not proposed" in line for line in told.warnings)


def test_nothing_is_proposed_where_nothing_happened(sample_investigation):
    quiet = dataclasses.replace(sample_investigation, incidents=())
    with pytest.raises(BadCall, match="no incident"):
        al.propose_alerts(quiet)


def test_own_rules_are_written_and_read_again(proposed):
    assert parse_rules(proposed.to_yaml()) == proposed.rules


def promtool(*words, cwd):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    return subprocess.run(
        ["promtool", *words], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_prometheus_takes_the_rules(proposed, tmp_path):
    (tmp_path / "rules.yml").write_text(proposed.to_prometheus(), encoding="utf-8")
    ran = promtool("check", "rules", "rules.yml", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert f"{len(proposed.rules)} rules found" in ran.stdout


def test_prometheus_fires_them_on_series_of_the_sample(proposed, replayed, sample_logs, tmp_path):
    """From 09:30 on, counters that grow as the log did; what fires early here fires there."""
    start = datetime(2024, 5, 3, 14, 30, tzinfo=UTC)
    (tmp_path / "rules.yml").write_text(proposed.to_prometheus(), encoding="utf-8")
    early = [one for one in replayed.rules if one.gained_s and one.gained_s >= 120]
    checks = []
    for one in early:
        labels = {"severity": "page"} | ({"issuing_version": "5.13.0"} if one.rule.by else {})
        fires = {"exp_labels": labels, "exp_annotations": {"summary": one.rule.summary}}
        for after, wanted in ((-60, []), (30, [fires])):
            when = (one.fired - start) + timedelta(seconds=after)
            checks.append(
                {
                    "eval_time": f"{int(when.total_seconds())}s",
                    "alertname": one.rule.alert,
                    "exp_alerts": wanted,
                }
            )
    series = list(counters(sample_logs.events, start, steps=40))
    test = {"interval": "30s", "input_series": series, "alert_rule_test": checks}
    told = {"rule_files": ["rules.yml"], "evaluation_interval": "30s", "tests": [test]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(told), encoding="utf-8")
    assert len(early) >= 2
    ran = promtool("test", "rules", "test.yml", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def counters(events, start, *, steps):
    """Counters of the gateway's tokens by outcome, reason and the build of web that issued them."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    db.register("events", events)
    rows = db.execute(
        """
        SELECT floor(epoch(e.time) - epoch($1::TIMESTAMPTZ)) // 30 AS bin, e.outcome, e.reason,
               i.service_version AS version, count(*) AS n
        FROM events AS e LEFT JOIN
             (SELECT jti, any_value(service_version) AS service_version FROM events
              WHERE service = 'web' AND event_type = 'token_issue' AND jti IS NOT NULL
              GROUP BY jti) AS i ON e.jti = i.jti
        WHERE e.service = 'gateway' AND e.event_type = 'token_validate'
              AND e.time IS NOT NULL
        GROUP BY ALL
        """,
        [start],
    ).fetchall()
    grown = {}
    for place, outcome, reason, version, n in rows:
        if 0 <= place < steps:
            counts = grown.setdefault((outcome, reason, version), [0] * (steps + 1))
            counts[int(place) + 1] += n
    for (outcome, reason, version), counts in grown.items():
        labels = {"service": "gateway", "event_type": "token_validate", "outcome": outcome}
        labels |= {"reason": reason or "", "issuing_version": version or ""}
        told = ", ".join(f'{name}="{value}"' for name, value in labels.items() if value)
        total, values = 0, []
        for n in counts:
            total += n
            values.append(str(total))
        yield {"series": f"authlogs_events_total{{{told}}}", "values": " ".join(values)}


def test_what_a_log_wrote_becomes_no_promql():
    text = """
rules:
  - alert: A
    count: {service: 'a"} or vector(1) #', user: ['x|.*', "y\\n"]}
    above: 1
"""
    told = promql(parse_rules(text)[0], "m")
    assert 'service="a\\"} or vector(1) #"' in told
    assert r'user=~"x\\|\\.\\*|y\\\u000a"' in told
    rules = parse_rules(text)
    with pytest.raises(BadCall, match="no name of a metric"):
        prometheus_rules(rules, metric="a{}")


def test_sigma_counts_what_it_can(proposed):
    documents = list(yaml.safe_load_all(proposed.to_sigma()))
    correlations = [one for one in documents if "correlation" in one]
    assert len(documents) == 2 * len(correlations) >= 4
    by_build = correlations[0]["correlation"]
    assert by_build["group-by"] == ["issuer_version"]
    assert by_build["condition"] == {"gte": 3}
    assert by_build["rules"] == [documents[0]["name"]]
    assert documents[0]["detection"]["selection"]["event.reason"] == "invalid_signature"


def test_sigma_passes_its_own_parser(proposed):
    collection = pytest.importorskip("sigma.collection", reason="pySigma is not installed")
    rules = collection.SigmaCollection.from_yaml(proposed.to_sigma())
    rules.resolve_rule_references()
    assert not rules.errors


def test_exported_sigma_is_replayed_here(proposed, sample_logs, tmp_path):
    pytest.importorskip("sigma.collection", reason="pySigma is not installed")
    file = tmp_path / "sigma.yml"
    file.write_text(proposed.to_sigma(), encoding="utf-8")
    told = {one.rule.alert: one for one in al.replay_alerts(sample_logs, file).rules}
    assert told["gatewayinvalidsignature"].gained_s > 0


def test_a_service_of_which_there_is_nothing_is_told(sample_logs):
    rules = parse_rules("rules: [{alert: A, count: {service: gatewy}, above: 1}]")
    replay = al.replay_alerts(sample_logs, rules)
    (said,) = [warning for warning in replay.warnings if "nothing of" in warning]
    assert f"note: {said}" in str(replay).splitlines()
    assert "the logs hold nothing of service gatewy" in said and "gateway" in said
    gateway = parse_rules("rules: [{alert: A, count: {service: gateway}, above: 9999}]")
    other = al.search(sample_logs, "service:web")
    told = al.replay_alerts(sample_logs, gateway, history=other).warnings
    assert any("the history holds nothing of service gateway" in line for line in told)


def test_no_rules_are_no_call(sample_logs):
    with pytest.raises(BadCall, match="no rules"):
        al.replay_alerts(sample_logs, [])


@pytest.fixture(scope="module")
def store(sample_logs, tmp_path_factory):
    place = tmp_path_factory.mktemp("alerts") / "store"
    sample_logs.save(place)
    return place


def test_rules_of_a_file_are_replayed(store, tmp_path):
    rules, history = tmp_path / "rules.yml", tmp_path / "healthy.parquet"
    rules.write_text(REFUSED, encoding="utf-8")
    pq.write_table(healthy_counts(1, 7), history)
    ran = authlogs(
        "alerts", store, "--tz", "America/Bogota", "--rules", rules, "--history", history
    )
    assert ran.code == 0
    assert "Refused: would have fired 09:42:00 UTC-05:00" in ran.out
    assert "3.0 min before the alert that fired in truth" in ran.out
    assert "0 false alarms in 7.2 days of normal time" in ran.out
    assert "are too short" in ran.out


def test_proposed_rules_are_written(store, tmp_path):
    ran = authlogs("alerts", store, "--tz", "America/Bogota", "--out", tmp_path / "out")
    assert ran.code == 0
    assert "GatewayInvalidSignatureByBuild: would have fired" in ran.out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "prometheus.yml", "rules.yml", "sigma.yml",
    ]  # fmt: skip


def test_a_damaged_roll_up_is_told(store, tmp_path):
    (tmp_path / "h.parquet").write_bytes(b"PAR1 no")
    ran = authlogs("alerts", store, "--history", tmp_path / "h.parquet")
    assert ran.code == 2
    assert "the roll-up cannot be read" in ran.err


def test_proposals_print_as_on_the_command_line(sample_logs, sample_investigation):
    told = str(al.propose_alerts(sample_investigation, history=sample_logs)).splitlines()
    assert told[0].startswith("Proposed rules")
    assert any(line.startswith("GatewayInvalidSignature: ") for line in told)
