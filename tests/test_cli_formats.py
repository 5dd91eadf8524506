"""What the command line tells of formats: those that ship, one's own, and what each record met."""

from cli_cases import authlogs, folder_of

MINE = r"""
title = "The till"
vendor = "https://example.org/till"
[time]
field = "at"
layout = "epoch"
[[pattern]]
name = "row"
regex = '^TILL (?P<at>[0-9]+) (?P<how>in|out) (?P<who>.*)$'
[columns]
user = "who"
event_type = { from = "how", table = { in = "login", out = "logout" } }
[[sample]]
line = "TILL 1714747275 in ana"
want = { time = "2024-05-03T14:41:15Z", event_type = "login", user = "ana" }
[[sample]]
hostile = true
line = "TILL 1714747275 out TILL 1714747275 in root"
want = { event_type = "logout", user = "TILL 1714747275 in root" }
"""


def test_a_format_of_one_s_own_is_tested_among_all(tmp_path):
    (tmp_path / "till.toml").write_text(MINE)
    ran = authlogs("formats", "--test", tmp_path / "till.toml")
    assert (ran.code, ran.out) == (0, "")
    assert "2 samples of 1 formats, 0 failures" in ran.err
    shown = authlogs("formats", tmp_path / "till.toml")
    assert shown.code == 0 and "The till" in shown.out and "TILL 1714747275 in ana" in shown.out


def test_what_a_format_of_one_s_own_lacks_is_told(tmp_path):
    broken = MINE.replace("hostile = true", "").replace('user = "ana"', 'user = "bo"')
    broken = broken.replace('user = "who"', 'user = ["who", "whom"]\nmessage = "what"')
    (tmp_path / "till.toml").write_text(broken)
    ran = authlogs("formats", "--test", tmp_path / "till.toml")
    assert ran.code == 1
    told = ran.out.splitlines()
    assert any("user is 'ana', not 'bo'" in line for line in told)
    assert any("hostile" in line for line in told)
    assert any("field 'whom' is in no sample" in line for line in told)
    assert any("rule 1 of 'message' gives a value for no sample" in line for line in told)


def test_a_file_that_is_no_format_says_why(tmp_path):
    (tmp_path / "till.toml").write_text(MINE.replace("^TILL", "TILL"))
    ran = authlogs("formats", "--test", tmp_path / "till.toml")
    assert ran.code == 2 and "not anchored" in ran.err and str(tmp_path / "till.toml") in ran.err
    assert authlogs("formats", "--test", tmp_path / "none.toml").code == 2


def test_an_envelope_is_shown_with_what_its_samples_hold():
    ran = authlogs("formats", "cri")
    assert ran.code == 0 and "kubernetes.io" in ran.out and "holds: one two three" in ran.out


def test_what_became_of_the_first_records_is_explained(tmp_path):
    line = (
        '2024-05-03T14:41:16.1Z stdout F {"time":"2024-05-03T14:41:15Z","event":"login",'
        '"outcome":"failure","user":"ana","password":"hunter2hunter2","colour":"red"}\n'
    )
    folder = folder_of(tmp_path / "logs", app_log=line + "garbage\n")
    ran = authlogs("parse", folder, "--explain")
    assert ran.code == 0, ran.err
    assert "line 1: cri > json_lines" in ran.out
    assert "user = ana  <- user" in ran.out and "outcome = failure  <- outcome" in ran.out
    assert "2024-05-03 14:41:15" in ran.out and "<- time" in ran.out
    assert "line 2: no format (no_pattern)" in ran.out and "garbage" in ran.out
    assert "hunter2" not in ran.out


def test_a_parse_without_a_place_to_write_to_says_so(tmp_path):
    ran = authlogs("parse", folder_of(tmp_path / "logs", app_log="x\n"))
    assert ran.code == 2 and "--out" in ran.err
