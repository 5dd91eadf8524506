"""`authlogs alerts`: wrong calls are told before anything is read."""

from cli_cases import ASKED, authlogs
from places import SAMPLE

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
