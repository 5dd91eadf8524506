"""The last door: whatever happens, one line and an exit code, and nothing a terminal obeys."""

import os
import subprocess
import sys

import click
import pytest
from cli_cases import ASKED, authlogs, authlogs_process, folder_of, logins
from places import ROOT

from authlogs.cli import main
from authlogs.cli.exits import Exit, guarded
from authlogs.cli.terminal import harmless
from authlogs.errors import BadCall, NothingToRead, UnknownPath, Unwritable, ZoneNeeded


def raising(error):
    def run():
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadCall("no"), 2),
        (Unwritable("no"), 2),
        (UnknownPath("no"), 3),
        (NothingToRead("no"), 3),
        (ZoneNeeded("no"), 3),
        (click.UsageError("no"), 2),
        (click.FileError("no"), 2),
        (ZeroDivisionError("no"), 70),
        (MemoryError(), 70),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.exceptions.Exit(5), 5),
    ],
    ids=lambda value: getattr(value, "__class__", type(value)).__name__,
)
def test_errors_have_their_codes(error, code, capsys):
    assert guarded(raising(error)) == code
    said = capsys.readouterr()
    assert not said.out
    assert "Traceback" not in said.err


def test_a_fault_of_ours_is_one_line_and_a_next_step(capsys):
    assert guarded(raising(ValueError("two\nlines"))) == Exit.FAULT
    first, second = capsys.readouterr().err.splitlines()
    assert "ValueError" in first
    assert "two lines" in first
    assert "test_cli_exits.py:" in first
    assert "next: open an issue" in second


def test_errors_teach(capsys):
    error = BadCall("three is too many", where="here", next_step="take two")
    assert guarded(raising(error)) == Exit.USAGE
    assert capsys.readouterr().err == "authlogs: here: three is too many\n  next: take two\n"


def test_what_runs_well_is_done():
    assert guarded(lambda: None) == Exit.DONE
    assert guarded(lambda: 3) == Exit.UNREAD


def test_the_reader_may_go_away():
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "authlogs", "formats"]
    with os.fdopen(write_end, "wb") as pipe:
        run = subprocess.run(
            command, cwd=ROOT, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == Exit.BROKEN_PIPE
    assert run.stderr == ""


def test_any_encoding_of_the_terminal_will_do():
    run = authlogs_process("formats", "--help", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert run.code == 0


def test_the_program_ends_without_taking_the_interpreter_apart():
    told = (
        "import atexit, sys\n"
        "from authlogs.cli import run\n"
        "class Late:\n"
        "    def __del__(self): print('half gone')\n"
        "late = Late()\n"
        "atexit.register(print, 'its last words')\n"
        "sys.argv = ['authlogs', 'no-such-command']\n"
        "print('begun')\n"
        "run()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == Exit.USAGE
    assert ran.stdout.splitlines() == ["begun", "its last words"]


def test_the_library_form_returns_the_code(capsys):
    assert main(["--version"]) == 0
    assert main(["no-such-command"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b]0;owned\x07", "\\u001b]0;owned\\u0007"),
        ("a\rb", "a\\u000db"),
        ("\x9b31m", "\\u009b31m"),
        ("gnp.\u202etxt", "gnp.\\u202etxt"),
        ("a\u061cb\u2028c\u2029d", "a\\u061cb\\u2028c\\u2029d"),
    ],
)
def test_terminals_obey_nothing(text, shown):
    assert harmless(text) == shown


def test_hostile_names_and_lines_are_harmless(tmp_path):
    folder = folder_of(tmp_path / "logs", app_jsonl=logins(user={"name": "\x1b[2Jana"}))
    (folder / "\x1b[31mred.log").write_text("\x1b[2J not a log\n" * 5, encoding="utf-8")
    (folder / "\x1b[32mgreen.bin").write_bytes(bytes(range(256)) * 9)
    for words in (["investigate", folder], ["investigate", folder, "--json", "--identities"]):
        ran = authlogs_process(*words)
        assert "\x1b" not in ran.all
        assert "red.log" in ran.all
        assert "not read: \\u001b[32mgreen.bin" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--margin", "5"), "--margin needs --fail-on suspect"),
        (("--fail-on", "suspect", "--since", "30m", "--margin", "0"), "--margin 0 is no number"),
        (("--fail-on", "suspect", "--since", "30m", "--alpha", "1"), "--alpha 1 is no probab"),
    ],
)
def test_margins_of_the_gate_that_cannot_be_meant(words, said):
    ran = authlogs("investigate", *ASKED, *words)
    assert ran.code == 2
    assert said in ran.err


def test_a_margin_as_wide_as_the_harm_lets_a_bad_rollout_wait():
    asked = ("investigate", *ASKED, "--until", "2024-05-03 09:46", "--since", "2024-05-03 09:40")
    assert authlogs(*asked, "--fail-on", "suspect").code == 4
    strict = authlogs(*asked, "--fail-on", "suspect", "--margin", "99", "--alpha", "0.000001")
    assert "margin 99," in strict.out
    assert strict.code == 5
