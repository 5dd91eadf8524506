"""Writing a scenario to disk, and what a wrong call is told."""

import gzip
import json

import pytest

from authlogs import simulation
from authlogs.errors import BadCall
from authlogs.simulation.folder import SCENARIOS, simulate
from authlogs.simulation.login_lockout import SEED


def test_truth_lies_beside_the_folder_and_logs_in_it(written):
    out, truth = written
    beside = json.loads((out.parent / "lockout.truth.json").read_text())
    assert beside["seed"] == truth.seed == SEED
    assert truth.onset.utcoffset().total_seconds() == -5 * 3600
    names = {path.name for path in out.iterdir()}
    assert {"web-app.jsonl.gz", "auth.log.gz", "deployments.json", "postmortem.md"} <= names
    assert not any("truth" in name for name in names)


def test_gzip_carries_no_time_and_no_name(written):
    out, _ = written
    for path in out.glob("*.gz"):
        head = path.read_bytes()[:10]
        assert head[:3] == b"\x1f\x8b\x08"
        assert head[3] == 0  # no name, no comment
        assert head[4:8] == b"\0\0\0\0"
        assert gzip.decompress(path.read_bytes())


def test_every_kind_is_listed_with_one_line():
    assert simulation.KINDS.keys() == SCENARIOS.keys()
    assert all("\n" not in line and line for line in simulation.KINDS.values())


def test_unknown_kind_is_told_what_there_is(tmp_path):
    with pytest.raises(BadCall, match="login-lockuot") as told:
        simulate("login-lockuot", tmp_path / "x")
    assert "login-lockout" in told.value.next_step


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadCall, match="cannot be written") as told:
        simulate("login-lockout", tmp_path / "file" / "x")
    assert str(tmp_path / "file" / "x") in told.value.where
