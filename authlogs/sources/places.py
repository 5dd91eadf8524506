"""Places that hold bytes: a file, a part of an archive; each is read as often as is asked."""

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

from authlogs.sources.names import printable

CHUNK: Final = 1 << 20
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_EDGE: Final = 4096
"""Bytes at both ends that tell a file that grew from one that was written anew."""


@dataclass
class Told:
    """What reading told: the compressions met, bytes taken, why it ended early, what to know."""

    layers: list[str] = field(default_factory=list)
    taken: float = 0
    fault: str | None = None
    truncated: bool = False
    note: str | None = None

    def stop(self, why: str) -> None:
        """Tell why the content ends early; the first to tell is nearest to the cause."""
        self.fault = self.fault or why
        self.truncated = True

    @property
    def compression(self) -> str:
        """`none`, or the compressions from the outside in, such as `gzip` or `gzip+xz`."""
        return "+".join(self.layers) or "none"


class Place(Protocol):
    """Where bytes are; its text is what `sources.path` says."""

    def open(self) -> IO[bytes]:
        """A file that can be read at any position."""

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """All bytes in order; never raises, faults are told."""

    def share(self) -> float:
        """Bytes on disk for each byte of it: less than 1 in a copy of what is compressed."""

    def __str__(self) -> str:
        """The place as text, without secrets."""


def is_address(path: str) -> bool:
    """Whether a path is an address such as `s3://bucket/logs`."""
    return _ADDRESS.match(path) is not None


def without_secrets(address: str) -> str:
    """An address with neither keys before its host nor a query; any other path as it is.

    >>> without_secrets("s3://key:secret@bucket/logs?region=x")
    's3://bucket/logs'
    """
    if not is_address(address):
        return printable(address)
    scheme, _, rest = address.partition("://")
    keyed = ":" in rest.partition("/")[0].partition("@")[0]
    if keyed and not scheme.endswith(("hdfs", "viewfs")):  # keys, even those with an odd character
        whose, _, rest = rest.rpartition("@") if "@" in rest else ("", "", rest)
        if scheme.startswith("abfs") and (container := whose.partition(":")[0]):
            rest = f"{container}@{rest}"
    elif not scheme.startswith("abfs"):  # abfs://container@account
        host, slash, path = rest.partition("/")
        rest = f"{host.rpartition('@')[2]}{slash}{path}"
    return printable(f"{scheme}://{rest.partition('?')[0]}")


def why_not(error: OSError) -> str:
    """Why a file could not be opened or read, in our words."""
    if isinstance(error, PermissionError):
        return "no permission to read it: chmod +r, or run as a user who may"
    return f"reading stopped: {error.strerror or error}"


@dataclass(frozen=True)
class LocalFile:
    """A file on this machine; whether it changed while it was read is told."""

    path: Path

    def __str__(self) -> str:
        return printable(str(self.path))

    def share(self) -> float:
        """It lies on disk as it is."""
        return 1.0

    def open(self) -> IO[bytes]:
        """The file itself."""
        return self.path.open("rb")

    def pieces(self, told: Told, size: int = CHUNK, *, start: int = 0) -> Iterator[bytes]:
        """What the file held when it was opened: a log that grows meanwhile has an end too."""
        try:
            with self.path.open("rb", buffering=0) as file:
                before = os.fstat(file.fileno())
                edges = _Edges(start, start)
                file.seek(start)
                for piece in up_to(file, before.st_size - start or None, size):
                    told.taken += len(piece)
                    edges.note(piece)
                    yield piece
                self._compare(file, before, edges, told)
        except OSError as error:
            told.stop(why_not(error))

    def _compare(
        self, file: IO[bytes], before: os.stat_result, edges: "_Edges", told: Told
    ) -> None:
        after = os.fstat(file.fileno())
        if edges.size < before.st_size or after.st_size < edges.size:
            told.stop(
                f"it shrank while it was read, {edges.size:,} of {before.st_size:,} bytes were "
                "read: read a copy of it"
            )
        elif after.st_size == before.st_size and after.st_mtime_ns != before.st_mtime_ns:
            told.stop("it was written over while it was read: read a copy of it")
        elif after.st_size > edges.size and before.st_size:
            if edges.stand_in(file):
                told.note = f"it grew while it was read: the first {edges.size:,} bytes were read"
            else:
                told.stop("it was written anew while it was read: read a copy of it")
        elif _moved(self.path, before):
            told.note = "it was rotated while it was read: the old file was read to its end"


def _moved(path: Path, before: os.stat_result) -> bool:
    try:
        now = path.stat()
    except OSError:
        return True
    return (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino)


@dataclass
class _Edges:
    """The first and the last bytes that were read, from `start` to `size`."""

    start: int
    size: int
    first: bytes = b""
    last: bytes = b""

    def note(self, piece: bytes) -> None:
        if len(self.first) < _EDGE:
            self.first += piece[: _EDGE - len(self.first)]
        self.last = (self.last + piece[-_EDGE:])[-_EDGE:]
        self.size += len(piece)

    def stand_in(self, file: IO[bytes]) -> bool:
        """Whether the same bytes still stand at both ends of what was read."""
        file.seek(self.start)
        first = b"".join(up_to(file, len(self.first)))
        file.seek(self.size - len(self.last))
        return first == self.first and b"".join(up_to(file, len(self.last))) == self.last


def up_to(file: IO[bytes], most: int | None, size: int = CHUNK) -> Iterator[bytes]:
    """Pieces of a file from where it stands: `most` bytes, or all."""
    left = most
    while left is None or left > 0:
        piece = file.read(size if left is None else min(size, left))
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        yield piece


@dataclass(frozen=True)
class Part:
    """A stretch of another place, such as a member of a tar; to the end where `size` is None."""

    base: Place
    start: int
    size: int | None
    text: str
    early: str = "its archive ends before it does"
    """What to say when the stretch is longer than what is there."""

    def __str__(self) -> str:
        return self.text

    def share(self) -> float:
        """That of the whole."""
        return self.base.share()

    def open(self) -> IO[bytes]:
        """The stretch as a file of its own."""
        file = self.base.open()
        there = max(0, file.seek(0, io.SEEK_END) - self.start)

        def read_at(offset: int, size: int) -> bytes:
            file.seek(self.start + offset)
            return file.read(size)

        size = there if self.size is None else min(self.size, there)
        return io.BufferedReader(Window(read_at, size, file.close))

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """The bytes of the stretch, or those that are there."""
        done = 0
        try:
            with self.open() as file:
                share = self.share()
                for piece in up_to(file, self.size, size):
                    told.taken += len(piece) * share
                    done += len(piece)
                    yield piece
        except OSError as error:
            told.stop(why_not(error))
        if self.size is not None and done < self.size:
            told.stop(self.early)


class Window(io.RawIOBase):
    """A file made of whatever can be read at an offset."""

    def __init__(
        self,
        read_at: Callable[[int, int], bytes],
        size: int,
        close: Callable[[], None] | None = None,
    ) -> None:
        self._read_at, self._size, self._at = read_at, size, 0
        self._when_closed = close

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + to)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._read_at(self._at, max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed and self._when_closed is not None:
            self._when_closed()
        super().close()
