"""Cards in notebooks, and bars only where somebody watches."""

import os
import subprocess
import sys

import pytest
from example_investigation import example
from hostile_words import hostile
from places import ROOT

from authlogs.cards import MOST_ROWS, Share, card

READ = """
import sys, authlogs as al, authlogs.progress
authlogs.progress.PATIENCE_S = 0.0
al.read("sample_logs/login-lockout/keycloak.log.gz", tz="America/Bogota")
print("done")
"""


def run_on_terminal(code):
    """Run a script whose standard error is a terminal; return what the terminal was told."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    command = [sys.executable, "-c", code]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    told = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        told += piece
    out, _ = run.communicate()
    os.close(master)
    return out.decode(), told.decode()


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal on Windows")
def test_a_terminal_is_shown_a_bar_with_rate_and_remaining_time():
    out, told = run_on_terminal(READ)
    assert out == "done\n"
    assert "reading:" in told
    assert "% |" in told or "%|" in told
    assert "B/s" in told
    assert "<" in told  # elapsed<remaining
    assert told.replace("\r", "\n").splitlines()[-1].strip() == ""  # it has gone


def test_a_file_and_a_pipe_are_shown_nothing():
    command = [sys.executable, "-c", READ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("done\n", "")


def test_results_are_told_at_a_glance():
    found = example()
    whole = found._repr_html_()
    assert "1,465 of 1,654 people affected" in whole
    assert "onset 09:41:15 UTC-05:00" in whole
    assert "98.8 %" in whole
    incident = found.incidents[0]
    assert "onset 14:41:15 UTC" in incident._repr_html_()  # it knows no zone
    suspect = incident.suspects[0]._repr_html_()
    assert "<b>web deploy 5.13.0</b>" in suspect
    assert suspect.index("630 of 630") < suspect.index(
        "15 s before the onset"
    )  # the strongest first
    for shown in (whole, suspect, incident._repr_html_()):
        assert len(shown) < 6_000


def test_two_incidents_stand_on_a_line_each():
    one = example().incidents[0]
    assert "<b>2 incidents</b>" in example(one, one)._repr_html_()


def test_hostile_words_stay_words():
    found = hostile()
    for record in (found, found.incidents[0], found.incidents[0].suspects[0]):
        shown = record._repr_html_()
        assert "&lt;script&gt;" in shown
        assert "<script" not in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_a_long_table_is_cut_and_counted():
    shown = card("t", heads=("a",), rows=([str(n)] for n in range(MOST_ROWS + 5)))
    assert shown.count("<tr>") == MOST_ROWS + 1
    assert "and 5 more" in shown


def test_a_bar_is_as_long_as_its_share():
    assert "#d55e00 25.0%" in card("t", rows=[[Share(0.25, "a quarter")]])
    assert "#d55e00 100.0%" in card("t", rows=[[Share(7, "too much")]])
