"""The commands on the sample incident: what they print, write and return."""

import gzip
import json
import re
import subprocess
import sys

import jsonschema
import pyarrow.parquet as pq
import pytest
from cli_cases import ASKED, authlogs, authlogs_process, folder_of, logins
from places import ROOT, SAMPLE

import authlogs as al
from authlogs.schema import TALLY

TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of the sample, and what writing it printed."""
    out = tmp_path_factory.mktemp("cli") / "report"
    return out, authlogs_process("investigate", *ASKED, "--out", out)


@pytest.fixture(scope="module")
def as_json():
    """The result of the sample as one JSON document."""
    return authlogs_process("investigate", *ASKED, "--json")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The sample as a store."""
    out = tmp_path_factory.mktemp("cli") / "store"
    assert authlogs("parse", *ASKED, "--out", out).code == 0
    return out


def test_investigate_prints_the_answer(report):
    _, ran = report
    assert ran.code == 0, ran.err
    for word in ("web", "09:4", "UTC-05:00", "most supported", "invalid_signature"):
        assert word in ran.out
    assert "root cause" not in ran.all


def test_investigate_writes_the_report(report):
    out, ran = report
    names = {path.name for path in out.iterdir()}
    assert {"report.html", "report.md", "result.json", "manifest.json"} <= names
    assert {"timeline.png", "timeline.svg"} <= names
    assert str(out) in ran.err


def test_a_report_is_not_replaced_without_force(report):
    out, _ = report
    before = (out / "report.html").read_bytes()
    refused = authlogs("investigate", *ASKED, "--out", out)
    assert refused.code == 2
    assert "--force" in refused.err
    assert (out / "report.html").read_bytes() == before


def test_json_is_the_schema_and_nothing_else(as_json):
    assert as_json.code == 0, as_json.err
    told = json.loads(as_json.out)
    (schema,) = ROOT.joinpath("authlogs").rglob("*schema*.json")
    jsonschema.validate(told, json.loads(schema.read_text(encoding="utf-8")))
    assert told["schema"] == "authlogs.investigation/1"
    assert "lines" in as_json.err


def test_json_tool_takes_it(as_json):
    tool = [sys.executable, "-m", "json.tool"]
    subprocess.run(tool, input=as_json.out, text=True, check=True, capture_output=True)


def test_the_accounting_holds(as_json):
    told = json.loads(as_json.out)
    for counts in (told["accounting"], *told["sources"]):
        spent = sum(counts[name] for name in TALLY[2:])
        assert counts["lines"] + counts["unpacked"] == spent


def test_people_are_pseudonyms_unless_asked(as_json, store, sample_logs):
    known = {name for name in sample_logs.changes["actor"].to_pylist() if name}
    users = sample_logs.events["user"].unique().to_pylist()
    known |= {name for name in users if re.fullmatch(r"[a-z]+\.[a-z]+", name or "")}
    assert known
    assert not [name for name in known if re.search(rf"\b{re.escape(name)}\b", as_json.out)]
    shown = authlogs("investigate", store, "--json", "--identities")
    assert any("--identities" in warning for warning in json.loads(shown.out)["warnings"])
    assert not any("--identities" in warning for warning in json.loads(as_json.out)["warnings"])


def test_no_raw_token_leaves(report, as_json, store, tmp_path):
    raw = set()
    for path in SAMPLE.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        raw |= set(TOKEN.findall(data))
    assert raw
    out, ran = report
    written = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    printed = [text.encode() for text in (ran.all, as_json.all)]
    for table in ("events", "changes", "rejects", "sources"):
        content = getattr(al.load(store), table)
        content.to_pandas().to_json(tmp_path / table, date_format="iso")
        written.append((tmp_path / table).read_bytes())
    whole = b"".join(written + printed)
    assert not TOKEN.search(whole)
    assert not [token for token in raw if token.split(b".")[2] in whole]


def test_triage_gives_six_lines():
    ran = authlogs("triage", *ASKED, "--until", "2024-05-03T10:05")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert len(lines) == 6
    assert "lines" in ran.err
    assert "web" in ran.out


