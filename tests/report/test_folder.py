"""A report's folder: written whole, never over another, and verifiable."""

import csv
import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from example_investigation import example

from authlogs.errors import BadCall, UnknownPath, Unwritable
from authlogs.report import folder as room
from authlogs.report import shown
from authlogs.report.custody import Custody
from authlogs.report.folder import verify_report, write_report
from authlogs.report.quotes import quotes
from authlogs.report.shown import page_of

ALL = {
    "timeline.png", "timeline.svg", "report.html", "report.md", "result.json", "manifest.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def report(sample_investigation, tmp_path_factory):
    """A report of the sample; nobody changes it."""
    folder = tmp_path_factory.mktemp("reports") / "deep" / "one"
    custody = Custody(
        command="authlogs investigate sample", obtained={"*.gz": "copied by ana", "a*": "scp"}
    )
    write_report(sample_investigation, folder, custody=custody)
    return folder


@pytest.fixture
def small(tmp_path):
    """A report of the example, to be changed."""
    write_report(example(), tmp_path / "small")
    return tmp_path / "small"


def test_the_folder_holds_every_file_and_nothing_else(report):
    assert {path.name for path in report.iterdir()} == ALL
    assert (report / "timeline.png").read_bytes().startswith(b"\x89PNG")
    assert (report / "report.html").stat().st_size < 500_000


def test_the_manifest_is_the_last_that_is_returned(tmp_path):
    written = write_report(example(), tmp_path / "new")
    assert written[-1].name == "manifest.json"
    assert {path.name for path in written} == ALL
    assert all(path.is_file() for path in written)


def test_the_result_is_the_one_document(small):
    assert json.loads((small / "result.json").read_text()) == example().to_dict()


def test_the_manifest_says_when_how_from_what_and_gives_right_hashes(report, sample):
    told = json.loads((report / "manifest.json").read_text())
    made = datetime.fromisoformat(told["created"])
    assert abs((datetime.now(UTC) - made).total_seconds()) < 600
    assert told["command"] == "authlogs investigate sample"
    assert {"authlogs", "python", "pyarrow", "duckdb", "matplotlib"} <= told["software"].keys()
    assert told["outputs"].keys() == ALL - {"manifest.json"}
    seal = hashlib.sha256((report / "manifest.json").read_bytes()).hexdigest()
    for name, digest in told["outputs"].items():
        content = (report / name).read_bytes()
        if name in {"report.html", "report.md"}:
            assert content.count(seal.encode()) == 1
            content = content.replace(seal.encode(), b"0" * 64)
        assert hashlib.sha256(content).hexdigest() == digest
    assert {s["source_file"] for s in told["sources"]} == {p.name for p in sample.iterdir()}
    for one in told["sources"]:
        stored = (sample / one["source_file"]).read_bytes()
        assert one["sha256"] == hashlib.sha256(stored).hexdigest()
        assert one["size"] == len(stored)
        assert one["obtained"] == (
            "copied by ana"
            if one["source_file"].endswith(".gz")
            else "scp"
            if one["source_file"].startswith("a")
            else None
        )
    assert sum(one["lines"] for one in told["sources"]) > 100_000


def test_only_the_formats_asked_for_are_written(tmp_path):
    write_report(example(), tmp_path, formats=("json", " md"))
    assert {p.name for p in tmp_path.iterdir()} == ALL - {"report.html"}


def test_an_untouched_report_and_its_sources_verify(report, sample):
    assert verify_report(report) == {}
    assert verify_report(report, logs=sample) == {}


def test_altered_and_missing_outputs_are_seen(small):
    (small / "report.md").write_text("nothing happened", encoding="utf-8")
    (small / "timeline.svg").unlink()
    assert verify_report(small) == {"report.md": "altered", "timeline.svg": "missing"}


def test_altered_missing_and_grown_sources_are_seen(report, sample, tmp_path):
    for file in sample.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "changes.csv").write_bytes(b"?" + (sample / "changes.csv").read_bytes()[1:])
    (tmp_path / "alerts.json").unlink()
    with (tmp_path / "deployments.json").open("ab") as file:
        file.write(b"\n")
    assert verify_report(report, logs=tmp_path) == {
        "changes.csv": "altered",
        "alerts.json": "missing",
        "deployments.json": "rotated",
    }


