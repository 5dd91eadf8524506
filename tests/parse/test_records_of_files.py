"""From files to records: envelopes, continuation lines, prose, and lines that are odd."""

import gzip
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from file_cases import LINE, counts

from authlogs.parse import endings, files
from authlogs.parse.ordering import specific_first
from authlogs.parse.registry import FOLDER, load_registry
from authlogs.sources import lines as lines_module

HEAD = "May  3 09:41:15 web-1 "


def test_a_syslog_header_gives_time_host_program_and_attempt(read):
    (row,) = read(HEAD + "sudo[77]: pam_unix: hello\n").events.to_pylist()
    told = [
        row[name] for name in ("instance", "service", "attempt_id", "time_quality", "event_type")
    ]
    assert told == ["web-1", "sudo", "web-1:77", "assumed_both", "other"]


@pytest.mark.parametrize(
    "head",
    [HEAD + "app[7]: ", '<34>1 2024-05-03T14:41:15Z web-1 app 7 ID47 [x@1 k="a\\]b"] ',
     "2024-05-03T14:41:15.5Z web-1 app[7]: ", "<34>" + HEAD + "app[7]: "],
)  # fmt: skip
def test_any_format_travels_in_any_envelope(read, head):
    (row,) = read(head + LINE).events.to_pylist()
    told = [row[name] for name in ("format", "event_type", "outcome", "instance", "service")]
    assert told == ["json_lines", "login", "success", "web-1", "app"]
    assert row["observed_time"] is not None


def test_a_json_line_in_a_syslog_file_is_an_event(read):
    logs = read(HEAD + "app: one\n" + LINE + HEAD + "app: two\n")
    assert logs.events["format"].to_pylist() == ["syslog", "json_lines", "syslog"]


def test_a_severity_is_read_from_the_priority(read):
    assert read("<35>" + HEAD + "app: x\n").events["log_level"].to_pylist() == ["error"]


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (1, {"lines": 1, "events": 1}),
        (3, {"lines": 1, "unpacked": 2, "events": 3}),
        (1000, {"lines": 1, "unpacked": 999, "events": 1000}),
        (1001, {"lines": 1, "rejected": 1}),
        (0, {"lines": 1, "rejected": 1}),
        (10**17, {"lines": 1, "rejected": 1}),
    ],
)
def test_a_repeated_message_counts_as_often_as_it_says(read, times, told):
    inner = "Failed password for ana from 192.0.2.1 port 22 ssh2"
    logs = read(f"{HEAD}sshd[7]: message repeated {times} times: [ {inner}]\n")
    assert counts(logs) == told
    assert set(logs.events["user"].to_pylist()) <= {"ana"}


TRACE = """2024-05-03 09:41:15,123 ERROR web.auth: it broke
Traceback (most recent call last):
  File "/srv/web.py", line 8, in check
    verify(password=hunter2hunter2)

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/web.py", line 9, in check
web.errors.Broken: no key
2024-05-03 09:41:16,123 INFO web.auth: on it goes
"""


def test_a_stack_trace_belongs_to_its_record_and_is_redacted(read):
    logs = read(TRACE)
    assert counts(logs) == {"lines": 11, "events": 2, "joined": 7, "blank": 2}
    first = logs.events.to_pylist()[0]
    assert first["message"].startswith("it broke\nTraceback") and "no key" in first["message"]
    assert "hunter2" not in first["message"]
    assert TRACE.encode()[: first["byte_length"]].endswith(b"no key")


def test_java_s_traces_are_joined(read):
    text = (
        "2024-05-03 09:41:15,123 ERROR [io.x] (main) boom\njava.lang.IllegalStateException: x\n"
        "\tat a.B.c(B.java:1)\nCaused by: java.io.IOException\n\t... 12 more\n"
    )
    assert counts(read(text)) == {"lines": 5, "events": 1, "joined": 4}


def test_a_continuation_without_a_record_is_a_reject(read):
    assert counts(read("    at nowhere(x)\n" + LINE)) == {"lines": 2, "events": 1, "rejected": 1}


def test_what_continues_a_record_of_the_block_before_finds_it(read, monkeypatch):
    blocks = []

    def small_blocks(pieces, *, start, encoding, line):
        whole = b"".join(pieces)
        bits = [whole[at : at + 10] for at in range(0, len(whole), 10)]
        blocks.extend(lines_module.cut_blocks(bits, start=start, size=30))
        return iter(blocks)

    monkeypatch.setattr(files, "cut_blocks", small_blocks)
    logs = read(TRACE)
    assert len(blocks) > 6
    assert counts(logs) == {"lines": 11, "events": 2, "joined": 7, "blank": 2}
    first = logs.events.to_pylist()[0]
    assert "no key" in first["message"] and "hunter2" not in first["message"]
    assert TRACE.encode()[: first["byte_length"]].endswith(b"no key")


def test_a_message_keeps_a_bounded_part_of_what_continues_it(read):
    logs = read("2024-05-03 09:41:15,123 ERROR a.b: x\n" + "    at some.place(here)\n" * 5_000)
    assert counts(logs) == {"lines": 5001, "events": 1, "joined": 5000}
    assert len(logs.events["message"][0].as_py()) < endings.KEPT + 2_000


def test_twenty_five_bad_lines_in_a_row_end_nothing(read):
    assert counts(read(LINE + "garbage here\n" * 25 + LINE)) == {
        "lines": 27, "events": 2, "rejected": 25,
    }  # fmt: skip


def test_comments_and_empty_lines(read):
    assert counts(read("# made by hand\n\n   \n" + LINE)) == {
        "lines": 4, "events": 1, "blank": 2, "comments": 1,
    }  # fmt: skip


