"""zstd by pyarrow's stream, frame by frame, with every byte before a fault.

pyarrow tells neither where a frame ends nor what a failed read had made. The sizes that stand
before every block tell the first; the second is found by reading the stream once more.
"""

import io
from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa

from authlogs.sources.places import CHUNK, Told

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_READ: Final = 64 << 10
"""Bytes of content a read: what has to be read byte by byte when one of them fails."""


def begins(head: bytes) -> bool:
    """Whether a frame begins here, one of content or one to be skipped."""
    if MAGIC.startswith(head[:4]):
        return True
    return 0x50 <= head[0] <= 0x5F and b"\x2a\x4d\x18".startswith(head[1:4])


def uncompressed(
    pieces: Iterator[bytes], told: Told, again: Callable[[], Iterator[bytes]]
) -> Iterator[bytes]:
    """The content of all frames; zeros after a frame are padding, anything else is told."""
    frames = _Frames(pieces)
    stream, done = _stream(frames), 0
    try:
        while piece := stream.read(_READ):
            done += len(piece)
            yield piece
    except (OSError, pa.ArrowException) as error:
        told.stop(_why(str(error), early=frames.early))
        yield from _up_to_the_fault(again, done)
    else:
        if frames.early:
            told.stop("the zstd ends before its content does")
        elif frames.rubbish:
            told.fault = told.fault or "bytes that are no zstd follow the last frame"


def _why(error: str, *, early: bool) -> str:
    if "memory" in error:
        return "the zstd asks for more than 128 MiB of memory: unpack it first (zstd -d --long=31)"
    return "the zstd ends before its content does" if early else "damaged zstd"


def _up_to_the_fault(again: Callable[[], Iterator[bytes]], done: int) -> Iterator[bytes]:
    stream, tail = _stream(_Frames(again())), bytearray()
    try:
        while done:
            done -= len(stream.read(min(done, _READ)))
        while len(tail) < _READ and (byte := stream.read(1)):
            tail += byte
    except (OSError, pa.ArrowException):
        pass
    yield bytes(tail)


def _stream(frames: "_Frames") -> pa.CompressedInputStream:
    return pa.CompressedInputStream(pa.PythonFile(_Stored(frames.pieces()), mode="r"), "zstd")


class _Stored(io.RawIOBase):
    """Pieces as the file that pyarrow wants."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        given = self._held[: size if size > 0 else CHUNK]
        self._held = self._held[len(given) :]
        return given


class _Frames:
    """The stored bytes of whole frames, walked from block to block (RFC 8878)."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._source, self._held = pieces, bytearray()
        self.early = False
        """Whether the stream ends inside a frame."""
        self.rubbish = False
        """Whether bytes follow that are no frame."""

    def pieces(self) -> Iterator[bytes]:
        try:
            while self._frame_begins():
                head = self._take(4)
                yield head
                yield from self._content() if head == MAGIC else self._skippable()
        except EOFError:
            self.early = True
            yield bytes(self._held)

    def _frame_begins(self) -> bool:
        while True:
            zeros = len(self._held) - len(self._held.lstrip(b"\0"))
            del self._held[:zeros]
            if len(self._held) >= 4 or not self._more():
                break
        self.rubbish = bool(self._held) and not begins(bytes(self._held[:4]))
        return bool(self._held) and not self.rubbish

    def _more(self) -> bool:
        piece = next(self._source, b"")
        self._held += piece
        return bool(piece)

    def _take(self, size: int) -> bytes:
        while len(self._held) < size:
            if not self._more():
                raise EOFError
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _pass(self, size: int) -> Iterator[bytes]:
        """Bytes of any number, in pieces."""
        while size:
            piece = self._take(min(size, CHUNK))
            size -= len(piece)
            yield piece

    def _skippable(self) -> Iterator[bytes]:
        size = self._take(4)
        yield size
        yield from self._pass(int.from_bytes(size, "little"))

    def _content(self) -> Iterator[bytes]:
        descriptor = self._take(1)
        flags = descriptor[0]
        single = flags >> 5 & 1
        window, dictionary = 1 - single, (0, 1, 2, 4)[flags & 3]
        size = (single, 2, 4, 8)[flags >> 6]
        yield descriptor + self._take(window + dictionary + size)
        last = False
        while not last:
            head = self._take(3)
            told = int.from_bytes(head, "little")
            last, kind, size = bool(told & 1), told >> 1 & 3, told >> 3
            yield head
            yield from self._pass(1 if kind == 1 else size)
        yield self._take(4 if flags & 4 else 0)
