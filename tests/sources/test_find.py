"""Which files paths mean."""

import os

import pytest

from authlogs.errors import BadCall, UnknownPath
from authlogs.sources.find import find


@pytest.fixture
def folder(tmp_path):
    for name in ("b.log", "a.log", "deep/c.log", ".hidden/d.log", ".e.log"):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "logs"


def names(paths):
    return [found.name for found in find(paths).files]


def test_a_folder_gives_its_files_in_order_and_says_what_is_hidden(folder):
    findings = find(folder)
    assert [one.name for one in findings.files] == ["a.log", "b.log", "deep/c.log"]
    assert findings.warnings == ("2 hidden entries were not read: .hidden, .e.log",)


def test_a_hidden_file_is_read_when_it_is_named(folder):
    assert names(folder / ".e.log") == [".e.log"]


def test_a_glob_names_files_relative_to_its_fixed_part(folder):
    assert names(str(folder / "*.log")) == ["a.log", "b.log"]
    assert names(str(folder / "**" / "c.log")) == ["deep/c.log"]
    assert names(str(folder / "d*")) == ["deep/c.log"]


def test_a_file_name_with_brackets_is_no_glob(tmp_path):
    (tmp_path / "app[1].log").write_text("x")
    assert names(str(tmp_path / "app[1].log")) == ["app[1].log"]


def test_two_paths_with_one_name_are_told_apart(tmp_path):
    for side in ("east", "west"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "app.log").write_text(side)
    given = [tmp_path / "east", tmp_path / "west"]
    assert names(given) == [str(tmp_path / side / "app.log") for side in ("east", "west")]


def test_the_same_file_twice_is_read_once_and_said(folder):
    os.link(folder / "a.log", folder / "z.log")
    findings = find(folder)
    assert "z.log" not in [one.name for one in findings.files]
    assert findings.warnings[-1] == "z.log is the same file as a.log, read once"
    assert names([folder / "a.log", folder / "a.log"]) == ["a.log"]


def test_a_loop_of_folders_ends(folder):
    (folder / "deep" / "loop").symlink_to(folder, target_is_directory=True)
    assert names(folder) == ["a.log", "b.log", "deep/c.log"]


@pytest.mark.parametrize("wrong", ["lgos", "logs/a.lgo", "nowhere/at/all", "*.nothing"])
def test_an_unknown_path_says_what_is_near(folder, wrong):
    with pytest.raises(UnknownPath) as caught:
        find(str(folder.parent / wrong))
    assert caught.value.next_step
    if wrong == "lgos":
        assert str(folder) in caught.value.next_step


def test_no_path_is_a_bad_call():
    with pytest.raises(BadCall):
        find([])


def test_what_could_block_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    errors = {one.name: one.error for one in find(tmp_path).files}
    assert "named pipe" in errors["pipe"]
    assert "leads nowhere" in errors["nowhere"]
    (device,) = find("/dev/null").files
    assert "device" in device.error
