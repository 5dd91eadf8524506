"""`authlogs alerts`: wrong calls are told before anything is read."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_cases import ASKED, authlogs
from places import SAMPLE

from authlogs import BadCall, read, replay_alerts, rollup
from authlogs.analysis.alerts.sigma_alerts import read_any

RULES = """
rules:
  - alert: Refused
    count: {service: gateway, reason: invalid_signature}
    window: 2m
    above: 2
"""


def test_wrong_rules_are_told_before_anything_is_read(tmp_path):
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES.replace("reason", "reeson"), encoding="utf-8")
    ran = authlogs("alerts", *ASKED, "--rules", rules)
    assert ran.code == 2
    assert "rule 1 (Refused)" in ran.err
    assert "did you mean reason?" in ran.err
    assert "read 13 files" not in ran.err


def test_proposed_rules_alone_can_be_written(tmp_path):
    ran = authlogs("alerts", SAMPLE, "--rules", tmp_path / "r.yml", "--out", tmp_path)
    assert ran.code == 2
    assert "--out writes proposed rules" in ran.err


SIGMA = """
title: one refused token
name: one
logsource: {category: authentication}
detection: {selection: {service: gateway, reason: invalid_signature}, condition: selection}
---
title: Refused tokens
name: refused_tokens
correlation: {type: event_count, rules: [one], timespan: 2m, condition: {gte: 5}}
"""


def test_a_sigma_correlation_is_replayed_beside_the_truth(tmp_path):
    rules = tmp_path / "sigma.yml"
    rules.write_text(SIGMA, encoding="utf-8")
    logs = read(SAMPLE, tz="America/Bogota", year=2024)
    (told,) = replay_alerts(logs, rules).rules
    refused = logs.dataset.to_table(columns=["time", "service", "reason"]).to_pandas()
    refused = refused[
        (refused["service"] == "gateway") & (refused["reason"] == "invalid_signature")
    ]
    times = sorted(refused["time"])
    fifth = next(b for a, b in zip(times, times[4:], strict=False) if b - a <= timedelta(minutes=2))
    assert told.fired == fifth
    assert told.gained_s == (datetime(2024, 5, 3, 14, 45, tzinfo=UTC) - fifth).total_seconds()
    assert (told.false_alarms, told.rule.kind) == (0, "sigma")


def test_a_sigma_rule_needs_events_not_a_roll_up(tmp_path):
    rules = tmp_path / "sigma.yml"
    rules.write_text(SIGMA, encoding="utf-8")
    logs = read(SAMPLE, tz="America/Bogota", year=2024)
    history = rollup(logs, "30s", by=("service", "reason"))
    with pytest.raises(BadCall, match="roll-up has none"):
        replay_alerts(logs, rules, history=history)


def test_a_sigma_rule_with_an_unknown_column_is_told_before_reading(tmp_path):
    rules = tmp_path / "sigma.yml"
    rules.write_text(SIGMA.replace("reason:", "reeson:"), encoding="utf-8")
    ran = authlogs("alerts", *ASKED, "--rules", rules)
    assert ran.code == 2
    assert "reeson" in ran.err
    assert "read 13 files" not in ran.err


def test_sigma_in_json_is_read_as_sigma(tmp_path):
    rules = tmp_path / "sigma.json"
    told = {"title": "one", "logsource": {"category": "authentication"}}
    told["detection"] = {"some": {"reason": "invalid_signature"}, "condition": "some"}
    rules.write_text(json.dumps(told), encoding="utf-8")
    assert [one.kind for one in read_any(rules)] == ["sigma"]


def test_correlations_of_themselves_are_told(tmp_path):
    """Each serves another, so that none would fire, and nothing said why."""
    rules = tmp_path / "sigma.yml"
    rules.write_text(SIGMA.partition("---\n")[2].replace("[one]", "[refused_tokens]"))
    with pytest.raises(BadCall, match="no rule in it fires by itself"):
        read_any(rules)


def test_what_an_alert_said_is_shown_without_people(tmp_path):
    logs, rules = shutil.copytree(SAMPLE, tmp_path / "logs"), tmp_path / "rules.yml"
    rules.write_text(RULES, encoding="utf-8")
    words, alerts = "The gateway refuses more than 10 %", logs / "alerts.json"
    text = alerts.read_text(encoding="utf-8")
    assert words in text
    alerts.write_text(text.replace(words, "ana@acme.example is refused, 10 %"), encoding="utf-8")
    asked = ("alerts", logs, "--tz", "America/Bogota", "--year", "2024", "--rules", rules)
    ran = authlogs(*asked)
    assert "fired in truth: 09:45:00 UTC-05:00: [redacted:email] is refused, 10 %" in ran.out
    assert "ana@acme.example" in authlogs(*asked, "--identities").out


def test_where_nothing_is_proposed_it_is_said_and_that_is_all(tmp_path):
    history = tmp_path / "shop.parquet"
    names = ("service", "event_type", "outcome", "reason", "reason_group")
    rolled = rollup(read(SAMPLE, tz="America/Bogota", year=2024), "30s", by=names)
    place = rolled.schema.get_field_index("service")
    shop = pa.array(["shop"] * rolled.num_rows)
    pq.write_table(rolled.set_column(place, "service", shop), history)
    ran = authlogs("alerts", *ASKED, "--history", history)
    assert ran.code == 0, ran.err
    assert "GatewayInvalidSignature is not proposed: normal time holds nothing" in ran.out
    assert "0.0 h" not in ran.out
