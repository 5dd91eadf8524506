"""The commands for the review: reconcile, impact, postmortem, compare, code."""

import json

import pytest
from cli_cases import ASKED, NAIVE, authlogs, folder_of, logins
from example_investigation import example
from places import SAMPLE

import authlogs as al

POSTMORTEM = SAMPLE / "postmortem.md"


@pytest.fixture
def quiet(tmp_path):
    """A folder with twenty good logins."""
    return folder_of(tmp_path / "logs", app_jsonl=logins())


def test_reconcile_prints_the_table_and_writes_the_timeline(tmp_path):
    out = tmp_path / "corrected.md"
    ran = authlogs("reconcile", POSTMORTEM, *ASKED, "--out", out)
    assert ran.code == 0
    assert "11 confirmed, 8 contradicted, 1 not checkable" in ran.out
    assert "alert before start" in ran.out
    assert "web deploy 5.13.0" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "options", "code", "words"),
    [
        ("# 3 May 2024\n\nnothing to see\n", (), 3, "no time and no figure"),
        ("# 3 May 2024\n\n- 14:05 alert\n", (), 3, "name no zone"),
        ("# 3 May 2024\n\n- 14:05 alert\n", ("--postmortem-tz", "UTC"), 0, "no alert is in"),
        ("# 3 May 2024\n\n- 14:05 alert\n", ("--tz", "UTC"), 0, "no alert is in"),
        ("- 14:05 alert\n", ("--tz", "UTC"), 2, "name no day"),
        ("- 14:05 alert\n", ("--tz", "UTC", "--day", "2024-05-03"), 0, "no alert is in"),
        ("- 14:05 alert\n", ("--tz", "UTC", "--day", "friday"), 2, "no day"),
        ("# 3 May 2024\n- 14:05 UTC alert\n", ("--out", "/no/such/x.md"), 2, "cannot be written"),
    ],
)
def test_reconcile_says_what_is_missing(quiet, text, options, code, words):
    file = quiet.with_name("pm.md")
    file.write_text(text, encoding="utf-8")
    ran = authlogs("reconcile", file, quiet, *options)
    assert ran.code == code
    assert words in ran.all


def test_verdicts_of_logs_that_were_half_read_are_said_to_be_open(tmp_path):
    logs = folder_of(tmp_path / "logs", app_jsonl=logins(), zoneless_log=NAIVE * 9)
    text = tmp_path / "pm.md"
    text.write_text("# 2024-05-03, times in UTC\n- 14:00 outage begins\n", encoding="utf-8")
    ran = authlogs("reconcile", text, logs)
    assert ran.code == 3 and "may change these verdicts" in ran.err
    assert "may change" not in authlogs("reconcile", text, logs, "--tz", "UTC").err


def test_a_postmortem_that_is_not_there(tmp_path, quiet):
    ran = authlogs("reconcile", tmp_path / "missing.md", quiet)
    assert ran.code == 3
    assert "cannot be read" in ran.err


def test_logs_without_an_incident(tmp_path, quiet):
    assert "nobody was kept" in authlogs("impact", quiet).out
    assert "no incident was found" in authlogs("postmortem", quiet).out
    assert "nothing to hold the code against" in authlogs("code", quiet, "--repo", tmp_path).out
    assert "0 incidents" in authlogs("compare", quiet).out


@pytest.fixture(scope="module")
def months_apart(tmp_path_factory):
    """Two stores: one with the logs of two incidents months apart, one with the second alone."""
    folder = tmp_path_factory.mktemp("months")
    for seed, kind, zone in ((2, "bad-token", "America/Sao_Paulo"), (4, "wrong-rollback", "UTC")):
        al.simulate(kind, folder / kind, seed=seed, lines=8_000)
        asked = ("--tz", zone, "--year", "2024", "--out")
        authlogs("parse", folder / kind, *asked, folder / "store")
    authlogs("parse", folder / kind, *asked, folder / "second")
    return folder / "store", folder / "second"


def test_incidents_of_a_store_are_found_however_far_apart_they_lie(months_apart):
    ran = authlogs("compare", months_apart[0])
    assert ran.code == 0
    assert "2 incidents" in ran.out
    assert "2024-03-25" in ran.out and "2025-02-22" in ran.out


def test_several_stores_are_compared_and_an_incident_of_two_counts_once(months_apart):
    ran = authlogs("compare", *months_apart)
    assert ran.code == 0
    assert "2 incidents" in ran.out


def test_a_history_is_read_as_the_logs_are(tmp_path, quiet):
    days = folder_of(tmp_path / "days", app_jsonl=logins(), zoneless_log=NAIVE * 9)
    ran = authlogs("impact", quiet, "--history", days)
    assert ran.code == 0 and "nobody was kept" in ran.out
    assert "not read: zoneless.log" in ran.err
    assert authlogs("parse", days, "--out", tmp_path / "store").code == 3
    assert authlogs("impact", quiet, "--history", tmp_path / "store").code == 0


def test_an_objective_that_is_no_per_cent(quiet):
    ran = authlogs("impact", quiet, "--objective", "100")
    assert ran.code == 2
    assert "no per cent" in ran.err


def test_a_postmortem_that_people_wrote_in_is_not_overwritten(tmp_path, quiet):
    file = tmp_path / "pm.md"
    assert authlogs("postmortem", quiet, "--out", file).code == 0
    file.write_text("what people wrote", encoding="utf-8")
    assert authlogs("postmortem", quiet, "--out", file).code == 2
    assert file.read_text(encoding="utf-8") == "what people wrote"


def test_a_template_stands_beside_the_report_and_is_not_written_over(tmp_path, quiet):
    out = tmp_path / "report"
    asked = ("report", quiet, "--out", out, "--format", "json", "--template")
    assert authlogs(*asked).code == 0
    told = authlogs("postmortem", quiet).out
    assert (out / "postmortem.md").read_text(encoding="utf-8") == told
    result = (out / "result.json").stat().st_mtime_ns
    ran = authlogs(*asked, "--force")
    assert ran.code == 2 and "people may have written" in ran.err
    assert (out / "result.json").stat().st_mtime_ns == result
    assert authlogs("verify", out).code == 0


def test_results_are_compared_without_their_logs(tmp_path, quiet):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "result.json").write_text(example().to_json(), encoding="utf-8")
    other = tmp_path / "old.json"
    told = json.loads(example().to_json())
    told["incidents"][0] |= {"incident_id": "I-0", "onset": "2024-04-03T14:41:15Z"}
    other.write_text(json.dumps(told), encoding="utf-8")
    ran = authlogs("compare", tmp_path / "report", other)
    assert ran.code == 0
    assert "2 incidents" in ran.out
    assert "seen before: I-0" in ran.out
    assert "deploy of web, 2 times" in ran.out
