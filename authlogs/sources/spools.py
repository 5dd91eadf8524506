"""Copies that nobody sees: what can be read but once, or not from the middle, is kept aside."""

import errno
import io
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from weakref import finalize

from authlogs.sources.places import CHUNK, Told, Window, up_to, why_not

IN_MEMORY: Final = 8 << 20
"""Bytes of a copy that stay in memory; a longer one lies in a temporary file."""
MOST_HELD: Final = 8
"""Copies that are kept at a time; others are made again when they are asked for."""
LARGEST: Final = 64 << 30
"""Bytes a copy may have."""
LEFT_FREE: Final = 1 << 30
"""Bytes that a copy leaves free where temporary files lie."""
_LOOKS_EVERY: Final = 64 << 20


class Spool:
    """An anonymous copy of a stream, filled at once; several readers may share it."""

    def __init__(self, pieces: Iterator[bytes], told: Told) -> None:
        self.told, self.size = told, 0
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (finalize)
        finalize(self, self._file.close)
        self._lock = threading.Lock()
        looked = 0
        try:
            for piece in pieces:
                if self.size - looked >= _LOOKS_EVERY:
                    looked = self.size
                    _check_room()
                self.size += self._file.write(piece[: LARGEST - self.size])
                if self.size == LARGEST:
                    told.stop(
                        f"it holds more than {LARGEST >> 30} GiB (spools.LARGEST): unpack it first"
                    )
                    break
        except OSError as error:
            told.stop(f"its temporary copy in {tempfile.gettempdir()}: {error.strerror or error}")

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from anywhere in the copy."""
        with self._lock:
            self._file.seek(offset)
            return self._file.read(max(0, min(size, self.size - offset)))

    def open(self) -> IO[bytes]:
        """The copy as a file."""
        return io.BufferedReader(Window(self.read_at, self.size))


def _check_room() -> None:
    if shutil.disk_usage(tempfile.gettempdir()).free < LEFT_FREE:
        raise OSError(errno.ENOSPC, "too little space is left: unpack it first, or set TMPDIR")


class Spools:
    """The copies of one read, by place: the last few used are kept, the rest are made again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Spool] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str, make: Callable[[], Spool]) -> Spool:
        """The copy of a place."""
        with self._lock:
            spool = self._kept.pop(text, None) or make()
            self._kept[text] = spool
            while len(self._kept) > MOST_HELD:
                self._kept.popitem(last=False)
            return spool

    def __reduce__(self) -> tuple[type["Spools"], tuple[()]]:
        return Spools, ()  # another process makes its own copies


@dataclass
class Pipe:
    """Standard input (`-`) or a named pipe: read once, into a copy, when it is first asked for."""

    path: Path | None
    _spool: Spool | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __str__(self) -> str:
        return "-" if self.path is None else str(self.path)

    def _copied(self) -> Spool:
        with self._lock:
            if self._spool is None:
                told = Told()
                self._spool = Spool(self._once(told), told)
            return self._spool

    def _once(self, told: Told) -> Iterator[bytes]:
        import sys

        try:
            if self.path is None:
                if sys.stdin is None:
                    told.stop("there is no standard input: pipe the logs in, or name a file")
                    return
                yield from up_to(sys.stdin.buffer, None)
            else:
                with self.path.open("rb") as file:
                    yield from up_to(file, None)
        except (OSError, ValueError) as error:
            told.stop(why_not(error) if isinstance(error, OSError) else "standard input is closed")

    def share(self) -> float:
        """All of it comes from outside."""
        return 1.0

    def open(self) -> IO[bytes]:
        """The copy as a file."""
        return self._copied().open()

    def pieces(self, told: Told, size: int = CHUNK) -> Iterator[bytes]:
        """All that came through."""
        spool = self._copied()
        with spool.open() as file:
            for piece in up_to(file, None, size):
                told.taken += len(piece)
                yield piece
        if spool.told.fault:
            told.stop(spool.told.fault)
