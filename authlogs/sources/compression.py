"""Stored bytes become the stream they hold, and their hash is taken on the way.

Whatever stands before a fault is yielded; the fault is told afterwards, never raised.
"""

import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

CHUNK: Final = 1 << 20

_GZIP: Final = b"\x1f\x8b\x08"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


class Stored:
    """A file as it lies on disk: one pass over `chunks()`, and then what was learnt from it.

    After the pass: `sha256` and `size` of the stored bytes, `fault` (why the content ends early
    or None) and `truncated`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.compression = "none"
        self.size = 0
        self.fault: str | None = None
        self.truncated = False
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The uncompressed content, in pieces of about a MiB."""
        try:
            with self.path.open("rb") as file:
                yield from self._uncompressed(file)
        except OSError as error:
            self.fault = (
                "no permission to read it: chmod +r, or run as a user who may"
                if isinstance(error, PermissionError)
                else f"reading stopped: {error.strerror or error}"
            )

    def _uncompressed(self, file: BinaryIO) -> Iterator[bytes]:
        head = file.read(8)
        file.seek(0)
        if head.startswith(_GZIP):
            self.compression = "gzip"
            yield from self._gzip(file)
        elif head.startswith(_ZSTD):
            self.compression = "zstd"
            yield from self._zstd(file)
        else:
            while piece := self.take(file):
                yield piece
        while self.take(file):  # the hash speaks for the whole file, read or not
            pass

    def take(self, file: BinaryIO, size: int = CHUNK) -> bytes:
        """Stored bytes, told to the hash."""
        piece = file.read(size)
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    def _gzip(self, file: BinaryIO) -> Iterator[bytes]:
        """Member by member, since pyarrow's own stream loses the tail of a truncated file."""
        member = zlib.decompressobj(31)
        begun = False
        waiting = b""
        while piece := (waiting or self.take(file, CHUNK // 4)):
            if not begun and not piece.startswith(_GZIP[: len(piece)]):
                if piece.strip(b"\0"):
                    self.fault = "bytes that are no gzip follow the last member"
                    return
                waiting = b""
                continue
            begun = True
            try:
                content = member.decompress(piece, CHUNK)
            except zlib.error as error:
                self.fault = f"damaged gzip ({str(error).split(': ', 1)[-1]})"
                self.truncated = True
                return
            if content:
                yield content
            waiting = member.unconsumed_tail
            if member.eof:
                waiting = member.unused_data
                member, begun = zlib.decompressobj(31), False
        if begun:
            if rest := member.flush():
                yield rest
            self.fault, self.truncated = "the gzip ends before its content does", True

    def _zstd(self, file: BinaryIO) -> Iterator[bytes]:
        stream = pa.CompressedInputStream(pa.PythonFile(_Hashed(self, file), mode="r"), "zstd")
        done = 0
        try:
            while piece := stream.read(CHUNK // 16):
                yield piece
                done += len(piece)
        except OSError as error:
            self.truncated = True
            early = "truncated" in str(error).lower()
            self.fault = "the zstd ends before its content does" if early else "damaged zstd"
            yield self._zstd_tail(done)

    def _zstd_tail(self, done: int) -> bytes:
        """What a failed read of a damaged zstd swallowed, byte by byte up to the fault."""
        tail = bytearray()
        try:
            stream = pa.CompressedInputStream(pa.OSFile(str(self.path)), "zstd")
            while done:
                done -= len(stream.read(min(done, CHUNK // 16)))
            while byte := stream.read(1):
                tail += byte
        except OSError:
            pass
        return bytes(tail)


class _Hashed(io.RawIOBase):
    """A file that tells its reader's bytes to the hash of a Stored."""

    def __init__(self, stored: Stored, file: BinaryIO) -> None:
        self._stored, self._file = stored, file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._stored.take(self._file, size if size > 0 else CHUNK)
