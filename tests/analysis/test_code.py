"""Commits and files ranked by their words in common with an incident: a list, and no verdict."""

import dataclasses
import os
import subprocess

import pytest
from example_investigation import WEB
from hypothesis import given, settings
from hypothesis import strategies as st
from made_repositories import make
from suspect_code import incident_of, logs_of, rank
from worlds import changes

import authlogs as al
from authlogs.analysis.commits.ranking import alike
from authlogs.analysis.commits.repository import open_repository
from authlogs.analysis.commits.signature import signature_of
from authlogs.analysis.commits.words import path_words, words_of
from authlogs.analysis.result import Suspect


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A repository of 200 commits, the guilty one in a stack trace of the logs."""
    return make(tmp_path_factory.mktemp("code") / "web", 3, hint="trace")


def git(path, *words):
    """Run git as a user would."""
    told = {"GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@acme.example"}
    told |= {"GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@acme.example"}
    command = ["git", "-C", str(path), *words]
    done = subprocess.run(command, capture_output=True, check=True, env=os.environ | told)
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Three commits with tags; the second is guilty of `wrap_provider_token`."""
    path = tmp_path_factory.mktemp("small") / "web"
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch=main")
    for number, (name, text) in enumerate(
        [
            ("src/auth/wrapper.py", "def wrap_provider_token(token):\n    return sign(token)\n"),
            ("src/auth/wrapper.py", "def wrap_provider_token(token):\n    return token\n"),
            ("src/shop/cart.py", "def total(rows):\n    return sum(rows)\n"),
        ]
    ):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
        git(path, "add", ".")
        git(path, "commit", "--quiet", "-m", f"Change {number}")
        if number != 1:
            git(path, "tag", f"v5.1{2 + number // 2}.0")
    return path


def blamed(made, **told):
    """The incident of a made case with a change to blame."""
    change = dataclasses.replace(WEB, id="C0", description="Provider token wrapper", **told)
    suspect = Suspect(change=change, probability=0.9, bayes_factor=9.0, prior=0.1)
    return dataclasses.replace(incident_of(made), verdict="change", suspects=(suspect,))


@pytest.mark.parametrize(("seed", "hint"), [(1, "trace"), (2, "text"), (4, "text")])
def test_the_guilty_commit_stands_high(tmp_path, seed, hint):
    """One in 67 by chance; `benchmarks/suspect_code.py` measures fifty cases."""
    assert rank(make(tmp_path / "web", seed, hint=hint)) <= 3


def test_files_are_ranked_and_words_are_shown(made):
    span = f"{made.first}..{made.last}"
    found = al.suspect_code(logs_of(made), incident_of(made), repo=made.path, commits=span)
    guilty = next(one for one in found.commits if one.commit == made.guilty)
    assert found.files[0].path in guilty.files
    assert guilty.words
    assert len(found.commits) == 200
    assert "no verdict" in str(found)


def test_authors_are_named_only_when_asked(made):
    span = f"{made.first}..{made.last}"
    logs, incident = logs_of(made), incident_of(made)
    quiet = al.suspect_code(logs, incident, repo=made.path, commits=span)
    assert {one.author for one in quiet.commits} == {None}
    assert "Dev" not in str(quiet)
    asked = al.suspect_code(logs, incident, repo=made.path, commits=span, authors=True)
    assert all(one.author.startswith("Dev") for one in asked.commits)


def test_an_error_that_was_always_there_is_no_part_of_the_signature(made):
    words = signature_of(logs_of(made).dataset, incident_of(made)).words
    assert "file:mailer.py" not in words
    assert any(word.startswith("path:auth/") for word in words)


def test_tags_of_versions_give_the_range(small, made):
    found = al.suspect_code(logs_of(made), blamed(made), repo=small)
    assert [one.subject for one in found.commits] == ["Change 1", "Change 2"]
    assert found.commits[0].files == ("src/auth/wrapper.py",)


def test_the_records_commits_come_before_tags(small, made):
    first, second = git(small, "rev-list", "--reverse", "main").split()[:2]
    told = changes({"service": "web", "commit": second, "previous_commit": first})
    logs = dataclasses.replace(logs_of(made), changes=told)
    found = al.suspect_code(logs, blamed(made, version="9.9"), repo=small)
    assert [one.commit for one in found.commits] == [second]


