"""The examples of docs/search.md: each runs, and its count is that of plain Python."""

import contextlib
import io
import re
import shlex

import plain_counts
import pytest
from cli_cases import ASKED, authlogs
from places import ROOT

import authlogs as al

PAGE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(authlogs search .*--count)\n# (\d+)\n```", PAGE)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COUNTED = (
    plain_counts.refused_signatures,
    plain_counts.keycloak_failures,
    plain_counts.resets,
    plain_counts.mobile_logins_of_ana,
    plain_counts.knocks_on_ssh,
    plain_counts.server_errors,
    plain_counts.api_refusals,
    plain_counts.slow_answers,
    plain_counts.first_bad_tokens,
    plain_counts.nameless_failures,
)


@pytest.fixture(scope="module")
def store(sample_logs, tmp_path_factory):
    out = tmp_path_factory.mktemp("examples") / "store"
    sample_logs.save(out)
    return out


def test_there_are_eleven_examples():
    assert len(COMMANDS) + 1 == len(COUNTED) + 1 == 11
    assert "token_lineage" in PYTHON[0]


@pytest.mark.parametrize("place", range(len(COUNTED)))
def test_an_example_counts_what_plain_python_counts(place, store):
    command, told = COMMANDS[place]
    words = shlex.split(command.replace(" store ", f" {store} "))
    ran = authlogs(*words[1:])
    assert ran.code == 0, ran.err
    assert int(ran.out) == int(told) == COUNTED[place]()


def test_the_first_example_runs_on_the_logs_themselves():
    command, told = COMMANDS[0]
    words = shlex.split(command.replace(" store --tz America/Bogota ", " "))
    ran = authlogs("search", words[2], *ASKED, *words[3:])
    assert (ran.code, ran.out) == (0, f"{told}\n")


def test_rejected_tokens_by_issuing_version(sample_logs, monkeypatch):
    monkeypatch.setattr(al, "read", lambda *_, **__: sample_logs)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(PYTHON[0], {})
    (told,) = re.findall(r"# (\{.*\})", PYTHON[0])
    assert out.getvalue().strip() == told == str(dict(plain_counts.refused_tokens()))


def test_the_other_python_runs(sample_logs):
    known = {"al": al, "logs": sample_logs}
    for code in PYTHON[1:]:
        exec(code, known)
