"""Stored bytes and the streams they hold."""

import gzip
import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlogs.sources.compression import Stored

TEXT = b"".join(b"line %d of a log that goes on\n" % number for number in range(20_000))


def squeeze(data, kind):
    if kind == "gzip":
        return gzip.compress(data, mtime=0)
    return pa.compress(data, "zstd", asbytes=True) if kind == "zstd" else data


def content(path):
    stored = Stored(path)
    return b"".join(stored.chunks()), stored


@pytest.mark.parametrize("kind", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("data", [b"", b"x", TEXT], ids=["empty", "byte", "text"])
def test_a_stream_comes_back_whole_with_the_hash_of_what_is_stored(tmp_path, kind, data):
    path = tmp_path / "stored"
    path.write_bytes(squeeze(data, kind))
    told, stored = content(path)
    assert told == data
    assert stored.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (stored.compression, stored.size) == (kind, path.stat().st_size)
    assert stored.fault is None and not stored.truncated


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_members_follow_each_other(tmp_path, kind):
    path = tmp_path / "stored"
    path.write_bytes(squeeze(TEXT, kind) + squeeze(b"more\n", kind))
    assert content(path)[0] == TEXT + b"more\n"


@given(cut=st.floats(0.0, 1.0), kind=st.sampled_from(["gzip", "zstd"]))
def test_cut_anywhere_gives_a_beginning_and_says_so(tmp_path_factory, cut, kind):
    whole = squeeze(TEXT, kind)
    end = 10 + int(cut * (len(whole) - 11))
    path = tmp_path_factory.mktemp("cut") / "stored"
    path.write_bytes(whole[:end])
    told, stored = content(path)
    assert TEXT.startswith(told)
    assert stored.truncated and "ends before" in stored.fault
    assert stored.sha256 == hashlib.sha256(whole[:end]).hexdigest()


def test_a_cut_gzip_gives_all_that_zlib_can_read(tmp_path):
    whole = squeeze(TEXT, "gzip")
    path = tmp_path / "stored"
    path.write_bytes(whole[:-8])  # nothing but the checksum is missing
    told, stored = content(path)
    assert told == TEXT and stored.truncated


def test_padding_is_no_fault_and_rubbish_is(tmp_path):
    path = tmp_path / "stored"
    path.write_bytes(squeeze(TEXT, "gzip") + bytes(512))
    assert content(path)[0] == TEXT and content(path)[1].fault is None
    path.write_bytes(squeeze(TEXT, "gzip") + b"rubbish")
    told, stored = content(path)
    assert told == TEXT and "no gzip" in stored.fault


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_damage_in_the_middle_is_told(tmp_path, kind):
    damaged = bytearray(squeeze(TEXT, kind))
    damaged[len(damaged) // 2 : len(damaged) // 2 + 64] = bytes(range(64, 128))
    path = tmp_path / "stored"
    path.write_bytes(bytes(damaged))
    told, stored = content(path)
    assert stored.fault is not None or told != TEXT
    assert TEXT.startswith(told[:1000])


def test_a_folder_in_place_of_a_file_is_a_fault(tmp_path):
    told, stored = content(tmp_path)
    assert told == b"" and "reading stopped" in stored.fault
