"""UTF-16 and UTF-32 logs: read as any other, each line where it stands in the stored bytes."""

import gzip

import pytest
from cli_cases import logins
from hypothesis import given
from hypothesis import strategies as st

import authlogs as al
from authlogs.sources.lines import cut_blocks, look

ENCODINGS = ["utf-16le", "utf-16be", "utf-32le", "utf-32be"]
MARK = "\ufeff"
TEXT = st.lists(
    st.sampled_from(["a", "é", "漢", "😀", "\n", "\r\n", "\r", "\u0a0a", "\u0d0d", "\u2028"]),
    max_size=24,
).map("".join)


def plainly(text, encoding, start):
    """Number, offset, length and text of each line, one at a time."""
    told, offset = [], start
    parts = text.split("\n")
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        if last and not part:
            break
        line = part if last else part.removesuffix("\r")
        told.append((number, offset, len(line.encode(encoding)), line))
        offset += len((part + "\n").encode(encoding))
    return told


@given(
    text=TEXT,
    encoding=st.sampled_from(ENCODINGS),
    sizes=st.lists(st.integers(1, 9), min_size=1),
    block=st.integers(1, 40),
)
def test_lines_stand_where_they_stand_in_the_stored_bytes(text, encoding, sizes, block):
    data, chunks = text.encode(encoding), []
    while data:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(data[:size])
        data = data[size:]
    told = []
    for one in cut_blocks(chunks, start=4, size=block, encoding=encoding):
        columns = (one.line_no.tolist(), one.offset.tolist(), one.length.tolist())
        told += list(zip(*columns, one.text.to_pylist(), strict=True))
    assert told == plainly(text, encoding, 4)


@given(data=st.binary(max_size=200), encoding=st.sampled_from(ENCODINGS))
def test_bytes_that_stand_for_nothing_raise_nothing_and_every_byte_has_its_line(data, encoding):
    unit = 2 if "16" in encoding else 4
    ends = 0
    for block in cut_blocks([data], size=8, encoding=encoding):
        for offset, length in zip(block.offset.tolist(), block.length.tolist(), strict=True):
            assert ends <= offset <= ends + 2 * unit
            ends = offset + length
    assert len(data) - 2 * unit <= ends <= len(data)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_event_can_be_found_again_in_the_bytes(tmp_path, encoding, pack):
    text = MARK + logins().replace('"ana"', '"añá 😀"')
    path = tmp_path / "app.jsonl"
    path.write_bytes(pack(text.encode(encoding)))
    logs = al.read(path)
    assert logs.sources["encoding"].to_pylist() == [encoding]
    assert logs.tally().holds and logs.tally().total.events == 20
    assert set(logs.events["user"].to_pylist()) == {"añá 😀"}
    raw, lines = text.encode(encoding), text.removeprefix(MARK).splitlines()
    rows = logs.events.select(["line_no", "byte_offset", "byte_length"]).to_pylist()
    for row in rows:
        stored = raw[row["byte_offset"] : row["byte_offset"] + row["byte_length"]]
        assert stored.decode(encoding) == lines[row["line_no"] - 1]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_json_document_and_a_sheet_are_read_too(tmp_path, encoding):
    document = (
        '[{"time":"2024-05-03T14:41:15Z","msg":"a"},{"time":"2024-05-03T14:41:16Z","msg":"b"}]'
    )
    sheet = "time,change_type,service\r\n2024-05-03T14:41:15Z,deploy,wéb\r\n"
    (tmp_path / "a.json").write_bytes((MARK + document).encode(encoding))
    (tmp_path / "b.csv").write_bytes((MARK + sheet).encode(encoding))
    logs = al.read(tmp_path)
    assert logs.events["message"].to_pylist() == ["a", "b"]
    assert logs.changes["service"].to_pylist() == ["wéb"]
    assert logs.tally().holds


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_mark_tells_the_encoding(encoding):
    head = look((MARK + "time one\n").encode(encoding))
    assert (head.encoding, head.mark, head.refusal) == (
        encoding,
        len(MARK.encode(encoding)),
        None,
    )


def test_a_mark_before_what_is_no_text_does_not_make_it_one():
    assert "binary" in look(b"\xff\xfe" + b"\x01\x00\x02\x00" * 50).refusal
