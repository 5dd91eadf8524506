"""Stored bytes and the streams they hold."""

import bz2
import gzip
import hashlib
import lzma
import shutil
import subprocess
import zlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import PACKERS, TEXT, content, zstd

from authlogs.sources import compression

KINDS = list(PACKERS)
FEW = TEXT[:700]


def before(kind, stored):
    """All that can be known of the first bytes of one member or more, by the slow way."""
    if kind == "zstd":
        stream, known = pa.CompressedInputStream(pa.BufferReader(stored), "zstd"), bytearray()
        try:
            while byte := stream.read(1):
                known += byte
        except OSError:
            pass
        return bytes(known)
    known = b""
    while stored:
        one = {
            "gzip": lambda: zlib.decompressobj(31),
            "bz2": bz2.BZ2Decompressor,
            "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ),
        }[kind]()
        known += one.decompress(stored)
        stored = one.unused_data
    return known


@pytest.mark.parametrize("kind", ["none", *KINDS])
@pytest.mark.parametrize("data", [b"", b"x", TEXT], ids=["empty", "byte", "text"])
def test_a_stream_comes_back_whole_with_the_hash_of_what_is_stored(tmp_path, kind, data):
    path = tmp_path / "stored"
    path.write_bytes(PACKERS.get(kind, bytes)(data))
    told, stored = content(path)
    assert told == data
    assert stored.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (stored.compression, stored.size) == (kind, path.stat().st_size)
    assert stored.fault is None and not stored.truncated


@pytest.mark.parametrize("kind", KINDS)
def test_members_follow_each_other_with_padding_between(tmp_path, kind):
    path, pack = tmp_path / "stored", PACKERS[kind]
    path.write_bytes(pack(TEXT) + pack(b"") + bytes(64) + pack(b"more\n") + bytes(4096))
    told, stored = content(path)
    assert told == TEXT + b"more\n"
    assert stored.fault is None


@pytest.mark.parametrize("tool", ["gzip", "bzip2", "xz", "zstd"])
def test_what_the_usual_tools_write_is_read(tmp_path, tool):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed here")
    made = subprocess.run([tool, "-c"], input=TEXT, capture_output=True, check=True).stdout
    path = tmp_path / "stored"
    path.write_bytes(made + made)
    assert content(path)[0] == TEXT + TEXT


@given(kind=st.sampled_from(KINDS), cut=st.floats(0, 1))
def test_cut_anywhere_gives_every_byte_before_the_cut_and_says_so(tmp_path_factory, kind, cut):
    first, second = PACKERS[kind](TEXT), PACKERS[kind](FEW)
    whole = first + second
    end = 12 + int(cut * (len(whole) - 13))
    path = tmp_path_factory.mktemp("cut") / "stored"
    path.write_bytes(whole[:end])
    told, stored = content(path)
    assert told == before(kind, whole[:end])
    assert (TEXT + FEW).startswith(told)
    if end != len(first):
        assert stored.truncated and "ends before" in stored.fault
    assert stored.sha256 == hashlib.sha256(whole[:end]).hexdigest()


@given(
    kind=st.sampled_from(KINDS),
    where=st.floats(0, 1),
    junk=st.one_of(st.binary(min_size=1, max_size=80), st.integers(1, 255)),
)
def test_damage_anywhere_loses_no_byte_before_it(tmp_path_factory, kind, where, junk):
    whole = PACKERS[kind](TEXT) + PACKERS[kind](FEW)
    at = 12 + int(where * (len(whole) - 13))
    damaged = bytearray(whole)
    if isinstance(junk, int):
        damaged[at] ^= junk
    else:
        damaged[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("damaged") / "stored"
    path.write_bytes(damaged)
    told, stored = content(path)
    assert told.startswith(before(kind, whole[:at]))
    assert stored.sha256 == hashlib.sha256(damaged).hexdigest()
    if kind != "zstd" and told != TEXT + FEW:  # zstd has a checksum only if its writer wants one
        assert stored.fault is not None


@given(kind=st.sampled_from(KINDS), junk=st.binary(max_size=300))
def test_any_bytes_behind_a_magic_number_are_read_without_an_exception(
    tmp_path_factory, kind, junk
):
    path = tmp_path_factory.mktemp("junk") / "stored"
    path.write_bytes(PACKERS[kind](b"")[:6] + junk)
    content(path)


@pytest.mark.parametrize("kind", KINDS)
def test_rubbish_after_the_last_member_is_told(tmp_path, kind):
    path = tmp_path / "stored"
    path.write_bytes(PACKERS[kind](TEXT) + bytes(512) + b"rubbish that is no member")
    told, stored = content(path)
    assert told == TEXT
    assert f"no {kind}" in stored.fault and not stored.truncated


def test_a_zstd_may_begin_with_a_frame_that_is_to_be_skipped(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(b"\x52\x2a\x4d\x18\x05\0\0\0hello" + zstd(TEXT) + b"\x50\x2a\x4d\x18\0\0\0\0")
    told, stored = content(path)
    assert told == TEXT and stored.fault is None


def test_compressions_inside_each_other_are_undone(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(gzip.compress(lzma.compress(zstd(TEXT))))
    told, stored = content(path)
    assert told == TEXT and stored.compression == "gzip+xz+zstd"
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert content(path)[0] == zstd(TEXT)  # three and no more


def test_a_cut_outside_gives_all_that_stands_before_it_inside(tmp_path):
    whole = gzip.compress(bz2.compress(TEXT, 1))
    cut = whole[:-300]
    path = tmp_path / "stored"
    path.write_bytes(cut)
    told, stored = content(path)
    assert told == before("bz2", before("gzip", cut))
    assert len(told) > 50_000
    assert stored.truncated and "gzip ends before" in stored.fault


def test_a_line_that_begins_like_bzip2_is_text(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(b"BZh9 is how a bzip2 begins\n")
    told, stored = content(path)
    assert told == path.read_bytes() and stored.compression == "none"


@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_stopped_and_says_how_to_go_on(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(compression, "FREE", 1 << 20)
    monkeypatch.setattr(compression, "MOST", 500)
    path = tmp_path / "stored"
    path.write_bytes(PACKERS[kind](bytes(20 << 20)))
    told, stored = content(path)
    assert len(told) <= 12 << 20
    assert "compression.MOST" in stored.fault and "unpack it first" in stored.fault
    assert stored.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_gzip_can_be_more_than_what_any_log_may_be():
    data = bytes(50 << 20)
    assert len(data) < compression.MOST * len(gzip.compress(data, 9))


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path):
    told, stored = content(tmp_path)
    assert told == b"" and "reading stopped" in stored.fault
