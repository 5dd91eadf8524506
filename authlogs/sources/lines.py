"""The uncompressed stream, cut into blocks of whole lines held as Arrow and numpy columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.sources.encodings import MARKS, Longs, Wide, as_utf8

BLOCK: Final = 6 << 20
"""Bytes a block: large enough for compiled kernels, small enough for any machine."""
LONGEST: Final = 16 << 20
"""Bytes a line may have; a longer one is counted, cut and rejected."""
KEPT: Final = 4096
"""Bytes that are kept of a line that is too long."""

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_MAGIC: Final = (
    (b"PK\x03\x04", "a zip archive that cannot be opened: unpack it first"),
    (b"\x1f\x8b\x08", "a gzip in three compressions: unpack it first"),
    (b"BZh91AY&SY", "a bzip2 in three compressions: unpack it first"),
    (b"\xfd7zXZ\x00", "an xz in three compressions: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd in three compressions: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a rar archive: unpack it first"),
    (b"\x89PNG", "a picture, not a log"),
    (b"\xff\xd8\xff", "a picture, not a log"),
    (b"GIF8", "a picture, not a log"),
    (b"%PDF-", "a PDF, not a log"),
    (b"\x7fELF", "a program, not a log"),
    (b"PAR1", "a Parquet file, not a log"),
    (b"ARROW1", "an Arrow file, not a log"),
    (b"SQLite format 3\x00", "a database, not a log"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture, not a log"),
    (b"LPKSHHRH", "a binary journal: export it first (journalctl --file … -o json)"),
    (b"ElfFile\x00", "a Windows event log: export it as XML first"),
)
_EMPTY_BLOCK: Final = 512
_FEW: Final = 8
"""Control characters that any text may hold."""
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b\a"))


@dataclass(frozen=True)
class Block:
    """Whole lines: text without newline as valid UTF-8, and where each stands in the stream."""

    text: pa.Array
    line_no: Longs
    offset: Longs
    length: Longs
    too_long: bool = False


@dataclass(frozen=True)
class Head:
    """What the first bytes say: encoding, bytes of the mark to skip, or why this is no text."""

    encoding: str = "utf-8"
    mark: int = 0
    refusal: str | None = None


def look(head: bytes) -> Head:
    """Judge a stream by its first bytes (64 KiB are plenty)."""
    for magic, told in _MAGIC:
        if head.startswith(magic):
            return Head(refusal=told)
    if head[257:262] == b"ustar":
        return Head(refusal="a tar archive that cannot be opened: unpack it first")
    if head.startswith(_UTF8_MARK):
        return Head(encoding="utf-8", mark=len(_UTF8_MARK))
    encoding, sample = "utf-8", head[: 64 << 10]
    mark = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
    for begin, told in MARKS:
        if not mark and head.startswith(begin):
            mark, encoding = len(begin), told
    if encoding != "utf-8":
        sample = as_utf8(sample[mark:], encoding)
    if len(sample) >= _EMPTY_BLOCK and not sample.strip(b"\0"):
        return Head(refusal="nothing but zero bytes: a file never written, or an empty tar")
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 20 > len(sample) and controls >= _FEW:
        return Head(refusal="binary, not text")
    return Head(encoding, mark)


def cut_blocks(
    chunks: Iterable[bytes],
    *,
    start: int = 0,
    size: int = BLOCK,
    encoding: str = "utf-8",
    line: int = 1,
) -> Iterator[Block]:
    """Blocks of whole lines; a line ends at a newline or at the end of the stream.

    `start` is the offset of the first byte given, `line` the number of its line. Offsets and
    lengths are those of the stream as it is given, whatever its encoding.
    """
    if encoding == "utf-8":
        yield from _cut_utf8(chunks, start, size, line)
        return
    wide = Wide(chunks, encoding, start)
    for block in _cut_utf8(wide.chunks(), 0, size, line):
        offset, length = wide.lines(len(block.line_no))
        yield replace(block, offset=offset, length=length)


def _cut_utf8(chunks: Iterable[bytes], start: int, size: int, line: int) -> Iterator[Block]:
    parts: list[bytes] = []
    held, offset, number = 0, start, line
    dropped = 0
    for chunk in chunks:
        if dropped:
            end = chunk.find(b"\n")
            if end < 0:
                dropped += len(chunk)
                continue
            yield _too_long(parts[0], number, offset, dropped + end)
            offset, number = offset + dropped + end + 1, number + 1
            chunk, dropped, parts, held = chunk[end + 1 :], 0, [], 0
        parts.append(chunk)
        held += len(chunk)
        if held < size:
            continue
        whole = b"".join(parts)
        end = whole.rfind(b"\n") + 1
        if end:
            block = _cut(whole[:end], number, offset)
            yield block
            offset, number = offset + end, number + len(block.line_no)
            whole = whole[end:]
        elif held > LONGEST:
            dropped, whole = held, whole[:KEPT]
        parts, held = [whole], len(whole)
    if dropped:
        yield _too_long(parts[0], number, offset, dropped)
    elif rest := b"".join(parts):
        yield _cut(rest, number, offset)


def _cut(data: bytes, number: int, offset: int) -> Block:
    """Lines of bytes that end with a newline, or with the stream."""
    codes = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(codes == 10)
    ends = newlines if data.endswith(b"\n") else np.append(newlines, len(data))
    starts = np.concatenate(([0], newlines + 1))[: len(ends)]
    carriage = (ends > starts) & (codes[np.maximum(ends, 1) - 1] == 13) & (ends < len(data))
    lengths = (ends - starts - carriage).astype(np.int64)
    return Block(
        text=_text(data, starts, lengths, carriage=bool(carriage.any())),
        line_no=np.arange(number, number + len(ends), dtype=np.int64),
        offset=starts.astype(np.int64) + offset,
        length=lengths,
    )


def _text(data: bytes, starts: NDArray[Any], lengths: Longs, *, carriage: bool) -> pa.Array:
    """A string column over the bytes; what is no UTF-8 becomes U+FFFD, in its line alone."""
    joined = data.replace(b"\r\n", b"") if carriage else data
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined.replace(b"\n", b""))]
    lines = pa.StringArray.from_buffers(len(lengths), buffers[1], buffers[2])
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError:
        return _mended(lines, data, starts, lengths)
    return lines


def _mended(lines: pa.Array, data: bytes, starts: NDArray[Any], lengths: Longs) -> pa.Array:
    """Lines of which some are no UTF-8: those with more than ASCII are decoded one by one."""
    strange = np.flatnonzero(np.frombuffer(data, np.uint8) > 127)
    rows = np.unique(np.searchsorted(starts, strange, side="right") - 1)
    spans = zip(starts[rows].tolist(), lengths[rows].tolist(), strict=True)
    clean = [data[start : start + length].decode(errors="replace") for start, length in spans]
    mask = np.zeros(len(lines), bool)
    mask[rows] = True
    return pc.replace_with_mask(lines, pa.array(mask), pa.array(clean, pa.string()))


def _too_long(begin: bytes, number: int, offset: int, length: int) -> Block:
    return Block(
        text=pa.array([begin.decode(errors="replace")], pa.string()),
        line_no=np.array([number], np.int64),
        offset=np.array([offset], np.int64),
        length=np.array([length], np.int64),
        too_long=True,
    )
