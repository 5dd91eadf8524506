"""`authlogs search`: what is printed, what is not obeyed, and how it ends."""

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pyarrow.parquet as pq
import pytest
from cli_cases import NAIVE, authlogs, authlogs_process, cut_gzip, folder_of, logins
from places import ROOT

FAILED = {"action": "login", "outcome": "failure"}
HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\nforged line \u202eevil"


@pytest.fixture
def logs(tmp_path):
    """Ten logins of ana, and two failures of eva, the second with a message for terminals."""
    good = logins(10)
    bad = logins(1, event=FAILED, user={"name": "eva"}).replace("T14:0", "T15:0")
    evil = logins(1, event=FAILED, user={"name": "eva"}, message=HOSTILE).replace("T14:0", "T16:0")
    return folder_of(tmp_path / "logs", app_jsonl=good + bad + evil)


@contextmanager
def started(*words):
    """A process of ours that is still running."""
    command = [sys.executable, "-m", "authlogs", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_lines_are_aligned_and_in_order_of_time(logs):
    ran = authlogs("search", "*", logs, "--identities", "--tz", "-05:00")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert len(lines) == 12
    assert lines[0].startswith("2024-05-03 09:00:00.000-05:00  web  login")
    assert "eva" in lines[10]
    assert len({line.index("192.0.2.7") for line in lines}) == 1
    assert "found 12" in ran.err


def test_help_has_its_examples_on_lines_of_their_own():
    lines = authlogs("search", "--help").out.splitlines()
    assert len([line for line in lines if line.startswith("    authlogs search ")]) == 3


def test_what_a_terminal_would_obey_is_spelled_out(logs):
    ran = authlogs("search", "user:eva", logs, "--identities")
    assert len(ran.out.splitlines()) == 2
    assert "\\u001b[2J" in ran.out
    assert "\\u202eevil" in ran.out
    for form in ("--json", "--csv"):
        told = authlogs("search", "user:eva", logs, "--identities", form)
        assert not set("\x1b\x07\r\u202e") & set(told.out)


def test_a_terminal_gets_colours_and_nothing_else(logs):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "authlogs", "search", "user:eva", str(logs), "--identities"]
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    subprocess.run(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment, check=True)
    os.close(theirs)
    told = b""
    try:
        while piece := os.read(ours, 4096):
            told += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert told.count(b"\x1b[31mfailure") == 2
    assert told.replace(b"\x1b[31m", b"").replace(b"\x1b[0m", b"").count(b"\x1b") == 0


def test_people_are_pseudonyms_unless_asked_and_the_query_speaks_of_them(logs):
    hidden = authlogs("search", "user:eva", logs, "--json")
    rows = [json.loads(line) for line in hidden.out.splitlines()]
    assert len(rows) == 2
    assert all(row["user"].startswith("user-") for row in rows)
    assert "eva" not in hidden.out
    assert "192.0.2.7" not in hidden.out
    assert "--identities" in hidden.err
    shown = authlogs("search", "user:eva", logs, "--json", "--identities")
    assert {json.loads(line)["user"] for line in shown.out.splitlines()} == {"eva"}


def test_it_is_said_whether_other_runs_give_the_same_pseudonyms(logs, tmp_path):
    store, copy = tmp_path / "store", tmp_path / "copy"
    authlogs("parse", logs, "--out", store)
    authlogs("redact", store, "--out", copy)
    asked = ("search", "user:*", "--json", "--limit", "1")
    runs = {path: [authlogs(*asked, path) for _ in "12"] for path in (logs, store, copy)}
    same = {path: len({ran.out for ran in rans}) == 1 for path, rans in runs.items()}
    assert same == {logs: False, store: True, copy: False}
    assert "of this run (--key FILE" in runs[logs][0].err
    assert "of this run" not in runs[store][0].err
    assert "the store has no key" in runs[copy][0].err
    shown = authlogs(*asked, copy, "--identities")
    assert json.loads(shown.out)["user"] == json.loads(runs[store][0].out)["user"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("outcome:Failure", "no outcome is 'Failure'; there are success, failure"),
        ("event.outcome:(lost OR failure) AND user:nobody", "no outcome is 'lost'"),
        ("user:user-0123456789abcdef", "may be a pseudonym"),
    ],
)
def test_a_search_that_finds_nothing_tells_what_may_be_the_matter(logs, query, told):
    ran = authlogs("search", query, logs, "--count")
    assert (ran.code, ran.out) == (1, "0\n")
    assert told in ran.err


