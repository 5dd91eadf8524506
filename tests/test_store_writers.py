"""Those who write to a store: killed, two at once, out of space, without permission."""

import json
import os
import subprocess
import sys

import pytest
from places import ROOT
from store_cases import KEY, append, content, expected, files_of, read_lines, tables

import authlogs as al
from authlogs.errors import Unwritable
from authlogs.logs import StoreWriter, compact
from authlogs.schema import SOURCES

ONE = b"E 1 a\nE 90000 b\nbad\n"
FILL = """
import resource, sys
from store_cases import append, KEY, Path
limit = int(sys.argv[3])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from authlogs.errors import Unwritable
try:
    append(Path(sys.argv[1]), Path(sys.argv[2]))
except Unwritable as error:
    print(error)
    sys.exit(7)
"""


@pytest.fixture
def store(tmp_path):
    (tmp_path / "one.log").write_bytes(ONE)
    append(tmp_path / "store", tmp_path / "one.log")
    return tmp_path / "store"


def python(*words):
    """Run Python beside the tests, as another process would."""
    paths = [str(ROOT), str(ROOT / "tests")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_a_killed_writer_leaves_the_old_store_or_the_new():
    ran = python(ROOT / "benchmarks" / "kills.py", "--kills", 12)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["kills"], told["damaged_stores"], told["doubled_rows"]) == (12, 0, 0)


def test_what_a_killed_writer_left_is_not_read_and_is_removed(store, tmp_path):
    left = store / "events" / "date=2024-05-06" / "20240505T000000-0123456789ab-0.parquet"
    left.parent.mkdir()
    left.write_bytes(b"half a fi")
    key = tmp_path / "store.key.part"
    key.write_bytes(b"another key")
    own = store / "events" / "notes.parquet"
    own.write_bytes(b"not ours")
    assert content(al.load(store)) == expected(("one.log", ONE))
    StoreWriter(store).__exit__(None, None, None)
    assert not left.parent.exists() and not key.exists() and own.exists()
    assert content(al.load(store)) == expected(("one.log", ONE))


def test_a_store_whose_first_writer_was_killed_is_begun_anew(tmp_path):
    place = tmp_path / "store"
    left = place / "events" / "date=none" / "20240505T000000-0123456789ab-0.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"")
    (place / "writer.lock").write_text("1\n")
    (tmp_path / "one.log").write_bytes(ONE)
    append(place, tmp_path / "one.log")
    assert content(al.load(place)) == expected(("one.log", ONE)) and not left.exists()


def test_the_key_of_a_writer_killed_after_its_commit_is_found(store, tmp_path):
    key = tmp_path / "store.key"
    key.rename(tmp_path / "store.key.part")
    key.write_bytes(b"the key of what was there before")
    assert al.load(store).key == KEY
    with StoreWriter(store) as writer:
        assert writer.key == KEY
    assert key.read_bytes() == KEY


def test_a_second_writer_is_told_who_writes(store):
    said = []
    with StoreWriter(store), pytest.raises(Unwritable, match=rf"pid {os.getpid()}\)"):
        StoreWriter(store, wait_s=0.15, say=said.append)
    assert len(said) == 1 and str(os.getpid()) in said[0]
    with StoreWriter(store), pytest.raises(Unwritable, match="another process"):
        compact(store, wait_s=0)
    StoreWriter(store, wait_s=0).__exit__(None, None, None)


def test_a_second_writer_waits_for_the_first(store):
    first = StoreWriter(store)

    def let_go(_):
        first.add(*tables(read_lines(b"E 5 x\n", "x.log")[0]))
        first.commit(SOURCES.empty_table())
        first.__exit__(None, None, None)

    with StoreWriter(store, wait_s=60, say=let_go) as second:
        second.add(*tables(read_lines(b"E 6 y\n", "y.log")[0]))
        second.commit(SOURCES.empty_table())
    assert al.load(store).events["message"].to_pylist() == ["E 1 a", "E 5 x", "E 6 y", "E 90000 b"]


def test_a_full_disk_is_told_and_the_old_store_is_whole(store, tmp_path):
    big = tmp_path / "big.log"
    big.write_bytes(
        b"".join(b"E %d %s\n" % (at, os.urandom(40).hex().encode()) for at in range(9000))
    )
    before = files_of(store)
    ran = python("-c", FILL, store, big, 100_000)
    assert ran.returncode == 7, ran.stderr
    assert "too large" in ran.stdout and "next:" in ran.stdout
    assert files_of(store) == before


def test_a_full_file_system_is_told_and_the_old_store_is_whole(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"no small disk could be mounted: {mounted.stderr.decode().strip()}")
    try:
        (tmp_path / "one.log").write_bytes(ONE)
        append(disk / "store", tmp_path / "one.log")
        before = files_of(disk / "store")
        lines = [b"E %d %s\n" % (at, os.urandom(40).hex().encode()) for at in range(20_000)]
        (tmp_path / "big.log").write_bytes(b"".join(lines))
        with pytest.raises(Unwritable, match=r"(?i)no space"):
            append(disk / "store", tmp_path / "big.log")
        assert files_of(disk / "store") == before
        assert content(al.load(disk / "store")) == expected(("one.log", ONE))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_is_told(store):
    store.chmod(0o500)
    try:
        with pytest.raises(Unwritable, match=r"(?i)permission"):
            StoreWriter(store)
    finally:
        store.chmod(0o700)


def test_a_folder_that_is_no_store_is_left_alone(tmp_path):
    (tmp_path / "manifest.json").write_text('{"schema": "authlogs.manifest/1"}')
    with pytest.raises(Unwritable, match="other things"):
        StoreWriter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_an_interrupted_writer_leaves_nothing(store):
    before = files_of(store)

    def interrupted():
        with StoreWriter(store) as writer:
            writer.add(*tables(read_lines(b"E 5 x\n", "x.log")[0]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert files_of(store) == before
