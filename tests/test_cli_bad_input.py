"""Bad input: a clear word with the next step, the right exit code, and the rest is read."""

import os
import random

import pytest
from cli_cases import DEPLOY, NAIVE, authlogs, authlogs_process, cut_gzip, folder_of, logins

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def many_logins():
    """Logins that hardly compress, so that a cut gzip still gives some."""
    dice = random.Random(7)
    return "".join(logins(1, trace=f"{dice.getrandbits(400):x}") for _ in range(3000))


@pytest.fixture
def cases(tmp_path):
    """The folders of bad input, by name."""
    empty = tmp_path / "empty"
    empty.mkdir()
    return {
        "unknown": tmp_path / "no-such-folder",
        "empty": empty,
        "binary": folder_of(tmp_path / "binary", dump_bin=bytes(range(256)) * 40),
        "mixed": folder_of(tmp_path / "mixed", dump_bin=bytes(range(256)) * 40, app_jsonl=logins()),
        "no_changes": folder_of(tmp_path / "no_changes", app_jsonl=logins()),
        "no_log": folder_of(tmp_path / "no_log", shopping_lst="eggs\nmilk\n\nbread\n" * 9),
        "naive": folder_of(tmp_path / "naive", keycloak_log=NAIVE * 9),
        "some_naive": folder_of(
            tmp_path / "some_naive", keycloak_log=NAIVE * 9, app_jsonl=logins()
        ),
        "cut": folder_of(tmp_path / "cut", app_gz=cut_gzip(many_logins())),
        "no_newline": folder_of(tmp_path / "no_newline", app_jsonl=logins().rstrip("\n")),
        "impossible": folder_of(
            tmp_path / "impossible",
            app_jsonl=logins() + logins(1, **{"@timestamp": "2024-02-30T10:00:00Z"}) + "{cut\n",
        ),
    }


EXPECTED = {
    "unknown": (3, ["no-such-folder", "next:"]),
    "empty": (3, ["next:"]),
    "binary": (3, ["dump.bin", "next:"]),
    "mixed": (3, ["dump.bin", "20 events"]),
    "no_changes": (0, ["20 events", "no change"]),
    "no_log": (3, ["shopping.lst", "next:"]),
    "naive": (3, ["keycloak.log", "--tz", "next:"]),
    "some_naive": (3, ["keycloak.log", "--tz", "20 events"]),
    "cut": (3, ["app.gz", "ends before"]),
    "no_newline": (0, ["20 lines", "20 events"]),
    "impossible": (0, ["22 lines", "21 events", "1 rejected"]),
}


@pytest.mark.parametrize("case", EXPECTED)
def test_investigate(case, cases):
    ran = authlogs_process("investigate", cases[case])
    code, words = EXPECTED[case]
    assert ran.code == code, ran.all
    assert "Traceback" not in ran.all
    for word in words:
        assert word in ran.all
    if code == 0:
        assert ran.out


@pytest.mark.parametrize("command", ["triage", "parse", "timeline", "report"])
@pytest.mark.parametrize("case", ["unknown", "empty", "binary", "no_log", "naive"])
def test_every_command_says_what_is_wrong(command, case, cases, tmp_path):
    places = {"parse": "store", "timeline": "chart.png", "report": "report"}
    out = ["--out", tmp_path / places[command]] if command in places else []
    ran = authlogs(command, cases[case], *out)
    assert ran.code == 3, ran.all
    assert ran.err.startswith("authlogs: ")
    assert "next:" in ran.err
    assert "Traceback" not in ran.all
    assert not out or not out[1].exists()


def test_what_can_be_read_is_read(cases, tmp_path):
    store = tmp_path / "store"
    ran = authlogs("parse", cases["unknown"], cases["mixed"], cases["naive"], "--out", store)
    assert ran.code == 3
    for word in ("no-such-folder", "dump.bin", "keycloak.log", "20 events"):
        assert word in ran.err
    assert store.is_dir()


def test_the_lines_before_the_cut_are_read(cases):
    ran = authlogs("investigate", cases["cut"])
    events = int(ran.all.split(" events")[0].split()[-1].replace(",", ""))
    assert events > 1000


@pytest.mark.skipif(ROOT_USER, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    folder = folder_of(tmp_path / "closed", app_jsonl=logins(), secret_log=NAIVE)
    (folder / "secret.log").chmod(0)
    ran = authlogs("investigate", folder)
    assert ran.code == 3
    assert "secret.log" in ran.all
    assert "permission" in ran.all
    assert "20 events" in ran.all


def test_a_link_that_leads_nowhere(tmp_path):
    folder = folder_of(tmp_path / "linked", app_jsonl=logins())
    (folder / "gone.log").symlink_to(tmp_path / "nothing")
    ran = authlogs("investigate", folder)
    assert ran.code == 3
    assert "gone.log" in ran.all
    assert "20 events" in ran.all


def test_changes_alone_are_no_incident(tmp_path):
    import json

    folder = folder_of(tmp_path / "changes", deploys_jsonl=json.dumps(DEPLOY) + "\n")
    ran = authlogs("investigate", folder)
    assert ran.code in {0, 3}
    assert "Traceback" not in ran.all
    assert "1 changes" in ran.all or "1 change" in ran.all


@pytest.mark.parametrize(
    "words",
    [
        ["investigate"],
        ["investigate", "--no-such-option", "x"],
        ["no-such-command"],
        ["simulate", "no-such-kind", "--out", "x"],
        ["formats", "no-such-format"],
        ["parse", "x"],
    ],
    ids=" ".join,
)
def test_calls_that_cannot_be_meant(words, tmp_path):
    ran = authlogs(*[str(tmp_path / "x") if word == "x" else word for word in words])
    assert ran.code == 2
    assert "Traceback" not in ran.all
    assert ran.err


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--tz", "Mars/Olympus", "Mars/Olympus"),
        ("--tz", "UTC-5", "-05:00"),
        ("--log-format", "nginks_access", "nginx_access"),
        ("--year", "24", "24"),
        ("--since", "yesterdayish", "yesterdayish"),
        ("--key", "/no/such/key", "/no/such/key"),
    ],
)
def test_options_that_cannot_be_meant(option, value, word, cases):
    ran = authlogs("investigate", cases["no_changes"], option, value)
    assert ran.code == 2, ran.all
    assert word in ran.err
    assert "Traceback" not in ran.all


def test_strict_stops_at_the_first_bad_line(cases):
    ran = authlogs("parse", cases["impossible"], "--strict", "--out", cases["empty"] / "store")
    assert ran.code in {2, 3}
    assert "app.jsonl" in ran.err
    assert "Traceback" not in ran.all
