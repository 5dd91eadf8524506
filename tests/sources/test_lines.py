"""Lines, their numbers and their bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authlogs.sources import lines as lines_module
from authlogs.sources.lines import cut_blocks, look

BYTES = st.lists(
    st.sampled_from([b"a", b"bc ", b"\n", b"\r\n", b"\r", b"\n\n", "é".encode(), b"\xff", b"\xc3"])
).map(b"".join)


def plainly(data):
    """Number, offset, length and text of each line, one at a time."""
    told, offset = [], 0
    parts = data.split(b"\n")
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        if last and not part:
            break
        text = part if last else part.removesuffix(b"\r")
        told.append((number, offset, len(text), text.decode(errors="replace")))
        offset += len(part) + 1
    return told


def cut(data, sizes, block):
    chunks, at = [], 0
    while at < len(data):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(data[at : at + size])
        at += size
    told = []
    for one in cut_blocks(chunks, size=block):
        columns = (one.line_no.tolist(), one.offset.tolist(), one.length.tolist())
        told += list(zip(*columns, one.text.to_pylist(), strict=True))
    return told


@given(data=BYTES, sizes=st.lists(st.integers(1, 9), min_size=1), block=st.integers(1, 40))
def test_lines_are_the_same_however_the_stream_is_cut(data, sizes, block):
    assert cut(data, sizes, block) == plainly(data)


def test_a_line_that_is_too_long_is_counted_cut_and_marked(monkeypatch):
    monkeypatch.setattr(lines_module, "LONGEST", 100)
    monkeypatch.setattr(lines_module, "KEPT", 8)
    data = b"one\n" + b"x" * 500 + b"\nthree\n" + b"y" * 300
    chunks = [data[at : at + 50] for at in range(0, len(data), 50)]
    blocks = list(cut_blocks(chunks, size=64))
    told = [
        (int(number), int(offset), int(length), text, block.too_long)
        for block in blocks
        for number, offset, length, text in zip(
            block.line_no, block.offset, block.length, block.text.to_pylist(), strict=True
        )
    ]
    assert told == [
        (1, 0, 3, "one", False),
        (2, 4, 500, "xxxxxxxx", True),
        (3, 505, 5, "three", False),
        (4, 511, 300, "yyyyyyyy", True),
    ]


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"BZh91AY&SY", "three compressions"),
        (b"\x89PNG\r\n", "picture"),
        (bytes(range(256)) * 8, "binary"),
        (bytes(10240), "empty tar"),
        (b"x" * 257 + b"ustar", "tar"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(head, word):
    assert word in look(head).refusal


@pytest.mark.parametrize(
    "head",
    [b"", b"plain\n", b"\x1b[31mred\x1b[0m\n", b"one NUL \0 in a long line " * 3, b"\xff\xe9"],
)
def test_text_is_let_through(head):
    assert look(head).refusal is None


def test_a_byte_order_mark_is_skipped_by_its_length():
    assert look(b"\xef\xbb\xbf{}").mark == 3
