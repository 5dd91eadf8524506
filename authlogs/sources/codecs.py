"""gzip, bzip2 and xz: every member, every byte before a fault, and what the fault was.

A decompressor that meets damage forgets what it made in that call. So the stream is read once more
up to that call, and from there in ever smaller steps.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final, Protocol

from authlogs.sources import zstd
from authlogs.sources.places import CHUNK, Told

STEP: Final = 64 << 10
"""Stored bytes a call: what has to be read in small steps when one of them is damaged."""

Again = Callable[[], Iterator[bytes]]
"""The stored bytes once more, from the start."""


class Decompressor(Protocol):
    """What bz2 and lzma offer, and zlib after a little persuasion."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """What was given after its end."""

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing more to come of what was given."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most `max_length` bytes of content; what remains comes with the next call."""


class _Inflate:
    """zlib with the manners of bz2 and lzma."""

    def __init__(self, bits: int) -> None:
        self._object = zlib.decompressobj(bits)
        self._held = b""

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._held and not self.eof

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        content = self._object.decompress(self._held + data, max(max_length, 0))
        self._held = self._object.unconsumed_tail
        return content


@dataclass(frozen=True)
class Codec:
    """A compression: its name, how it begins, what undoes it, and what its members are called."""

    name: str
    begins: Callable[[bytes], bool]
    """Whether a member can begin so; of a head that is cut, whether it still can."""
    make: Callable[[], Decompressor]
    lone: bool = False
    """One member alone; whatever follows is not its business."""


def _begins_bzip2(head: bytes) -> bool:
    """`BZh` might begin a line of text: the mark of the first block is asked for too."""
    if not b"BZh".startswith(head[:3]) or head[3:4] not in b"123456789":
        return False
    return any(mark.startswith(head[4:10]) for mark in (b"1AY&SY", b"\x17rE8P\x90"))


def _begins(magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: magic.startswith(head[: len(magic)])


_MEMORY: Final = 256 << 20
"""Bytes an xz may ask for; `xz -9` asks for 65 MiB."""
GZIP: Final = Codec("gzip", _begins(b"\x1f\x8b\x08"), lambda: _Inflate(31))
BZIP2: Final = Codec("bz2", _begins_bzip2, bz2.BZ2Decompressor)
XZ: Final = Codec(
    "xz", _begins(b"\xfd7zXZ\x00"), lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MEMORY)
)
DEFLATE: Final = Codec("deflate", lambda _: True, lambda: _Inflate(-15), lone=True)
_CODECS: Final = (GZIP, BZIP2, XZ)
_SHORTEST: Final = 4
_MARK: Final = 10
"""Bytes that are enough to tell how a member begins."""
_ERRORS: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


Peel = Callable[[Iterator[bytes], Told, Again], Iterator[bytes]]


def compression_of(head: bytes) -> tuple[str, Peel] | None:
    """The name of the compression whose files begin so, and what undoes it."""
    if len(head) < _SHORTEST:
        return None
    for codec in _CODECS:
        if codec.begins(head):
            return codec.name, partial(uncompressed, codec)
    return ("zstd", zstd.uncompressed) if zstd.begins(head) else None


def uncompressed(
    codec: Codec, pieces: Iterator[bytes], told: Told, again: Again
) -> Iterator[bytes]:
    """The content of all members; zeros after a member are padding, anything else is told."""
    stream = _Stream(pieces)
    while True:
        member, begun = codec.make(), stream.read
        try:
            yield from _content(member, stream)
        except _ERRORS as error:
            told.stop(f"damaged {codec.name} ({str(error).split(': ', 1)[-1]})")
            yield from _up_to_the_fault(codec, again, begun, stream)
            return
        if not member.eof:
            told.stop(f"the {codec.name} ends before its content does")
            return
        stream.put_back(member.unused_data)
        if codec.lone:
            return
        head = stream.peek_past_zeros(_MARK)
        if not head:
            return
        if not codec.begins(head):
            told.fault = told.fault or f"bytes that are no {codec.name} follow the last member"
            return


class _Stream:
    """Stored bytes in steps, with a memory of how far they were read and what came of them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = _steps(pieces)
        self.read = 0
        self.step_at = 0
        self.made = 0

    def step(self) -> bytes:
        piece = next(self._pieces, b"")
        self.step_at = self.read
        self.read += len(piece)
        return piece

    def put_back(self, rest: bytes) -> None:
        self.read -= len(rest)
        self._pieces = chain([rest] if rest else [], self._pieces)

    def peek_past_zeros(self, size: int) -> bytes:
        """The next bytes that are no padding, which stay where they are."""
        head = b""
        while len(head) < size and (piece := self.step()):
            head = (head + piece) if head else piece.lstrip(b"\0")
        self.put_back(head)
        return head[:size]


def _steps(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if len(piece) <= STEP:
            yield piece
        else:
            yield from (piece[at : at + STEP] for at in range(0, len(piece), STEP))


def _content(member: Decompressor, stream: _Stream) -> Iterator[bytes]:
    """What one member holds, as far as the stream goes."""
    stream.made = 0
    while not member.eof:
        piece = stream.step() if member.needs_input else b""
        wanted = member.needs_input
        content = member.decompress(piece, CHUNK)
        if content:
            stream.made += len(content)
            yield content
        elif wanted and not piece:
            return


def _up_to_the_fault(codec: Codec, again: Again, begun: int, failed: _Stream) -> Iterator[bytes]:
    """What the failed call had made of a member: read again to that call, then byte by byte."""
    stream, member, made = _Stream(again()), codec.make(), 0
    _skip(stream, begun)
    try:
        while stream.read < failed.step_at and (piece := stream.step()):
            if over := max(0, stream.read - failed.step_at):
                stream.put_back(piece[len(piece) - over :])
                piece = piece[: len(piece) - over]
            made += _drained(member, piece)
        while stream.read < failed.read and (piece := stream.step()):
            for at in range(len(piece)):
                for content in _small(member, piece[at : at + 1]):
                    made += len(content)
                    if made > failed.made:
                        yield content[-(made - failed.made) :]
    except _ERRORS:
        return


def _skip(stream: _Stream, size: int) -> None:
    while stream.read < size and (piece := stream.step()):
        if over := max(0, stream.read - size):
            stream.put_back(piece[len(piece) - over :])


def _drained(member: Decompressor, piece: bytes) -> int:
    made = len(member.decompress(piece, CHUNK))
    while not member.needs_input and not member.eof:
        made += len(member.decompress(b"", CHUNK))
    return made


def _small(member: Decompressor, byte: bytes) -> Iterator[bytes]:
    yield member.decompress(byte, STEP)
    while not member.needs_input and not member.eof:
        yield member.decompress(b"", STEP)
