"""Every kind of incident: what lies on disk is what the truth says, and authlogs can read it."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

import authlogs as al
from authlogs.errors import BadCall
from authlogs.simulation import KINDS
from authlogs.simulation.incidents.declarations import declared
from authlogs.simulation.incidents.dress import dresses
from authlogs.simulation.incidents.scenario import incident

INCIDENTS = sorted(set(KINDS) - {"login-lockout"})
FAILS = {
    "flat": b'"outcome":"failure"',
    "ecs": b'"outcome":"failure"',
    "pino": b'"result":"failed"',
    "serilog": b'"outcome":"Failed"',
    "zap": b'"auth_result":"rejected"',
    "logfmt": b" outcome=failure ",
    "gokit": b" result=failed ",
    "python": b" outcome=failure ",
    "keycloak": b'_ERROR"',
    "postgresql": (b"] FATAL:", b"] ERROR:"),
    "sshd": b"]: Failed password",
}
"""What a line of a dress-up holds if it tells of a failure; the test's own knowledge."""
FAILING_STATUS = {b"400", b"401", b"403", b"423", b"429", b"500", b"502", b"503", b"504"}


def failing_lines(content, dress):
    lines = content.split(b"\n")[:-1]
    if dress == "nginx":
        return sum(line.split(b'" ')[1][:3] in FAILING_STATUS for line in lines)
    marks = FAILS[dress] if isinstance(FAILS[dress], tuple) else (FAILS[dress],)
    found = [line for line in lines if any(mark in line for mark in marks)]
    # A second factor that Keycloak still waits for is an error of its log and no failure.
    return sum(b'error="resolve_required_actions"' not in line for line in found)


def recorded_ids(folder):
    """Ids of all change records, read as plain text files."""
    ids = []
    if (folder / "deployments.json").exists():
        told = json.loads((folder / "deployments.json").read_text())
        ids += [str(each["id"]) for each in told]
    if (folder / "changes.csv").exists():
        rows = csv.DictReader((folder / "changes.csv").read_text().splitlines())
        ids += [row["change_id"] for row in rows]
    if (folder / "changes.jsonl").exists():
        lines = (folder / "changes.jsonl").read_text().splitlines()
        ids += [json.loads(line)["change_id"] for line in lines]
    return ids


@pytest.fixture(scope="module", params=INCIDENTS)
def case(request, tmp_path_factory):
    """A small case of each kind: its folder and its truth, read back from disk."""
    folder = tmp_path_factory.mktemp("case") / request.param
    al.simulate(request.param, folder, seed=11, lines=3000)
    return folder, json.loads(folder.with_name(f"{request.param}.truth.json").read_text())


@pytest.fixture(scope="module")
def case_logs(case):
    """The logs of the case, read once."""
    folder, truth = case
    return al.read(folder, tz=truth["tz"], year=truth["year"])


def test_there_are_at_least_sixteen_kinds_besides_the_healthy_and_the_lockout():
    assert len(set(INCIDENTS) - {"healthy"}) >= 16


def test_half_of_all_incidents_have_no_guilty_change():
    kinds = [kind for kind in declared().values() if kind.ways]
    assert 0.45 <= sum(kind.guilty for kind in kinds) / len(kinds) <= 0.55


def test_lines_and_failures_on_disk_are_those_of_the_truth(case):
    folder, truth = case
    for name, told in truth["files"].items():
        content = (folder / name).read_bytes()
        assert content.count(b"\n") == told["lines"], name
        # Of a line that was cut off, the outcome may still be there.
        spare = failing_lines(content, told["dress"]) - told["failures"]
        assert 0 <= spare <= told["malformed"], name
    assert sum(told["lines"] for told in truth["files"].values()) == truth["lines"] <= 3000


def test_the_fault_stands_in_the_logs_or_leaves_none(case):
    _, truth = case
    told = sum(file["faulty"] for file in truth["files"].values())
    silent = truth["kind"] in ("healthy", "telemetry-gap", "traffic-drop", "challenge")
    assert (told == 0) if silent else (told >= 5)
    assert (truth["onset"] is None) == (truth["kind"] == "healthy")


def test_guilty_change_is_one_of_the_records(case):
    folder, truth = case
    ids = recorded_ids(folder)
    assert len(ids) == len(set(ids)) == truth["change_records"]
    if truth["guilty_change_id"] is not None:
        assert truth["guilty_change_id"] in ids
    if truth["onset"] is not None:
        assert set(truth["oracle"]) == {*ids, "none"}
        assert sum(truth["oracle"].values()) == pytest.approx(1, abs=1e-3)