PROSE = "# Post-mortem\n\nAt 09:41 it broke.\nWe saw Bearer abcdefgh12345678 in a log.\n"


def test_prose_is_kept_as_notes_without_its_secrets(read):
    logs = read(PROSE, "postmortem.md")
    (row,) = logs.sources.to_pylist()
    assert row["kind"] == "notes" and "At 09:41 it broke." in row["notes"]
    assert "abcdefgh12345678" not in row["notes"]
    assert counts(logs) == {"lines": 4, "blank": 1, "comments": 3}


def test_a_text_file_is_prose_or_a_log_that_nobody_knows(read):
    assert read(PROSE, "notes.txt").sources["kind"].to_pylist() == ["notes"]
    unknown = read("17:04:11|x|y\n18:04:11|x|y\n", "odd.txt")
    assert counts(unknown) == {"lines": 2, "rejected": 2}


def test_a_byte_order_mark_and_windows_line_ends(read):
    logs = read(b"\xef\xbb\xbf" + LINE.encode().replace(b"\n", b"\r\n") * 2)
    assert counts(logs) == {"lines": 2, "events": 2}
    assert logs.events["byte_offset"].to_pylist() == [3, 3 + len(LINE) + 1]
    assert logs.events["byte_length"].to_pylist() == [len(LINE) - 1] * 2


def test_a_last_line_without_a_newline_is_read(read):
    assert counts(read(LINE + LINE.rstrip())) == {"lines": 2, "events": 2}


def test_a_truncated_gzip_gives_its_events_and_an_error(read):
    stored = gzip.compress(LINE.encode() * 50_000)
    logs = read(stored[: len(stored) // 2], "app.log.gz")
    (row,) = logs.sources.to_pylist()
    assert row["truncated"] and "ends before" in row["error"]
    assert len(logs.events) > 10_000 and logs.tally().holds


def test_a_line_that_is_too_long_is_one_reject(read, monkeypatch):
    monkeypatch.setattr(lines_module, "LONGEST", 1 << 20)
    logs = read(LINE + "x" * (10 << 20) + "\n" + LINE)
    assert counts(logs) == {"lines": 3, "events": 2, "rejected": 1}
    (row,) = logs.rejects.to_pylist()
    assert row["reason"] == "line_too_long" and row["byte_length"] == 10 << 20


def test_the_beginning_of_a_reject_can_be_printed_and_holds_no_secret(read):
    logs = read("\x1b[31mred\x07 password=hunter2hunter2 \u202e\n" + LINE)
    (told,) = logs.rejects["first_bytes"].to_pylist()
    assert told.isprintable() and "hunter2" not in told


def test_json_says_what_is_wrong_with_it(read):
    logs = read(LINE + '{"time":\n{"colour":"red"}\n')
    assert logs.rejects["reason"].to_pylist() == ["bad_json", "unknown_fields"]


def test_specific_formats_come_before_those_that_read_their_samples():
    names = [one.name for one in specific_first(load_registry())]
    assert names.index("sshd") < names.index("syslog")
    assert names.index("alertmanager") < names.index("json_lines")
    assert len(set(names)) == len(load_registry().formats)


def test_a_format_of_one_s_own_is_read_without_code(read, tmp_path):
    (tmp_path / "mine" / "events").mkdir(parents=True)
    (tmp_path / "mine" / "events" / "till.toml").write_text(
        'title = "Till"\n[time]\nfield = "at"\nlayout = "epoch"\n'
        "[[pattern]]\nname = 'row'\nregex = '^TILL (?P<at>[0-9]+) (?P<who>.*)$'\n"
        '[columns]\nuser = "who"\nevent_type = { from = "at", matches = [["", "login"]] }\n'
    )
    logs = read("TILL 1714747275 ana\nTILL 17147 bo\n", formats=[tmp_path / "mine"])
    assert logs.events["format"].to_pylist() == ["till", "till"]
    assert logs.events["user"].to_pylist() == ["ana", "bo"]
    assert logs.events["time_quality"].to_pylist() == ["exact", "none"]
    assert pc.unique(logs.sources["confidence"]).to_pylist() == [1.0]
    assert isinstance(logs.changes, pa.Table)


@pytest.mark.parametrize(
    ("head", "program", "attempt"),
    [
        ("gdm-password][7]: ", "gdm-password", "web-1:7"),
        ("su(pam_unix)[7]: ", "su", "web-1:7"),
        ("app[7]: [ID 800047 auth.info] ", "app", "web-1:7"),
    ],
)
def test_a_program_is_known_however_its_system_writes_it(read, head, program, attempt):
    (row,) = read(HEAD + head + "hello\n").events.to_pylist()
    told = [row[name] for name in ("service", "attempt_id", "message")]
    assert told == [program, attempt, "hello"]


def test_a_format_of_ones_own_finds_the_place_that_a_full_survey_gives_it(tmp_path):
    (tmp_path / "events").mkdir()
    for name, copied in (("ours", "sshd"), ("broad", "json_lines"), ("sshd", "sshd")):
        text = (FOLDER / "events" / f"{copied}.toml").read_text(encoding="utf-8")
        (tmp_path / "events" / f"{name}.toml").write_text(text, encoding="utf-8")
    registry = load_registry(tmp_path)
    names = [one.name for one in specific_first(registry)]
    assert {"ours", "broad", "sshd"} <= {*names}
    nothing_known = replace(registry, reads={})
    assert names == [one.name for one in specific_first(nothing_known)]
