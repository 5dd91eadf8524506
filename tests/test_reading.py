"""`read`, however it goes about it: threads, blocks, columns, windows and stores."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.errors import BadCall, NothingToRead
from authlogs.logs.store import is_store
from authlogs.parse import files
from authlogs.parse.registry import load_registry
from authlogs.parse.turns import in_turn
from authlogs.schema import EVENTS, PROVENANCE
from authlogs.sources.lines import BLOCK, cut_blocks

KEY = b"k" * 32
TABLES = ("events", "changes", "rejects")
TRACE = "".join(f"\tat com.acme.Login.step{n}(Login.java:{n})\n" for n in range(9))
JAVA = (
    "2024-05-03 14:{:02}:{:02},123 ERROR com.acme.Login: no session\n"
    f"java.lang.IllegalStateException: none\n{TRACE}Caused by: java.io.IOException: gone\n"
)
SSH = "{:%b %e %H:%M:%S} bastion-1 sshd[7]: Invalid user u{} from 203.0.113.9 port 4022\n"
BEGIN = datetime(2023, 12, 31, 22, 0, tzinfo=UTC)
STEPS = [BEGIN + timedelta(minutes=n) for n in range(240)]
YEARLESS = "".join(SSH.format(time, n) for n, time in enumerate(STEPS))
TRACES = "".join(JAVA.format(n // 60, n % 60) for n in range(200))
JSON = '{{"time":"{:%Y-%m-%dT%H:%M:%SZ}","event":"login","outcome":"success","user":"u{}"}}\n'
LINES = "".join(JSON.format(time, n) for n, time in enumerate(STEPS))
CSV = "time,change_type,service,description\n" + "".join(
    f'{time:%Y-%m-%dT%H:%M:%SZ},deploy,web,"release {n}"\n' for n, time in enumerate(STEPS)
)
CONTENTS = {"app.log": TRACES, "auth.log": YEARLESS, "app.json": LINES, "changes.csv": CSV}


def read(path, **options):
    return al.read(path, **({"tz": "UTC", "year": 2023, "key": KEY} | options))


def put(folder, name, content):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def in_small_blocks(patch, size):
    """Cut files into blocks of about `size` bytes, from pieces that are no larger."""

    def cut(pieces, **how):
        small = (piece[at : at + size] for piece in pieces for at in range(0, len(piece), size))
        return cut_blocks(small, **how, size=size)

    patch.setattr(files, "cut_blocks", cut)


def rows(table):
    """The rows by time, file and place, as plain values."""
    names = [name for name in ("time", "source_file", "byte_offset") if name in table.column_names]
    keys = [(one["source_file"], *one.values()) for one in table.select(names).to_pylist()]
    order = sorted(range(len(keys)), key=lambda at: [str(part) for part in keys[at]])
    return {name: [column[at] for at in order] for name, column in table.to_pydict().items()}


def check_same(one, other):
    """Column by column, whatever the order of the rows; and the accounts of each file."""
    for name in TABLES:
        left, right = getattr(one, name), getattr(other, name)
        assert left.schema.equals(right.schema)
        left, right = rows(left), rows(right)
        assert [column for column in left if left[column] != right[column]] == []
    assert one.tally() == other.tally() and one.tally().holds


def check_placed(one, other):
    """The same records at the same places, and the same accounts.

    What a record says is not compared: a reason that stands in a trace beyond the border of a block
    is not found, and the order of names in `extra` is that of the block.
    """
    names = ("line_no", "byte_offset", "byte_length")
    for table in TABLES:
        left, right = rows(getattr(one, table)), rows(getattr(other, table))
        assert [name for name in names if left[name] != right[name]] == []
    assert one.tally() == other.tally() and one.tally().holds


@pytest.mark.parametrize("threads", [2, 3])
def test_a_file_of_many_blocks_is_read_alike_on_any_number_of_threads(tmp_path, threads):
    noise = '"x":"' + "y" * 4000 + '"}\n'
    lines = [JSON.format(time, n).replace("}\n", "," + noise) for n, time in enumerate(STEPS)]
    path = put(tmp_path, "app.json", "".join(lines) * (2 * BLOCK // (240 * 4000) + 2))
    assert path.stat().st_size > 2 * BLOCK
    check_same(read(path, threads=threads), read(path, threads=1))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_is_read_alike_in_one_block_or_in_many(tmp_path, monkeypatch, name, threads):
    path = put(tmp_path, name, CONTENTS[name])
    whole = read(path, threads=1)
    assert len(whole.rejects) == 0
    in_small_blocks(monkeypatch, 1000)
    check_same(read(path, threads=threads), whole)


def test_the_year_turns_once_over_many_blocks(tmp_path, monkeypatch):
    in_small_blocks(monkeypatch, 1000)
    logs = read(put(tmp_path, "auth.log", YEARLESS), threads=3)
    assert logs.events["time"].to_pylist() == STEPS


def test_a_trace_belongs_to_its_record_over_many_blocks(tmp_path, monkeypatch):
    in_small_blocks(monkeypatch, 300)
    some = "".join(JAVA.format(0, n) for n in range(60))
    logs = read(put(tmp_path, "app.log", some), threads=3)
    said = "no session\n" + JAVA.partition("\n")[2].rstrip("\n")
    assert logs.events["message"].to_pylist() == [said] * 60
    assert set(logs.events["byte_length"].to_pylist()) == {len(JAVA.format(0, 0)) - 1}


ANY = st.sampled_from(
    [
        *(sample.line for one in load_registry().formats for sample in one.samples),
        *TRACE.splitlines()[:2], "Traceback (most recent call last):", "ValueError: x", "}", "",
        "# words", "nothing", "Dec 31 23:59:59 a sshd[1]: x", "Jan  1 00:00:01 a sshd[1]: y",
    ]
)  # fmt: skip


@settings(max_examples=10)
@given(
    lines=st.lists(ANY, max_size=30),
    size=st.sampled_from([16, 100, 400]),
    threads=st.integers(1, 3),
    end=st.sampled_from(["", "\n"]),
)
def test_any_lines_are_read_alike_in_one_block_or_in_many(
    tmp_path_factory, lines, size, threads, end
):
    path = put(tmp_path_factory.mktemp("any"), "a.log", "x\n" + "\n".join(lines) + end)
    whole = read(path, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        in_small_blocks(patch, size)
        check_placed(read(path, threads=threads), whole)


def test_columns_makes_those_alone_and_where_a_record_stands(tmp_path):
    path = put(tmp_path, "app.json", LINES)
    logs, whole = read(path, columns=["user", "time"]), read(path)
    assert set(logs.events.column_names) == {"user", "time", *(one.name for one in PROVENANCE)}
    assert logs.events.equals(whole.events.select(logs.events.column_names))
    assert logs.tally() == whole.tally()
    assert read(path, columns="user").events["user"].to_pylist()[:2] == ["u0", "u1"]


@pytest.mark.parametrize("beside", [["time"], []])
def test_any_column_is_what_it_is_among_all(tmp_path, beside):
    for each, content in list(CONTENTS.items())[len(beside) :: 2]:
        put(tmp_path, each, content[:2000])
    whole = read(tmp_path)
    for name in EVENTS.names[len(beside) :: 2]:  # each column is asked for alone or beside one
        logs = read(tmp_path, columns=[name, *beside])
        assert logs.events[name].to_pylist() == whole.events[name].to_pylist(), name
        assert logs.tally() == whole.tally()


def test_an_unknown_column_is_a_bad_call_that_names_the_nearest(tmp_path):
    with pytest.raises(BadCall, match=r"no such column: usr\n.*did you mean user") as told:
        read(put(tmp_path, "app.json", LINES), columns=["time", "usr"])
    assert "user" in told.value.next_step


@pytest.mark.parametrize(("since", "until"), [(30, 200), (None, 120), (239, None), (300, None)])
def test_a_window_counts_what_it_filters(tmp_path, since, until):
    path = put(tmp_path, "app.json", LINES)
    edges = [None if one is None else BEGIN + timedelta(minutes=one) for one in (since, until)]
    logs, whole = read(path, since=edges[0], until=edges[1]), read(path).events
    kept = [n for n in range(240) if (since or 0) <= n < (until or 240)]
    assert logs.events.to_pylist() == [whole.to_pylist()[at] for at in kept]
    assert logs.tally().total.filtered == 240 - len(kept) and logs.tally().holds


def in_store(folder, path, **options):
    """What a store holds once a file is read into it."""
    return read(path, store=folder / "store", **options)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_store_holds_what_reading_into_memory_gives(tmp_path, threads):
    for name, content in CONTENTS.items():
        put(tmp_path / "logs", name, content + "{broken\n")
    put(tmp_path / "logs", "notes.md", "# What we saw\n\nNothing.\n")
    check_same(in_store(tmp_path, tmp_path / "logs", threads=threads), read(tmp_path / "logs"))


def test_reading_the_same_again_adds_nothing_to_a_store(tmp_path):
    for name, content in CONTENTS.items():
        put(tmp_path / "logs", name, content)
    first = in_store(tmp_path, tmp_path / "logs")
    before = {path: path.read_bytes() for path in (tmp_path / "store").rglob("*.parquet")}
    check_same(in_store(tmp_path, tmp_path / "logs"), first)
    assert {path: path.read_bytes() for path in (tmp_path / "store").rglob("*.parquet")} == before


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_that_grew_is_in_the_store_as_if_it_were_read_whole(tmp_path, name, share):
    content = CONTENTS[name]
    cut = int(len(content) * share)
    ends = content.rindex("\n", 0, max(cut, content.index("\n", 100) + 2)) + 1
    for end in sorted({max(cut, 100), ends, len(content)}):  # in the midst of a line, at its end
        path = put(tmp_path, name, content[:end])
        check_same(in_store(tmp_path, path), read(path))


@pytest.mark.parametrize("tail", ["", "\n", "Caused by: x\n", "\n# end\n", "}\n{\n"])
def test_a_file_that_grew_after_odd_lines_is_as_if_it_were_read_whole(tmp_path, tail):
    for content in (TRACES[:3000] + tail, TRACES[:3000] + tail + TRACE + TRACES):
        path = put(tmp_path, "app.log", content)
        check_same(in_store(tmp_path, path), read(path))


def test_neither_columns_nor_a_window_leave_gaps_in_a_store(tmp_path):
    path = put(tmp_path / "logs", "app.json", LINES)
    with pytest.raises(BadCall, match="whole rows"):
        in_store(tmp_path, path, columns=["time"])
    whole = in_store(tmp_path, path)
    with pytest.raises(BadCall, match="cannot be appended"):
        in_store(tmp_path, path, since=BEGIN + timedelta(hours=2))
    check_same(in_store(tmp_path, path), whole)


@pytest.mark.parametrize("content", ["nothing of note\n", "", "{\n", "# words\n"])
def test_a_read_that_gives_no_row_leaves_no_store(tmp_path, content):
    path = put(tmp_path, "app.log", content)
    try:
        logs = in_store(tmp_path, path)
    except NothingToRead:
        assert not content
    else:
        assert logs.tally().total.lines == 1 and not len(logs.events)
    assert not is_store(tmp_path / "store")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["app.log"]


@pytest.mark.parametrize("how", [{"since": "30m"}, {"until": "09:41"}])
def test_a_relative_time_with_a_store_is_a_bad_call(tmp_path, how):
    with pytest.raises(BadCall, match="can only be placed once everything is read"):
        in_store(tmp_path, put(tmp_path, "app.json", LINES), **how)
    assert not (tmp_path / "store").exists()


def test_results_of_threads_come_in_the_order_of_the_work_and_few_are_under_way():
    lock, under_way, most, asked = threading.Lock(), 0, 0, 0

    def source():
        nonlocal asked
        for number in range(50):
            asked += 1
            yield number

    def do(number):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        made = sum(range(20_000 * (number % 3)))
        with lock:
            under_way -= 1
        return made

    for at, (number, made) in enumerate(in_turn(source(), do, threads=3)):
        assert (number, made) == (at, sum(range(20_000 * (at % 3))))
        assert asked <= at + 4
    assert at == 49 and 1 <= most <= 3


@pytest.mark.parametrize("threads", [1, 2])
def test_what_goes_wrong_in_the_work_comes_out_in_its_turn(threads):
    turns = in_turn([2, 1, 0, 3], lambda number: 6 // number, threads=threads)
    assert [next(turns), next(turns)] == [(2, 3), (1, 6)]
    with pytest.raises(ZeroDivisionError):
        next(turns)
    assert list(turns) == []
