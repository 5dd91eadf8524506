"""Stored bytes become the stream they hold, and their hash is taken on the way.

Whatever stands before a fault is yielded; the fault is told afterwards, never raised.
"""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from authlogs.sources.codecs import compression_of
from authlogs.sources.places import LocalFile, Place, Told

DEEPEST: Final = 3
"""Compressions one inside the other that are undone."""
FREE: Final = 1 << 30
"""Bytes of content that any stream may hold, however small it is stored."""
MOST: Final = 1100
"""Bytes of content for a stored byte, beyond FREE. gzip cannot reach it (1,032), so that the log
of one line repeated is read; it stops what only a bomb does: gzips in gzips, or bz2, xz and zstd
of nothing but one byte, which would keep a reader busy for days."""
_HEAD: Final = 16

Make = Callable[[Told], Iterator[bytes]]
"""The stored bytes from their start, each time it is called."""


class Stored(Told):
    """Bytes as they are stored: one pass over `chunks()`, and then what was learnt from it.

    After the pass: `sha256` and `size` of the stored bytes, `compression`, `fault` (why the
    content ends early or None), `truncated`, and `note` (what is worth knowing and no fault).
    """

    def __init__(self, path: Path | Place) -> None:
        super().__init__()
        self.place: Place = LocalFile(path) if isinstance(path, Path) else path
        self.size = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The uncompressed content, in pieces of about a MiB."""
        stored = self._hashed()
        # The first piece is long enough to be judged by its first bytes.
        _, pieces = _peeked(content(self.place.pieces, self, first=stored))
        yield from bounded(pieces, self, self.place.share())
        for _ in stored:  # the hash speaks for the whole file, read or not
            pass

    def _hashed(self) -> Iterator[bytes]:
        for piece in self.place.pieces(self):
            self._hash.update(piece)
            self.size += len(piece)
            yield piece


def content(
    make: Make, told: Told, *, most: int = DEEPEST, first: Iterator[bytes] | None = None
) -> Iterator[bytes]:
    """What lies below at most so many compressions."""
    pieces = make(told) if first is None else first
    for depth in range(most):
        head, pieces = _peeked(pieces)
        compression = compression_of(head)
        if compression is None:
            break
        name, peel = compression
        told.layers.append(name)
        pieces = peel(pieces, told, partial(_again, make, depth))
    return pieces


def _again(make: Make, depth: int) -> Iterator[bytes]:
    return content(make, Told(), most=depth)


def _peeked(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    return head[:_HEAD], chain([head] if head else [], pieces)


def bounded(pieces: Iterator[bytes], told: Told, share: float) -> Iterator[bytes]:
    """Pieces until they are more than any log comes to; `share` is that of their place."""
    made, free = 0, FREE * share
    for piece in pieces:
        made += len(piece)
        if made > free and made > MOST * told.taken:
            told.stop(
                f"more than {MOST:,} bytes for each stored byte after the first "
                f"{FREE >> 20:,} MiB (compression.MOST), as a zip bomb has: unpack it first "
                "if it is a log"
            )
            return
        yield piece