def test_a_search_that_finds_nothing_is_silent_on_words_that_are_there(logs):
    ran = authlogs("search", "outcome:success AND user:nobody AND NOT service:none", logs)
    assert ran.code == 1 and "note: no " not in ran.err


def test_fields_order_and_limit(logs):
    ran = authlogs(
        "search", "*", logs, "--json", "--fields", "user.name,time", "--order", "-time",
        "--limit", "1", "--identities",
    )  # fmt: skip
    assert json.loads(ran.out) == {"user": "eva", "time": "2024-05-03T16:00:00Z"}
    assert "found 1 (--limit)" in ran.err


def test_count_and_nothing_found(logs):
    some = authlogs("search", "user:eva", logs, "--count")
    none = authlogs("search", "user:nobody", logs, "--count")
    assert (some.code, some.out) == (0, "2\n")
    assert (none.code, none.out) == (1, "0\n")
    assert authlogs("search", "user:nobody", logs).code == 1


def test_since_and_until(logs, tmp_path):
    assert authlogs("parse", logs, "--out", tmp_path / "store").code == 0
    for place in (logs, tmp_path / "store"):

        def count(*words, place=place):
            return authlogs("search", "*", place, "--count", *words).out.strip()

        assert count("--since", "10:00", "--tz", "-05:00") == "2"
        assert count("--since", "2024-05-03T14:08Z", "--until", "2024-05-03T15:30Z") == "3"
        assert count("--since", "30m") == "1"
        assert count("--since", "1h", "--until", "2024-05-03T15:00:01Z") == "10"
    assert authlogs("search", "*", logs, "--since", "10:00").code == 2


def test_csv_has_no_formulas(tmp_path):
    cells = ["=1+1", "+1", "-1", "@a", "a,b", 'a"b', "plain"]
    lines = "".join(logins(1, user={"name": cell}) for cell in cells)
    logs = folder_of(tmp_path / "logs", app_jsonl=lines)
    ran = authlogs("search", "*", logs, "--csv", "--fields", "user,time", "--identities")
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert rows[0] == ["user", "time"]
    told = {row[0] for row in rows[1:]}
    assert told == {"'=1+1", "'+1", "'-1", "'@a", "a,b", 'a"b', "plain"}
    assert authlogs("search", "user:x", logs, "--csv", "--fields", "user").out == '"user"\n'


def test_parquet_is_for_its_owner_alone(logs, tmp_path):
    file = tmp_path / "found.parquet"
    ran = authlogs("search", "user:eva", logs, "--parquet", file)
    assert ran.code == 0
    table = pq.read_table(file)
    assert table.num_rows == 2
    assert table["user"][0].as_py().startswith("user-")
    assert file.stat().st_mode & 0o777 == 0o600
    assert authlogs("search", "*", logs, "--parquet", tmp_path / "no" / "x.parquet").code == 2


def test_context_shows_the_lines_around_without_secrets(tmp_path):
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJlc2lnbmF0dXJl"
    lines = logins(20).splitlines()
    lines[4] = lines[4].replace('"login"}', f'"bearer {token}"}}')
    lines[5] = lines[5].replace('"success"', '"failure"')
    lines[12] = lines[12].replace('"success"', '"failure"')
    logs = folder_of(tmp_path / "logs", app_jsonl="\n".join(lines) + "\n")
    refused = authlogs("search", "outcome:failure", logs, "--context", "1")
    assert refused.code == 2
    assert "--identities" in refused.err
    ran = authlogs("search", "outcome:failure", logs, "--context", "1", "--identities")
    marks = [line.split(" ")[0] for line in ran.out.splitlines()]
    assert marks == [
        "app.jsonl-5-", "app.jsonl:6:", "app.jsonl-7-", "--",
        "app.jsonl-12-", "app.jsonl:13:", "app.jsonl-14-",
    ]  # fmt: skip
    assert token.split(".")[2] not in ran.out
    assert "[redacted:" in ran.out


