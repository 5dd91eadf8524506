"""Who may read what is written, and what it may do to those who read it."""

import ast
import csv
import io
import os
import stat

import pyarrow as pa
import pytest
from cli_cases import authlogs, folder_of, logins
from example_investigation import example
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

import authlogs as al
from authlogs.logs.store import key_path
from authlogs.report.files import FILES
from authlogs.report.folder import verify_report, write_report
from authlogs.report.manifest import sha256_of
from authlogs.report.redacted import redact_report
from authlogs.spreadsheets import csv_bytes

KEY = b"k" * 32
TYPED = "Tr0ub4dor-and-3"


@pytest.fixture(autouse=True)
def open_umask():
    """A system on which everybody may read what is not made private."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def report(tmp_path_factory, sample_investigation):
    """A report with identities, as its owner sees it."""
    before = os.umask(0o000)
    out = tmp_path_factory.mktemp("access") / "report"
    al.write_report(sample_investigation, out)
    os.umask(before)
    return out


def modes(folder):
    return {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_reports_are_for_their_owner_alone(report):
    assert modes(report) == {0o600, 0o700}


def test_stores_are_for_their_owner_alone(tmp_path):
    logs = folder_of(tmp_path / "logs", app_jsonl=logins())
    assert authlogs("parse", logs, "--out", tmp_path / "store").code == 0
    assert modes(tmp_path / "store") == {0o600, 0o700}
    assert stat.S_IMODE(key_path(tmp_path / "store").stat().st_mode) == 0o600
    assert authlogs("parse", logs, "--out", tmp_path / "events.parquet").code == 0
    assert stat.S_IMODE((tmp_path / "events.parquet").stat().st_mode) == 0o600


@given(st.lists(st.text(max_size=12), max_size=6), st.sampled_from("=+-@\t\r\uff1d\uff20"))
def test_no_cell_is_a_formula(texts, sign):
    texts = [*texts, f"{sign}cmd", f" {sign}1", "\n=2"]
    table = pa.table({"a": pa.array(texts, pa.string()), "n": [-1] * len(texts)})
    rows = list(csv.reader(io.StringIO(csv_bytes(table).decode(), newline="")))
    assert [row[1] for row in rows[1:]] == ["-1"] * len(texts)
    told = [row[0] for row in rows[1:]]
    assert [
        text for text in told if text.strip("\x00 \t\r\n")[:1] in tuple("=+-@\uff1d\uff20")
    ] == []
    assert [one.removeprefix("'") for one in told] == [one.removeprefix("'") for one in texts]


def test_nothing_is_unpickled_but_what_spark_sends_back():
    """`pickle.loads` runs what it reads: only what our own executors sent may come that way."""
    readers = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "authlogs").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"pickle.load", "pickle.loads", "pickle.Unpickler"}
    }
    assert all(name.startswith("authlogs/engine/spark") for name in readers)


def test_a_password_typed_as_a_name_is_shown_to_nobody(tmp_path):
    wrong = logins(
        event={"action": "login", "outcome": "failure", "reason": "unknown_user"},
        user={"name": TYPED},
        message=f"no user {TYPED}",
    )
    folder = folder_of(tmp_path / "logs", app_jsonl=wrong + logins())
    logs = al.read(folder)
    assert "unknown_user" in logs.events["reason"].to_pylist()
    out = tmp_path / "report"
    assert authlogs("report", folder, "--identities", "--out", out).code == 0
    for path in out.iterdir():
        assert TYPED.encode() not in path.read_bytes()
    from authlogs.pseudonyms import without_typed

    told = without_typed(logs).events
    assert TYPED not in str(told.to_pylist())
    assert told.num_rows == logs.events.num_rows
    assert told["byte_offset"].equals(logs.events["byte_offset"])
    assert "ana" in told["user"].to_pylist()


def test_redacted_logs_name_nobody_and_group_as_before(tmp_path):
    lines = "".join(
        logins(2, user={"name": f"user{n}"}, source={"ip": f"192.0.2.{n}"}) for n in range(9)
    )
    folder = folder_of(tmp_path / "logs", app_jsonl=lines)
    key = tmp_path / "team.key"
    key.write_bytes(KEY)
    out = tmp_path / "out"
    assert authlogs("redact", folder, "--key", key, "--out", out).code == 0
    told = al.load(out)
    assert told.key == b"" and not key_path(out).exists()
    text = str([getattr(told, t).to_pylist() for t in ("events", "changes", "rejects", "sources")])
    assert "192.0.2." not in text and "'user1'" not in text and str(tmp_path) not in text
    addresses = told.events["source_ip"].to_pylist()
    assert len({one.rpartition(".")[0] for one in addresses}) == 1
    assert len(set(addresses)) == len(set(told.events["user"].to_pylist())) == 9
    again = tmp_path / "again"
    assert authlogs("redact", folder, "--key", key, "--out", again).code == 0
    assert al.load(again).events["user"].equals(told.events["user"])


def test_an_expired_key_is_gone_and_the_store_still_read(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    store = tmp_path / "store"
    authlogs("parse", folder, "--out", store)
    key = key_path(store).read_bytes()
    ran = authlogs("redact", store, "--expire")
    assert ran.code == 0 and "destroyed" in ran.err
    assert "still names people" in ran.err
    assert not key_path(store).exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and key in path.read_bytes()]
    assert al.load(store).key == b"" and al.load(store).events.num_rows == 20
    assert authlogs("redact", store, "--expire").code == 2
    with pytest.raises(al.BadCall, match="no key"):
        al.trail(store, token="a raw token")


def test_every_text_of_a_report_is_copied_and_sealed_again(tmp_path):
    write_report(example(), tmp_path / "all", formats=FILES.keys() - {"pdf"})
    (tmp_path / "all" / "report.pdf").write_bytes(b"%PDF-1.7\n\xda")
    out = tmp_path / "out"
    assert authlogs("redact", tmp_path / "all", "--out", out).code == 0
    names = {path.name for path in (tmp_path / "all").rglob("*")} - {"report.pdf"}
    assert {path.name for path in out.rglob("*")} == names
    assert verify_report(out) == {}
    assert sha256_of(out / "manifest.json") in (out / "report.md").read_text()
    assert modes(out) == {0o600, 0o700}


def test_a_report_is_copied_without_addresses(report, tmp_path):
    page = report / "report.md"
    shown = page.read_text() + "\nby ana@acme.example from 192.0.2.7 and 2001:db8::7 at 09:41:15\n"
    named = tmp_path / "named"
    named.mkdir()
    for path in report.iterdir():
        (named / path.name).write_bytes(path.read_bytes())
    (named / "report.md").write_text(shown)
    redact_report(named, tmp_path / "out", key=KEY)
    text = (tmp_path / "out" / "report.md").read_text()
    for gone in ("ana@acme.example", "192.0.2.7", "2001:db8::7"):
        assert gone not in text
    assert "at 09:41:15" in text and "5.13.0" in text
    assert authlogs("verify", tmp_path / "out").code == 0
    assert modes(tmp_path / "out") == {0o600, 0o700}
    with pytest.raises(al.AuthlogsError, match="other things"):
        redact_report(named, tmp_path / "out", key=KEY)


def test_redact_wants_something_to_do(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins())
    assert authlogs("redact", folder).code == 2
    assert authlogs("redact", folder, "--out", tmp_path / "o", "--identities").code == 2
    assert authlogs("redact", folder, "--expire").code == 2
