"""What is appended to a store: every source once, however often and in whatever pieces it comes."""

import json
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from store_cases import KEY, append, content, expected, files_of, read_lines, source_row, tables

import authlogs as al
from authlogs.errors import BadCall
from authlogs.logs import StoreWriter, known_sources
from authlogs.logs.store import append_logs
from authlogs.schema import SOURCES, TALLY

ONE = b"E 1 a\nC 2\nE 7200 b\n+ more\nbad\n\n# end\n"
TWO = b"E 5 c\nN 6 3\n"


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("ask", [True, False])
def test_the_same_bytes_twice_are_there_once(tmp_path, store, ask):
    one, two = put(tmp_path, "one.log", ONE), put(tmp_path, "two.log", TWO)
    append(store, one, ask=ask)
    append(store, one, two, ask=ask)
    before = files_of(store)
    append(store, one, two, ask=ask)
    assert files_of(store) == before
    logs = al.load(store)
    assert content(logs) == expected(("one.log", ONE), ("two.log", TWO))
    assert logs.tally().holds


def test_events_lie_under_their_date(tmp_path, store):
    append(store, put(tmp_path, "one.log", ONE))
    dates = {path.parent.name for path in (store / "events").rglob("*.parquet")}
    assert dates == {"date=2024-05-03", "date=2024-05-04"}