def test_timeline_draws(tmp_path, store):
    ran = authlogs("timeline", store, "--out", tmp_path / "chart.svg")
    assert ran.code == 0, ran.err
    assert "<svg" in (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert "lines" in ran.err


def test_timeline_refuses_what_it_cannot_write(tmp_path):
    ran = authlogs("timeline", *ASKED, "--out", tmp_path / "chart.docx")
    assert ran.code == 2
    assert "png" in ran.err


def test_report_writes_what_is_asked(tmp_path, store):
    ran = authlogs("report", store, "--out", tmp_path / "r", "--format", "md,json")
    assert ran.code == 0, ran.err
    assert (tmp_path / "r" / "report.md").exists()
    assert not (tmp_path / "r" / "report.html").exists()
    assert authlogs("report", store, "--out", tmp_path / "s", "--format", "docx").code == 2


def test_parse_makes_a_store_that_loads(store, sample_logs):
    loaded = al.load(store)
    assert loaded.tally() == sample_logs.tally()
    assert loaded.events.num_rows == sample_logs.events.num_rows


def test_a_store_is_investigated_like_its_logs(store, as_json):
    ran = authlogs("investigate", store, "--json")
    assert ran.code == 0, ran.err
    one, other = (json.loads(text)["incidents"][0] for text in (ran.out, as_json.out))
    assert one["onset"] == other["onset"]
    assert one["suspects"][0]["change"]["id"] == other["suspects"][0]["change"]["id"]


def test_parse_writes_one_file_of_events(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    ran = authlogs("parse", folder, "--out", tmp_path / "events.parquet")
    assert ran.code == 0, ran.err
    assert pq.read_table(tmp_path / "events.parquet").num_rows == 20
    assert "only the events were written" in ran.err


def test_parse_says_what_it_cannot_write(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    ran = authlogs("parse", folder, "--out", tmp_path / "no" / "such" / "events.parquet")
    assert ran.code == 2
    assert "next:" in ran.err


def test_verify_knows_an_altered_report(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    out = tmp_path / "report"
    assert authlogs("investigate", folder, "--out", out).code == 0
    assert authlogs("verify", out).code == 0
    with (out / "report.md").open("a", encoding="utf-8") as page:
        page.write("It was the database.\n")
    ran = authlogs("verify", out)
    assert ran.code == 1
    assert "report.md" in ran.all


def test_verify_knows_altered_logs(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    store = tmp_path / "store"
    assert authlogs("parse", folder, "--out", store).code == 0
    assert authlogs("verify", store).code == 0
    moved = folder.rename(tmp_path / "moved")
    assert authlogs("verify", store).code == 1
    assert authlogs("verify", store, "--logs", moved).code == 0
    (moved / "app.jsonl").write_text(logins(3), encoding="utf-8")
    ran = authlogs("verify", store, "--logs", moved)
    assert ran.code == 1
    assert "app.jsonl" in ran.all


def test_verify_wants_something_to_verify(tmp_path):
    assert authlogs("verify", tmp_path / "nothing").code == 3
    assert authlogs("verify", folder_of(tmp_path / "logs", app_jsonl=logins())).code in {2, 3}


def test_formats_are_listed_one_a_line():
    ran = authlogs("formats")
    assert ran.code == 0
    files = [path.stem for path in ROOT.joinpath("authlogs", "formats").glob("*/*.toml")]
    assert sorted(line.split()[0] for line in ran.out.splitlines()) == sorted(files)


def test_one_format_is_shown():
    ran = authlogs("formats", "keycloak_events")
    assert ran.code == 0
    assert "Keycloak" in ran.out
    assert "sample:" in ran.out


@pytest.mark.parametrize("name", ["sshd", "okta_system_log", "change_table"])
def test_a_format_is_put_to_its_contract(name):
    """All of them are in tests/parse/test_formats.py."""
    ran = authlogs("formats", name, "--test")
    assert ran.code == 0, ran.out


def test_simulate_writes_logs_and_truth(tmp_path):
    ran = authlogs("simulate", "login-lockout", "--out", tmp_path / "day", "--seed", "7")
    assert ran.code == 0, ran.err
    assert list((tmp_path / "day").iterdir())
    assert json.loads((tmp_path / "day.truth.json").read_text(encoding="utf-8"))


def test_help_and_version():
    assert authlogs_process("--version").out.strip().endswith(al.__version__)
    ran = authlogs_process("--help")
    assert ran.code == 0
    for name in ("investigate", "triage", "parse", "formats", "simulate", "verify", "timeline"):
        assert f"\n  {name} " in ran.out
    assert "\\" not in ran.out
