"""Nothing is lost: whatever the bytes, every line is accounted for, where it stands."""

import gzip
import zlib
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

import authlogs as al
from authlogs.parse.registry import load_registry
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

SAMPLES = [s.line.encode() for one in load_registry().formats for s in one.samples]
ODD = [
    b"",
    b"   ",
    b"\t",
    b"# a comment",
    b"  at com.acme.Login(Login.java:41)",
    b"Traceback (most recent call last):",
    b"ValueError: nothing",
    b"}",
    b"[",
    b"{",
    b'{"Records":[{"time":"2024-05-03T14:41:15Z","level":"info"},',
    b'[{"time":"2024-05-03T14:41:15Z","msg":"a"},{"time":"2024-05-03T14:41:16Z","msg":"b"}]',
    b'{"alerts":[{"startsAt":"2024-05-03T14:41:15Z","labels":{},"endsAt":"x"}]}',
    b'time,change_type,service\n2024-05-03T14:41:15Z,deploy,"we\nb"',
    b"May  3 09:41:15 web-1 app[1]: message repeated 3 times: [ hello]",
    b"May  3 09:41:15 web-1 app[1]: message repeated 5000 times: [ hello]",
    b"May  3 09:41:15 web-1 app[1]: message repeated 0 times: [ hello]",
    b'<34>1 2024-05-03T14:41:15Z host app 7 - - {"time":1,"msg":"x"}',
    b'{"time":"2024-05-03T14:41:15Z","a":' + b"[" * 3000,
    b'{"time":1e999,"msg":NaN,"n":' + b"9" * 5000 + b"}",
    b'{"time":"2024-05-03T14:41:15Z","time":"x","msg":"\\ud800","\\udfff":1}',
    b"\xff\xfe\xfa garbage",
    b"a\x00b",
    b"2024-02-31 09:41:15,123 INFO a.b: impossible",
    "2024-05-03 09:41:15,123 INFO a.b: ñandú \u2028 x".encode(),
]
LINES = st.one_of(
    st.sampled_from(SAMPLES),
    st.sampled_from(ODD),
    st.binary(max_size=60),
    st.builds(lambda line, cut: line[:cut], st.sampled_from(SAMPLES), st.integers(0, 80)),
)
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\n\n"])
CONTENT = st.builds(
    lambda pairs, last: b"".join(line + end for line, end in pairs) + last,
    st.lists(st.tuples(LINES, ENDS), max_size=14),
    st.one_of(st.just(b""), LINES),
)
PACKED = st.sampled_from(["plain", "gzip", "cut gzip", "zstd"])
NAMES = st.sampled_from(["a.log", "a.json", "a.csv", "a.txt", "a.md"])


def pack(data, how):
    if how == "gzip":
        return gzip.compress(data)
    if how == "cut gzip":
        return gzip.compress(data)[:-9]
    return pa.compress(data, "zstd", asbytes=True) if how == "zstd" else data


def unpack(stored):
    if stored[:2] == b"\x1f\x8b":
        return zlib.decompressobj(31).decompress(stored)
    if stored[:4] == b"\x28\xb5\x2f\xfd":
        return pa.CompressedInputStream(pa.BufferReader(stored), "zstd").read()
    return stored


def lines_of(data):
    """Where each line begins, and how many there are, counted one by one."""
    starts, at = [], 0
    for piece in data.split(b"\n"):
        starts.append(at)
        at += len(piece) + 1
    if data.endswith(b"\n") or not data:
        starts.pop()
    return starts


def check(logs, streams):
    """The identity for every file, and every row at the bytes that it names."""
    tally = logs.tally()
    assert tally.holds
    for row in logs.sources.to_pylist():
        data = streams[row["source_file"]]
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            continue  # marked as UTF-16: its bytes are not those of lines (tests/sources has them)
        mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        starts = lines_of(data[mark:])
        if row["lines"] or not row["error"]:
            assert row["lines"] == len(starts)
        for table in (logs.events, logs.changes, logs.rejects):
            mine = table.filter(pc.equal(table["source_file"], row["source_file"]))
            for place in mine.select(["line_no", "byte_offset", "byte_length"]).to_pylist():
                begin = starts[place["line_no"] - 1] + mark
                after = [*starts, len(data)][place["line_no"]] + mark
                assert begin <= place["byte_offset"] <= max(begin, after - 1)
                assert place["byte_offset"] + place["byte_length"] <= len(data)
    for name in ("events", "changes", "rejects"):
        counted = {"events": "events", "changes": "changes", "rejects": "rejected"}[name]
        assert len(getattr(logs, name)) == getattr(tally.total, counted)


@settings(max_examples=40)
@given(content=CONTENT, packed=PACKED, name=NAMES)
def test_every_line_of_any_file_is_accounted_for(tmp_path_factory, content, packed, name):
    folder = tmp_path_factory.mktemp("any")
    stored = pack(content, packed)
    (folder / name).write_bytes(stored)
    (folder / "b.log").write_bytes(b"2024-05-03T14:41:15+00:00 [INFO] User ana logged in\n")
    logs = al.read(folder, tz="America/Bogota", year=2024)
    check(logs, {name: unpack(stored), "b.log": (folder / "b.log").read_bytes()})
    for table, schema in (
        (logs.events, EVENTS),
        (logs.changes, CHANGES),
        (logs.rejects, REJECTS),
        (logs.sources, SOURCES),
    ):
        assert table.schema.equals(schema)
        table.validate(full=True)


@settings(max_examples=15)
@given(content=CONTENT, since=st.integers(-400, 400), length=st.integers(0, 400))
def test_it_holds_with_a_window_and_without_a_zone(tmp_path_factory, content, since, length):
    folder = tmp_path_factory.mktemp("window")
    (folder / "a.log").write_bytes(content)
    (folder / "b.log").write_bytes(b"2024-05-03T14:41:15+00:00 [INFO] User ana logged in\n")
    edge = datetime(2024, 5, 3, 14, 41, tzinfo=UTC).timestamp()
    start = datetime.fromtimestamp(edge + since, UTC)
    end = datetime.fromtimestamp(edge + since + length, UTC)
    logs = al.read(folder, since=start, until=end, on_zone_needed="skip")
    check(logs, {"a.log": content, "b.log": (folder / "b.log").read_bytes()})
    known = logs.events["time"].drop_null()
    assert all(start <= moment < end for moment in known.to_pylist())


def test_the_tally_of_the_sample_holds_and_its_parts_are_the_rows(sample_logs):
    tally = sample_logs.tally()
    assert tally.holds and tally.total.lines > 100_000
    assert tally.total.events == len(sample_logs.events)
    assert set(tally.to_arrow().column_names) == {"source_file", *TALLY}
    broken = tally.total.__class__(lines=3, events=2)
    assert not broken.holds
