"""Archives and their members."""

import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import PACKERS, TEXT, read_all, tar, zipped, zstd

from authlogs.logs.verification import verify_sources
from authlogs.sources import archives, compression, members, spools, zips
from authlogs.sources.find import find

LONG = "long/" + "n" * 180 + ".log"
MEMBERS = [
    ("a.log", TEXT[:5000]),
    ("deep/é.log", TEXT[5000:20_000]),
    (LONG, b""),
    ("z.log", TEXT[:30_000]),
]
ARCHIVES = {
    "gnu": lambda members: tar(members, tarfile.GNU_FORMAT),
    "pax": lambda members: tar(members, tarfile.PAX_FORMAT),
    "deflated": zipped,
    "stored": lambda members: zipped(members, zipfile.ZIP_STORED),
    "bzipped": lambda members: zipped(members, zipfile.ZIP_BZIP2),
}


def read(tmp_path, data, name="a.bin"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_all(path)


@pytest.mark.parametrize("outside", ["plain", *PACKERS])
@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_are_files_whatever_the_archive_is_called(tmp_path, kind, outside):
    told, warnings = read(tmp_path, PACKERS.get(outside, bytes)(ARCHIVES[kind](MEMBERS)))
    assert told == [(f"a.bin!/{name}", data, None) for name, data in MEMBERS]
    assert warnings == ()


@pytest.mark.parametrize("inside", PACKERS)
@pytest.mark.parametrize("kind", ["gnu", "deflated"])
def test_members_may_be_compressed_themselves(tmp_path, kind, inside):
    packed = [(name, PACKERS[inside](data)) for name, data in MEMBERS]
    told, _ = read(tmp_path, ARCHIVES[kind](packed))
    assert told == [(f"a.bin!/{name}", data, None) for name, data in MEMBERS]


def test_an_old_tar_without_a_magic_number_is_a_tar(tmp_path):
    whole = bytearray(tar([("a.log", b"one\n")], tarfile.USTAR_FORMAT))
    whole[257:265] = bytes(8)
    whole[148:156] = b"%06o\0 " % sum(whole[:148] + b" " * 8 + whole[156:512])
    told, _ = read(tmp_path, bytes(whole))
    assert told == [("a.bin!/a.log", b"one\n", None)]


def test_links_and_devices_are_passed_over_and_counted(tmp_path):
    odd = []
    for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE,
                                   tarfile.DIRTYPE, tarfile.FIFOTYPE)):  # fmt: skip
        info = tarfile.TarInfo(f"odd{number}")
        info.type, info.linkname = kind, "/etc/passwd"
        odd.append(info)
    told, warnings = read(tmp_path, tar([*odd, ("a.log", b"one\n")]))
    assert told == [("a.bin!/a.log", b"one\n", None)]
    assert warnings == (
        f"{tmp_path}/a.bin: 1 devices, 1 hard links, 1 links, 1 named pipes were passed over",
    )


@pytest.mark.parametrize("kind", ["gnu", "deflated"])
def test_names_lead_nowhere_and_are_printable(tmp_path, kind):
    names = ["../../etc/passwd", "/abs.log", "a\nb.log", "./../x/./y.log"]
    told, _ = read(tmp_path, ARCHIVES[kind]([(name, b"x\n") for name in names]))
    shown = ["etc/passwd", "abs.log", "a\\nb.log", "x/y.log"]
    assert [name for name, _, _ in told] == [f"a.bin!/{name}" for name in shown]
    assert all(data == b"x\n" for _, data, _ in told)