def test_sources_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for name in ("a/x.log", "b/x.log"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"one\n")
    digest = hashlib.sha256(b"one\n").hexdigest()
    sources = tuple(
        example().sources[0] | {"source_file": name, "sha256": digest, "size": 4}
        for name in ("a/x.log", "b/x.log")
    )
    write_report(example(sources=sources), tmp_path / "r", formats=("json",))
    assert verify_report(tmp_path / "r", logs=tmp_path) == {}
    (tmp_path / "b/x.log").write_bytes(b"two\n")
    assert verify_report(tmp_path / "r", logs=tmp_path) == {"b/x.log": "altered"}


def test_a_report_is_not_replaced_unless_told(small):
    before = {path.name: path.read_bytes() for path in small.iterdir()}
    with pytest.raises(Unwritable, match="there already") as told:
        write_report(example(), small)
    assert "force" in told.value.next_step
    assert {path.name: path.read_bytes() for path in small.iterdir()} == before


def test_any_file_of_a_report_is_reason_to_refuse(tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(Unwritable, match=re.escape("report.html")):
        write_report(example(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_force_replaces_the_report_as_a_whole_and_nothing_else(small):
    (small / "notes.txt").write_text("mine")
    write_report(example(), small, formats=("json",), force=True)
    left = {path.name for path in small.iterdir()}
    assert left == ALL - {"report.html", "report.md"} | {"notes.txt"}
    assert verify_report(small) == {}


def test_a_link_in_the_place_of_a_file_is_not_followed(small, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (small / "report.md").unlink()
    (small / "report.md").symlink_to(outside)
    write_report(example(), small, force=True)
    assert outside.read_text() == "mine"
    assert not (small / "report.md").is_symlink()


def test_what_fails_half_way_leaves_the_report_that_was_there(small, monkeypatch):
    before = {path.name: path.read_bytes() for path in small.iterdir()}

    def full(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "write_private", full)
    with pytest.raises(Unwritable, match="No space left"):
        write_report(example(), small, force=True)
    assert {path.name: path.read_bytes() for path in small.iterdir()} == before


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="cannot be written") as told:
        write_report(example(), tmp_path / "file" / "report")
    assert "folder that you may write to" in told.value.next_step


@pytest.mark.parametrize("formats", [("docx",), ("html", "xlsx"), ("",)])
def test_an_unknown_format_is_a_bad_call_before_anything_is_written(tmp_path, formats):
    with pytest.raises(BadCall, match="no report format"):
        write_report(example(), tmp_path / "r", formats=formats)
    assert not (tmp_path / "r").exists()


def test_a_folder_without_a_report_cannot_be_verified(tmp_path):
    with pytest.raises(UnknownPath, match="no report"):
        verify_report(tmp_path)
    for text in ("{", "[]", '{"schema": "other"}'):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(BadCall, match="no manifest"):
            verify_report(tmp_path)


def test_no_token_of_the_sample_is_in_the_report(report):
    for path in report.iterdir():
        assert b"eyJ" not in path.read_bytes() or path.suffix == ".png"


def test_the_table_of_lines_has_those_for_which_the_page_has_no_room(
    sample_investigation, sample_logs, tmp_path, monkeypatch
):
    monkeypatch.setattr(shown, "MOST_QUOTED", 500)
    found, out = sample_investigation, tmp_path / "new"
    write_report(found, out, logs=sample_logs, formats=("md", "csv"))
    every = quotes(found, sample_logs)
    with (out / "tables" / "lines.csv").open(encoding="utf-8", newline="") as file:
        told = [f"{row['source_file']}:{row['line_no']}" for row in csv.DictReader(file)]
    assert told == [quote.row for quote in every]
    assert len(page_of(found, lines=every).lines) < len(every)