@pytest.mark.parametrize("ask", [True, False])
def test_bytes_are_known_under_another_name(tmp_path, store, ask):
    append(store, put(tmp_path, "one.log", ONE))
    append(store, put(tmp_path / "else", "moved.log", ONE), ask=ask)
    logs = al.load(store)
    assert content(logs) == expected(("one.log", ONE))
    assert known_sources(store) == {(logs.sources["sha256"][0].as_py(), len(ONE)): "one.log"}
    assert known_sources(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("ask", [True, False])
def test_empty_files_each_stand_for_themselves(tmp_path, store, ask):
    for name in ("a.log", "b.log", "a.log"):
        append(store, put(tmp_path, name, b""), ask=ask)
    assert sorted(al.load(store).sources["source_file"].to_pylist()) == ["a.log", "b.log"]
    append(store, put(tmp_path, "b.log", ONE), ask=ask)
    assert content(al.load(store)) == expected(("a.log", b""), ("b.log", ONE))


@pytest.mark.parametrize("ask", [True, False])
def test_two_files_of_one_name_are_told_apart(tmp_path, store, ask):
    append(store, put(tmp_path / "a", "x.log", ONE), ask=ask)
    other = put(tmp_path / "b", "x.log", TWO)
    append(store, other, ask=ask)
    append(store, other, ask=ask)
    logs = al.load(store)
    assert content(logs) == expected(("x.log", ONE), (other.as_posix(), TWO))
    assert logs.tally().holds and logs.tally().total.lines == 9


def test_a_file_that_was_written_anew_is_another(tmp_path, store):
    path = put(tmp_path, "x.log", ONE)
    append(store, path)
    path.write_bytes(TWO * 9)
    append(store, path)
    assert al.load(store).tally().total.lines == 7 + 18


@pytest.mark.parametrize("ask", [True, False])
def test_a_rotated_log_goes_on_where_it_was(tmp_path, store, ask):
    log = put(tmp_path, "auth.log", ONE)
    append(store, log)
    log.rename(tmp_path / "auth.log.1")
    rotated = put(tmp_path, "auth.log.1", ONE + TWO)
    fresh = put(tmp_path, "auth.log", b"E 9 d\n")
    append(store, fresh, rotated, ask=ask)
    logs = al.load(store)
    assert logs.tally().holds
    names = set(logs.sources["source_file"].to_pylist())
    assert "auth.log" in names and len(names) == 2
    got = expected(("auth.log", ONE + TWO), ((names - {"auth.log"}).pop(), b"E 9 d\n"))
    assert content(logs) == got


@pytest.mark.parametrize(
    ("before", "offset", "line_no"),
    [
        (b"E 1 a\nE 2 b\n", 6, 2),
        (b"E 1 a\nE 2 hal", 6, 2),
        (b"E 1 a\nbad", 0, 1),  # it may go on as a line that continues a record
        (b"E 1 a\nN 2 3\n", 6, 2),
        (b"E 1 a\n+ more\n", 0, 1),
        (b"E 1 a\n\n", 0, 1),
        (b"# only", 0, 1),
        (b"", 0, 1),
    ],
)
def test_a_file_that_grew_is_read_on_from_its_last_record(tmp_path, store, before, offset, line_no):
    path = put(tmp_path, "x.log", before)
    append(store, path)
    path.write_bytes(before + b"+ after\nE 3 c\n")
    with StoreWriter(store) as writer:
        told = writer.standing("x.log", path)
        assert (told.name, told.skip, told.offset, told.line_no) == (
            "x.log", False, offset, line_no,
        )  # fmt: skip
        whole = writer.standing("x.log", path)
        assert whole is told
    with StoreWriter(store) as writer:
        assert writer.standing("x.log", path, whole=True).offset == 0
    append(store, path)
    logs = al.load(store)
    assert content(logs) == expected(("x.log", before + b"+ after\nE 3 c\n"))
    assert logs.tally().holds


def test_one_file_alone_goes_on_from_a_source(tmp_path, store):
    path = put(tmp_path, "x.log", ONE)
    append(store, path)
    copies = [put(tmp_path, name, ONE + TWO) for name in ("x.log", "y.log")]
    append(store, *copies)
    whole = expected(("x.log", ONE + TWO), ("y.log", ONE + TWO))
    assert content(al.load(store)) == whole
    append(store, *copies)
    assert content(al.load(store)) == whole and al.load(store).warnings == ()


def test_an_element_in_the_midst_of_a_line_is_no_place_to_read_on_from(tmp_path, store):
    path = put(tmp_path, "x.log", b"E 1 a\n[ E 2 b ]\n")
    rows, tally = read_lines(b"E 1 a\nE 2 b\n", "x.log")
    rows["events"][-1]["byte_offset"] += 2
    with StoreWriter(store, key=KEY) as writer:
        writer.add(*tables(rows))
        row = source_row(path, "x.log", path.read_bytes(), rows, tally)
        writer.commit(pa.Table.from_pylist([row], SOURCES))
    path.write_bytes(path.read_bytes() + b"E 3 c\n")
    with StoreWriter(store) as writer:
        assert writer.standing("x.log", path).offset == 0


def test_a_last_time_goes_with_the_line_that_was_cut_short(tmp_path, store):
    path = put(tmp_path, "x.log", b"E 7 a\nE 5 b\nE 90")
    append(store, path)
    whole = b"E 7 a\nE 5 b\nE 90x\n"
    path.write_bytes(whole)
    append(store, path)
    assert content(al.load(store)) == expected(("x.log", whole))


LINE = st.sampled_from(
    ["E 1 a", "E 90000 b", "N 3 3", "C 4", "+ x", "# c", "", "bad", "E 5 longer text"]
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@example(["E 100 a", "E 90000 b"], [11])  # the first time was that of a line cut short
@given(st.lists(LINE, max_size=12), st.lists(st.integers(0, 120), max_size=4))
def test_a_log_read_in_pieces_is_the_log_read_at_once(lines, cuts):
    data = "\n".join(lines).encode()
    with TemporaryDirectory() as folder:
        path, store = Path(folder) / "x.log", Path(folder) / "store"
        for cut in [*sorted(cuts), len(data)]:
            path.write_bytes(data[:cut])
            append(store, path)
        logs = al.load(store)
        assert content(logs) == expected(("x.log", data))
        assert logs.tally().holds


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sets(st.integers(0, 4)), st.booleans()), max_size=6))
def test_any_appends_give_the_union_of_their_sources(appends):
    with TemporaryDirectory() as folder:
        texts = [f"E {at} a\nE {90_000 * at} b\nbad {at}\n".encode() for at in range(5)]
        paths = [put(Path(folder), f"{at}.log", text) for at, text in enumerate(texts)]
        store = Path(folder) / "store"
        append(store)
        for numbers, ask in appends:
            append(store, *(paths[at] for at in sorted(numbers)), ask=ask)
        read = set().union(*(numbers for numbers, _ in appends))
        assert content(al.load(store)) == expected(*((f"{at}.log", texts[at]) for at in read))