def test_authlogs_reads_next_to_all_of_it(case, case_logs):
    _, truth = case
    logs = case_logs
    cut = sum(file["malformed"] for file in truth["files"].values())
    assert logs.rejects.num_rows <= cut
    events = logs.events.select(["source_file", "outcome"]).to_pylist()
    failed = Counter(each["source_file"] for each in events if each["outcome"] == "failure")
    for name, told in truth["files"].items():
        assert told["failures"] <= failed[name] <= told["failures"] + told["malformed"], name
    alerts = logs.changes.column("change_type").to_pylist().count("alert")
    assert logs.changes.num_rows - alerts == truth["change_records"]


def test_times_in_logs_lie_around_the_onset(case, case_logs):
    _, truth = case
    if truth["onset"] is None:
        return
    times = case_logs.events.column("time").drop_null().to_pylist()
    assert min(times) < datetime.fromisoformat(truth["onset"]) < max(times)


@pytest.mark.parametrize("rate", [5.0, 500.0])
@pytest.mark.parametrize("kind", INCIDENTS)
def test_every_kind_runs_on_a_small_and_on_a_busy_site(kind, rate):
    made = incident(kind, seed=4, rate=rate, history=25.0, lines=2500)
    assert 0 < made.truth.lines <= 2500
    assert made.truth.onset is None or made.truth.onset.tzinfo == UTC
    assert all(made.files[name] for name in made.truth.files)


@pytest.mark.parametrize("kind", ["bad-token", "stuffing", "cookie"])
def test_same_seed_same_bytes(kind):
    one, again, other = (incident(kind, seed=seed, lines=2000) for seed in (5, 5, 6))
    assert one.files == again.files
    assert one.truth.to_json() == again.truth.to_json()
    assert one.truth.onset != other.truth.onset


@pytest.mark.parametrize("name", sorted(set(dresses()) - {"nginx"}))
def test_every_dress_up_is_read_as_it_is_meant(name, tmp_path):
    folder = tmp_path / "case"
    truth = al.simulate("validator", folder, seed=3, lines=2500, dress=name, successes=True)
    told = {file: each for file, each in truth.files.items() if each["dress"] == name}
    logs = al.read([folder / file for file in told], tz=truth.tz, year=truth.year)
    events = logs.events.to_pylist()
    assert len(told) == (1 if name == "keycloak" else 3)
    assert {each["event_type"] for each in events} >= (
        {"login"} if name == "keycloak" else {"login", "token_issue", "token_validate"}
    )
    read = [each for each in events if each["event_type"] != "other"]
    needed = ("user", "source_ip") if name == "keycloak" else ("user", "source_ip", "attempt_id")
    whole = [each for each in read if all(each[column] for column in needed)]
    assert len(read) - len(whole) <= sum(each["malformed"] for each in told.values())
    reasons = {each["reason"] for each in whole if each["outcome"] == "failure"}
    assert not reasons & {None, "unspecified"}


def test_versions_and_successes_can_be_left_out():
    told = {"seed": 2, "lines": 2000, "dress": "flat"}
    plain = incident("bad-token", versions=False, successes=False, **told)
    full = incident("bad-token", versions=True, successes=True, **told)
    for made, there in ((plain, False), (full, True)):
        text = b"".join(made.files[name] for name in made.truth.files if name.endswith(".jsonl"))
        assert (b"service_version" in text) == there
        assert (b'"outcome":"success"' in text) == there


def test_an_incident_may_go_on_when_the_logs_end():
    assert incident("upstream", seed=2, lines=2000, going_on=True).truth.recovered is None
    assert incident("upstream", seed=2, lines=2000, going_on=False).truth.recovered is not None


def test_options_that_do_not_exist_are_told(tmp_path):
    with pytest.raises(BadCall, match="colour") as told:
        al.simulate("flag", tmp_path / "x", colour="red")
    assert "rate" in told.value.next_step
    with pytest.raises(BadCall, match="lines"):
        al.simulate("login-lockout", tmp_path / "x", lines=10)


def test_the_command_line_lists_all_kinds(tmp_path):
    from click.testing import CliRunner

    from authlogs.cli.tables import simulate_command

    text = CliRunner().invoke(simulate_command, ["--help"]).output
    assert all(f"\n  {kind} " in text or f"\n  {kind}\n" in text for kind in KINDS)


def test_the_page_of_kinds_is_in_step():
    page = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    for name, kind in declared().items():
        assert f"| `{name}` | {kind.title} |" in page