@pytest.mark.parametrize("kind", ["gnu", "deflated"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_is_two_members(tmp_path, kind):
    told, _ = read(tmp_path, ARCHIVES[kind]([("a.log", b"one\n"), ("a.log", b"two\n")]))
    assert told == [("a.bin!/a.log", b"one\n", None), ("a.bin!/a.log#2", b"two\n", None)]


@pytest.mark.parametrize("kind", ["gnu", "deflated"])
def test_an_empty_archive_is_told(tmp_path, kind):
    told, warnings = read(tmp_path, ARCHIVES[kind]([("folder/", b"")] if kind == "gnu" else []))
    assert told == []
    assert warnings == (f"{tmp_path}/a.bin is an archive that holds no file",)


@pytest.mark.parametrize("outer", ["gnu", "deflated"])
@pytest.mark.parametrize("inner", ["gnu", "deflated", "stored"])
def test_an_archive_in_an_archive_is_opened_and_a_third_is_told(tmp_path, outer, inner):
    third = ARCHIVES[inner]([("deep.log", b"x\n")])
    second = ARCHIVES[inner]([("mid.log", TEXT), ("c.bin", third)])
    told, _ = read(tmp_path, ARCHIVES[outer]([("b.bin", PACKERS["gzip"](second))]))
    assert told[0] == ("a.bin!/b.bin!/mid.log", TEXT, None)
    assert told[1][0] == "a.bin!/b.bin!/c.bin"
    assert "an archive in 2 others: unpack it first" in told[1][2]


def whole_before(members, told):
    """Whether what was read is the beginning of what is there: whole members, then a cut one."""
    for at, ((name, data), (shown, read, _)) in enumerate(zip(members, told, strict=False)):
        if shown == "a.bin":
            return True
        assert shown == f"a.bin!/{name}"
        if read != data:
            assert data.startswith(read or b"")
            return at == len(told) - 1 or told[at + 1][0] == "a.bin"
    return True


@pytest.mark.parametrize("outside", ["plain", *PACKERS])
@given(cut=st.floats(0, 1))
def test_a_cut_tar_gives_every_line_before_the_cut(tmp_path_factory, outside, cut):
    inside = tar(MEMBERS)
    whole = PACKERS.get(outside, bytes)(inside)
    end = 600 + int(cut * (len(whole) - 601))
    path = tmp_path_factory.mktemp("cut") / "a.bin"
    path.write_bytes(whole[:end])
    told, _ = read_all(path)
    assert whole_before(MEMBERS, told)
    if outside == "plain":
        with tarfile.open(fileobj=io.BytesIO(inside)) as archive:
            there = archive.getmembers()
        begun = [one for one in there if one.offset_data < end]
        assert [len(data) for _, data, _ in told if data is not None][: len(begun)] == [
            min(one.size, end - one.offset_data) for one in begun
        ]


def test_the_last_member_of_a_cut_archive_says_why(tmp_path):
    whole = PACKERS["gzip"](tar([("a.log", TEXT), ("b.log", TEXT)]))
    told, _ = read(tmp_path, whole[: len(whole) * 3 // 4])
    (_, first, fault), (name, cut, why) = told
    assert (first, fault) == (TEXT, None)
    assert name == "a.bin!/b.log" and len(cut) > 10_000 and TEXT.startswith(cut)
    assert why == "the gzip ends before its content does"


@pytest.mark.parametrize("kind", ["deflated", "stored", "bzipped"])
@given(cut=st.floats(0, 1))
def test_a_cut_zip_gives_its_members_without_its_directory(tmp_path_factory, kind, cut):
    whole = ARCHIVES[kind](MEMBERS)
    end = 100 + int(cut * (len(whole) - 101))
    path = tmp_path_factory.mktemp("cut") / "a.bin"
    path.write_bytes(whole[:end])
    told, _ = read_all(path)
    assert whole_before(MEMBERS, told)
    assert any(fault for _, _, fault in told)
    ends = [one.header_offset for one in zipfile.ZipFile(io.BytesIO(whole)).infolist()][1:]
    for (_, data), start in zip(MEMBERS, ends, strict=False):
        if start <= end:
            assert data in [one for _, one, _ in told]


def test_a_streamed_zip_without_its_directory_is_walked(tmp_path):
    class Streamed(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, piece):
            self.data += piece
            return len(piece)

    made = Streamed()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS:
            archive.writestr(name, data)
    whole = bytes(made.data)
    told, _ = read(tmp_path, whole)
    assert [one[:2] for one in told] == [(f"a.bin!/{name}", data) for name, data in MEMBERS]
    told, _ = read(tmp_path, whole[: whole.find(b"PK\x01\x02")])
    assert [one[:2] for one in told[:-1]] == [(f"a.bin!/{name}", data) for name, data in MEMBERS]
    assert told[-1][0] == "a.bin" and "4 members were found without it" in told[-1][2]


@given(
    kind=st.sampled_from(list(ARCHIVES)),
    outside=st.sampled_from(["plain", *PACKERS]),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_damaged_archives_raise_nothing(tmp_path_factory, kind, outside, edits):
    whole = bytearray(PACKERS.get(outside, bytes)(ARCHIVES[kind](MEMBERS[:3])))
    for where, junk in edits:
        at = int(where * len(whole))
        whole[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("damaged") / "a.bin"
    path.write_bytes(whole)
    told, warnings = read_all(path)
    assert all(name.isprintable() for name, _, _ in told)
    assert told or warnings


def test_a_damaged_header_in_a_tar_ends_it_and_is_told(tmp_path):
    whole = bytearray(tar(MEMBERS[:2]))
    at = 512 + -(-len(MEMBERS[0][1]) // 512) * 512
    whole[at + 150] ^= 0xFF
    told, _ = read(tmp_path, bytes(whole))
    assert told[0] == ("a.bin!/a.log", MEMBERS[0][1], None)
    assert told[1][0] == "a.bin" and f"no header at byte {at:,}" in told[1][2]


def test_a_member_of_a_tar_with_a_size_below_zero_is_damage_and_no_loop(tmp_path):
    whole = bytearray(tar(MEMBERS[:1]))
    whole[124:136] = b"\xff" * 12
    whole[148:156] = b"%06o\0 " % sum(whole[:148] + b" " * 8 + whole[156:512])
    told, _ = read(tmp_path, tar([("a.log", b"one\n")])[:1024] + bytes(whole))
    assert told[0] == ("a.bin!/a.log", b"one\n", None)
    assert "no header" in told[1][2]


def test_tars_one_after_the_other_are_both_read(tmp_path):
    told, _ = read(tmp_path, tar([("a.log", b"one\n")]) + tar([("b.log", b"two\n")]))
    assert [one[:2] for one in told] == [("a.bin!/a.log", b"one\n"), ("a.bin!/b.log", b"two\n")]


def test_encrypted_and_unknown_members_of_a_zip_say_what_to_do(tmp_path):
    whole = bytearray(zipped([("a.log", b"one\n"), ("b.log", b"two\n"), ("c.log", b"three\n")]))
    entries = [at for at in range(len(whole)) if whole[at : at + 4] == b"PK\x01\x02"]
    struct.pack_into("<H", whole, entries[0] + 8, 1)
    struct.pack_into("<H", whole, entries[1] + 10, 97)
    told, _ = read(tmp_path, bytes(whole))
    assert "encrypted" in told[0][2] and "password" in told[0][2]
    assert "number 97" in told[1][2]
    assert told[2] == ("a.bin!/c.log", b"three\n", None)


def test_a_zip_member_that_was_altered_is_told(tmp_path):
    whole = bytearray(zipped([("a.log", b"one line\n")], zipfile.ZIP_STORED))
    whole[whole.find(b"one line")] ^= 1
    told, _ = read(tmp_path, bytes(whole))
    assert told[0][1] == b"nne line\n" and "checksum" in told[0][2]


def test_bombs_in_archives_are_stopped(tmp_path, monkeypatch):
    for module in (compression, zips):
        monkeypatch.setattr(module, "FREE", 1 << 20)
        monkeypatch.setattr(module, "MOST", 500)
    many = [(f"{number}.log", bytes(3 << 20)) for number in range(3)]
    told, _ = read(tmp_path, zipped(many))
    assert all("compression.MOST" in fault for _, _, fault in told)
    told, _ = read(tmp_path, zstd(tar(many)))
    assert sum(len(data or b"") for _, data, _ in told) < 4 << 20
    assert "compression.MOST" in told[-1][2]


def test_a_bomb_in_an_archive_is_weighed_by_what_the_archive_is_on_disk(tmp_path, monkeypatch):
    """A hundred equal small bombs, none of which is too large alone, shrink to one of them."""
    monkeypatch.setattr(compression, "FREE", 1 << 20)
    inner = PACKERS["gzip"](bytes(900 << 10))
    data = PACKERS["xz"](tar([(f"{number}.gz", inner) for number in range(100)]))
    told, _ = read(tmp_path, data)
    made = sum(len(data or b"") for _, data, _ in told)
    assert made < compression.MOST * len(data) + (10 << 20)
    assert any("compression.MOST" in (fault or "") for _, _, fault in told)


def test_a_zip_that_lies_about_its_size_is_cut_there(tmp_path):
    whole = bytearray(zipped([("a.log", TEXT)]))
    entry = whole.find(b"PK\x01\x02")
    struct.pack_into("<I", whole, entry + 24, 1000)
    told, _ = read(tmp_path, bytes(whole))
    assert TEXT.startswith(told[0][1]) and "1,000 bytes that its zip tells of" in told[0][2]


def test_too_many_members_are_told(tmp_path, monkeypatch):
    from authlogs.sources import tars

    for module in (tars, zips):
        monkeypatch.setattr(module, "MOST_MEMBERS", 5)
    many = [(f"{number}.log", b"x\n") for number in range(9)]
    for data in (tar(many), zipped(many)):
        told, _ = read(tmp_path, data)
        assert len(told) == 6 and "members.MOST_MEMBERS" in told[-1][2]
    assert members.MOST_MEMBERS == 100_000


def test_only_a_few_copies_are_kept_and_the_rest_are_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(spools, "MOST_HELD", 2)
    for number in range(6):
        path = tmp_path / f"{number}.tgz"
        path.write_bytes(PACKERS["gzip"](tar([("a.log", b"%d\n" % number)])))
    told, _ = read_all(tmp_path)
    assert [data for _, data, _ in told] == [b"%d\n" % number for number in range(6)]


def test_a_copy_that_is_too_large_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(spools, "LARGEST", 1 << 16)
    told, _ = read(tmp_path, PACKERS["gzip"](tar([("a.log", TEXT)])))
    assert TEXT.startswith(told[0][1]) and "spools.LARGEST" in told[0][2]


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(spools, "LEFT_FREE", 1 << 60)
    monkeypatch.setattr(spools, "_LOOKS_EVERY", 1 << 16)
    told, _ = read(tmp_path, PACKERS["gzip"](tar([("a.log", TEXT * 4)])))
    assert (TEXT * 4).startswith(told[0][1]) and "too little space" in told[0][2]
    assert "TMPDIR" in told[0][2]


def open_files():
    """How many files this process has open, where the system tells."""
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0


def test_reading_an_archive_leaves_no_file_open_and_none_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(spools, "IN_MEMORY", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    before = open_files()
    told, _ = read(tmp_path, PACKERS["xz"](tar(MEMBERS)))
    assert len(told) == 4
    assert not list((tmp_path / "temp").iterdir())
    assert open_files() <= before


def test_members_are_verified_against_the_archive(tmp_path):
    import authlogs as al

    line = b'{"@timestamp":"2024-05-03T14:00:00Z","event":{"action":"login"},"message":"m"}\n'
    inner = tar([("x.log", line * 3)])
    path = tmp_path / "a.tar.gz"
    path.write_bytes(PACKERS["gzip"](tar([("x.log.bz2", PACKERS["bz2"](line)), ("b.tar", inner)])))
    logs = al.read(path)
    names = ["a.tar.gz!/x.log.bz2", "a.tar.gz!/b.tar!/x.log"]
    assert logs.sources["source_file"].to_pylist() == names
    assert logs.tally().total.lines == 4 and logs.tally().holds
    assert verify_sources(logs.sources).files == dict.fromkeys(names, "same")
    path.write_bytes(PACKERS["gzip"](tar([("x.log.bz2", PACKERS["bz2"](line + line))])))
    assert list(verify_sources(logs.sources).files.values()) == ["altered", "missing"]


def test_finding_without_looking_inside_opens_nothing(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(MEMBERS))
    assert [one.name for one in find(tmp_path, inside=False).files] == ["a.zip"]
    assert archives.DEEPEST == 2