def test_an_earlier_record_gives_the_start(small, made):
    first, second = git(small, "rev-list", "--reverse", "main").split()[:2]
    told = changes(
        {"service": "web", "commit": second, "time": 161, "change_id": "C0"},
        {"service": "web", "commit": first, "time": 20, "change_id": "C-1"},
    )
    logs = dataclasses.replace(logs_of(made), changes=told)
    found = al.suspect_code(logs, blamed(made, version=None, previous_version=None), repo=small)
    assert [one.commit for one in found.commits] == [second]


@pytest.mark.parametrize(
    ("told", "span", "words"),
    [
        ({}, "v1..v2", "no commit 'v1'"),
        ({}, "v5.12.0", "no range"),
        ({}, "..v5.13.0", "no range"),
        ({}, "--output=/tmp/x..v5.13.0", "no commit"),
        ({"version": "7.0.0"}, None, "does not have what the suspect change brought"),
        ({"previous_version": "7.0.0"}, None, "does not have what the suspect change replaced"),
    ],
)
def test_a_repository_without_the_commits(small, made, told, span, words):
    with pytest.raises(al.BadCall, match=words) as error:
        al.suspect_code(logs_of(made), blamed(made, **told), repo=small, commits=span)
    assert error.value.next_step


def test_no_suspect_needs_a_range(small, made):
    with pytest.raises(al.BadCall, match="no commits are suspect"):
        al.suspect_code(logs_of(made), incident_of(made), repo=small)


def test_no_repository(tmp_path, made):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(al.BadCall, match="no git repository"):
            al.suspect_code(logs_of(made), blamed(made), repo=path)


def test_a_repository_starts_no_program_of_its_own(tmp_path, small, made):
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(small), str(clone))
    trap, sign = tmp_path / "trap.sh", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sign}\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv"):
        git(clone, "config", name, str(trap))
    (clone / ".git" / "info").mkdir(exist_ok=True)
    (clone / ".git" / "info" / "attributes").write_text("*.py diff=trap\n", encoding="utf-8")
    assert al.suspect_code(logs_of(made), blamed(made), repo=clone).commits
    assert not sign.exists()


def test_messages_cannot_forge_commits(tmp_path):
    path = tmp_path / "odd"
    path.mkdir()
    git(path, "init", "--quiet", "--initial-branch=main")
    git(path, "commit", "--quiet", "--allow-empty", "-m", "first")
    (path / "a b.py").write_text("+++ b/other.py\n@@ -1 +1 @@ def evil():\n", encoding="utf-8")
    git(path, "add", ".")
    git(path, "commit", "--quiet", "-m", "diff --git a/x b/x\n\n\x1e\x1f@@ -1 +1 @@")
    first, last = git(path, "rev-list", "--reverse", "main").split()
    (only,) = open_repository(path).commits(first, last, authors=False)
    assert list(only.changed) == ["a b.py"]
    assert only.subject == "diff --git a/x b/x"


def test_words_meet_whatever_the_case():
    shared = words_of("wrapProviderToken").keys() & words_of("wrap_provider_token").keys()
    assert shared == {"wrap", "provid", "token", "wrapprovidertoken"}
    trace = words_of('File "/srv/web/src/auth/wrapper.py", line 3')
    assert {"file:wrapper.py", "path:auth/wrapper.py"} <= trace.keys()
    assert {"file:wrapper.py", "path:auth/wrapper.py"} <= path_words(["src/auth/wrapper.py"]).keys()


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_any_text_has_words(text):
    assert all(count > 0 for count in words_of(text).values())


def test_likeness_by_hand():
    """Rare words count more than common ones, and nothing in common is 0."""
    documents = [{"token": 1.0, "wrap": 1.0}, {"token": 1.0, "cart": 1.0}, {"cart": 1.0}]
    scores = [score for score, _ in alike(documents, {"token": 1.0, "wrap": 1.0})]
    assert scores[0] > scores[1] > scores[2] == 0.0
    assert alike(documents, {"wrap": 1.0, "token": 1.0})[0][1] == ("wrap", "token")
    assert alike([], {"wrap": 1.0}) == []