def test_context_reads_members_and_tells_what_has_changed(logs, tmp_path):
    import gzip

    packed = folder_of(tmp_path / "gz")
    data = (logs / "app.jsonl").read_bytes()
    (packed / "app.jsonl.gz").write_bytes(gzip.compress(data))
    ran = authlogs("search", "user:eva", packed, "--context", "0", "--identities")
    assert [line.split(" ")[0] for line in ran.out.splitlines()] == [
        "app.jsonl.gz:11:", "app.jsonl.gz:12:",
    ]  # fmt: skip
    assert authlogs("parse", logs, "--out", tmp_path / "store").code == 0
    (logs / "app.jsonl").write_bytes(b"{}\n" + data)
    ran = authlogs("search", "user:eva", tmp_path / "store", "--context", "0", "--identities")
    assert ran.out == ""
    assert "has changed" in ran.err
    (logs / "app.jsonl").unlink()
    ran = authlogs("search", "user:eva", tmp_path / "store", "--context", "0", "--identities")
    assert "not there any more" in ran.err


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins(60) * 200)
    with started("search", "*", folder, "--json") as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=120) == 141


def test_forms_exclude_each_other(logs):
    assert authlogs("search", "*", logs, "--json", "--csv").code == 2
    assert authlogs("search", "*", logs, "--count", "--context", "1", "--identities").code == 2
    assert authlogs("search", "*", logs, "--count", "--follow-file").code == 2


def test_a_bad_query_is_shown_with_its_place(logs):
    ran = authlogs("search", "usr:ana AND x", logs)
    assert ran.code == 2
    assert "did you mean user" in ran.err
    assert "\n  usr:ana AND x\n  ^" in ran.err
    evil = authlogs("search", "user:\x1b[2J\x07(", logs)
    assert evil.code == 2
    assert "\x1b" not in evil.err


def test_what_cannot_be_read_exits_3_and_the_rest_is_searched(logs):
    (logs / "cut.jsonl.gz").write_bytes(cut_gzip(logins(20)))
    ran = authlogs("search", "user:eva", logs, "--count")
    assert (ran.code, ran.out) == (3, "2\n")
    assert authlogs("search", "user:eva", logs / "nowhere").code == 3


def test_what_is_followed_and_cannot_be_read_is_said(tmp_path):
    folder = folder_of(tmp_path / "logs", keycloak_log=NAIVE)
    words = [sys.executable, "-m", "authlogs", "search", "*", str(folder), "--follow-file"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=environment, text=True) as process:
        asleep = threading.Timer(60, process.kill)
        asleep.start()
        lines = iter(process.stderr.readline, "")
        assert any("--tz" in line for line in lines)
        asleep.cancel()
        process.kill()


def test_files_that_grow_are_followed(logs):
    words = ("search", "outcome:failure", logs, "--follow-file", "--json", "--fields", "time")
    with started(*words) as process:

        def hour():
            return json.loads(process.stdout.readline())["time"][11:13]

        assert [hour(), hour()] == ["15", "16"]
        new = logins(1, event=FAILED).replace("T14:0", "T17:0")
        with (logs / "app.jsonl").open("a") as file:
            file.write(new[:60])
            file.flush()
            file.write(new[60:])
        assert hour() == "17"
        later = logins(1, event=FAILED).replace("T14:0", "T18:0")
        (logs / "other.jsonl").write_text(later)
        assert hour() == "18"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130


def test_it_runs_as_people_run_it(logs):
    ran = authlogs_process("search", "user.name:eva", logs, "--count")
    assert (ran.code, ran.out) == (0, "2\n")


def test_a_store_is_searched_without_what_loads_slowly(logs, tmp_path):
    assert authlogs("parse", logs, "--out", tmp_path / "store").code == 0
    words = ["authlogs", "search", "user:eva", str(tmp_path / "store"), "--json"]
    heavy = "{'pandas', 'polars', 'matplotlib', 'scipy', 'authlogs.parse.engine'}"
    code = (
        f"import sys; from authlogs.cli import main; sys.argv = {words!r}; main(); "
        f"print(sorted({heavy} & sys.modules.keys())); "
        "import pyarrow as pa; print(type(pa.table({'a': [1]}).to_pandas()).__name__)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[2:] == ["[]", "DataFrame"]
