"""Files that change while they are read, and files that grew since."""

import hashlib
import os

import pytest
from packing import TEXT

from authlogs.sources.compression import Stored

BIG = TEXT * 20  # more than one piece


def read_while(path, change):
    """Read a file and change it after the first piece."""
    stored = Stored(path)
    pieces = stored.chunks()
    data = next(pieces)
    change()
    return data + b"".join(pieces), stored


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "app.log"
    file.write_bytes(BIG)
    return file


def append(path, data):
    with path.open("ab") as file:
        file.write(data)


def test_growing_is_noted_and_no_fault(path):
    data, stored = read_while(path, lambda: append(path, b"more\n"))
    assert data == BIG
    assert stored.fault is None and not stored.truncated
    assert stored.note == f"it grew while it was read: the first {len(BIG):,} bytes were read"
    assert (stored.size, stored.sha256) == (len(BIG), hashlib.sha256(BIG).hexdigest())


def test_shrinking_is_a_fault(path):
    data, stored = read_while(path, lambda: os.truncate(path, 1_500_000))
    assert data == BIG[:1_500_000]
    assert stored.truncated and "shrank" in stored.fault and "read a copy" in stored.fault


def test_being_emptied_and_filled_again_is_a_fault(path):
    def rewrite():
        os.truncate(path, 0)
        append(path, b"other" * len(BIG))

    _, stored = read_while(path, rewrite)
    assert stored.truncated and "written anew" in stored.fault


def test_being_written_over_is_a_fault(path):
    def overwrite():
        with path.open("r+b") as file:
            file.write(b"other")
        os.utime(path, ns=(1, 1))

    _, stored = read_while(path, overwrite)
    assert stored.truncated and "written over" in stored.fault


def test_rotation_is_noted_and_the_old_file_is_read_to_its_end(path):
    def rotate():
        path.rename(path.with_suffix(".1"))
        path.write_bytes(b"new\n")

    data, stored = read_while(path, rotate)
    assert data == BIG and stored.fault is None
    assert "rotated" in stored.note


def test_a_quiet_file_is_noted_by_nothing(path):
    _, stored = read_while(path, lambda: None)
    assert stored.fault is None and stored.note is None


def test_growth_is_a_note_of_the_whole_read_and_no_error_of_the_file(tmp_path, monkeypatch):
    import authlogs as al
    from authlogs.sources import places

    line = b'{"@timestamp":"2024-05-03T14:00:00Z","event":{"action":"login"},"message":"m"}\n'
    log = tmp_path / "app.jsonl"
    log.write_bytes(line * 5)
    real = places.os.fstat

    def fstat(number):
        status = real(number)
        if status.st_ino == log.stat().st_ino:
            append(log, line)
        return status

    monkeypatch.setattr(places.os, "fstat", fstat)
    logs = al.read(log)
    assert logs.sources["error"].to_pylist() == [None]
    assert any("app.jsonl: it grew while it was read" in told for told in logs.warnings)


def known(path):
    stored = Stored(path)
    b"".join(stored.chunks())
    return {"size": stored.size, "sha256": stored.sha256}