def test_what_was_filtered_is_read_again(tmp_path, store):
    log = put(tmp_path, "x.jsonl", b"")
    log.write_text(
        "".join(
            f'{{"time":"2024-05-03T{hour}:00:00Z","event":"login","user":"ana"}}\n'
            for hour in (10, 12)
        )
    )
    append_logs(al.read(log, key=KEY, since="2024-05-03T11:00Z"), store)
    assert al.load(store).tally().total.filtered == 1
    append_logs(al.read(log, key=KEY), store)
    append_logs(al.read(log, key=KEY, since="2024-05-03T11:00Z"), store)
    total = al.load(store).tally().total
    assert (total.events, total.filtered, al.load(store).events.num_rows) == (2, 0, 2)


def test_a_file_that_could_not_be_read_is_read_when_it_can_be(tmp_path, store):
    path = put(tmp_path, "x.log", ONE)
    nothing = {"source_file": "x.log", "path": str(path), "error": "no permission"}
    nothing |= dict.fromkeys(TALLY, 0)
    path.rename(tmp_path / "away")
    for _ in range(2):
        with StoreWriter(store, key=KEY) as writer:
            writer.commit(pa.Table.from_pylist([nothing], SOURCES))
    assert al.load(store).sources.num_rows == 1
    (tmp_path / "away").rename(path)
    append(store, path)
    assert content(al.load(store)) == expected(("x.log", ONE))
    path.unlink()
    with StoreWriter(store, key=KEY) as writer:
        writer.commit(pa.Table.from_pylist([nothing], SOURCES))
    assert content(al.load(store)) == expected(("x.log", ONE))


def test_one_key_for_all_that_is_appended(tmp_path, store):
    append(store, put(tmp_path, "one.log", ONE))
    with StoreWriter(store) as writer:
        assert writer.key == KEY
    with pytest.raises(BadCall, match="not the one"):
        StoreWriter(store, key=b"x" * 32)
    key = tmp_path / "store.key"
    key.unlink()
    with pytest.raises(BadCall, match=r"store\.key is lost"):
        StoreWriter(store)
    assert al.load(store).key == b"" and len(al.load(store).events) == 2
    append(store, put(tmp_path, "two.log", TWO))
    assert key.read_bytes() == KEY and stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(b"y" * 32)
    assert al.load(store).key == b""


def test_a_new_store_makes_its_own_key(store):
    with StoreWriter(store) as writer:
        writer.commit(SOURCES.empty_table())
    assert len(writer.key) == 32 and al.load(store).key == writer.key


def test_a_store_is_its_owners_alone(tmp_path, store):
    append(store, put(tmp_path, "one.log", ONE))
    for path in [store, *store.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_what_is_not_committed_was_never_there(tmp_path, store):
    append(store, put(tmp_path, "one.log", ONE))
    before = files_of(store)
    with StoreWriter(store) as writer:
        writer.add(*tables(read_lines(TWO, "two.log")[0]))
    assert files_of(store) == before


def test_the_manifest_tells_what_each_file_holds(tmp_path, store):
    append(store, put(tmp_path, "one.log", ONE))
    manifest = json.loads((store / "manifest.json").read_text())
    for entry in manifest["files"]:
        assert (store / entry["path"]).stat().st_size == entry["size"]
    events = [entry for entry in manifest["files"] if entry["table"] == "events"]
    assert [entry["rows"] for entry in sorted(events, key=lambda one: one["path"])] == [1, 1]
    assert manifest["sources"][0]["lines"] == 7
