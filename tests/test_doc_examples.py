"""Examples that people copy parse as they stand."""

import re
import subprocess

import pytest
import yaml
from places import ROOT

from authlogs.analysis.alerts.rule_file import parse_rules

PIPELINES = sorted((ROOT / "docs" / "examples").glob("gate-*.yml"))


def test_the_rules_of_the_page_are_rules():
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    kinds = {rule.kind for rule in parse_rules(text)}
    assert kinds == {"count", "share", "drop", "burn_rate"}


def scripts(told):
    """Every shell script in a pipeline."""
    if isinstance(told, dict):
        told = list(told.values())
    if isinstance(told, list):
        for each in told:
            yield from scripts(each)
    elif isinstance(told, str) and "authlogs investigate" in told:
        yield told


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_pipelines_parse_and_wait_for_five(path, tmp_path):
    """The script is run with commands that exit 5, 5 and then 4, as a gate does."""
    documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    (script,) = scripts(documents)
    gate = tmp_path / "authlogs"
    gate.write_text(
        '#!/bin/sh\necho look >> "$LOOKS"\n[ "$(wc -l < "$LOOKS")" -lt 3 ] && exit 5\nexit 4\n',
        encoding="utf-8",
    )
    gate.chmod(0o755)
    command = script.replace("sleep 60", "true")
    looks = tmp_path / "looks"
    paths = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LOOKS": str(looks), "LOGS": "x", "STARTED": "y"}
    ran = subprocess.run(
        ["sh", "-ec", command],
        cwd=tmp_path,
        env=paths,
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert ran.returncode == 4
    assert looks.read_text().count("look") == 3
