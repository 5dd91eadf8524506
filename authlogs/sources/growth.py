"""A log that grew: what is known of its beginning, so that only what is new is read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authlogs.sources.codecs import compression_of
from authlogs.sources.places import LocalFile, Told, up_to


@dataclass(frozen=True)
class Beginning:
    """The first bytes of a file, read before: how many, how many lines, and their hash so far."""

    place: LocalFile
    size: int
    lines: int
    state: Any

    def rest(self, told: Told) -> Iterator[bytes]:
        """What follows the beginning."""
        return self.place.pieces(told, start=self.size)


def find_beginning(path: Path, *, size: int, sha256: str) -> Beginning | None:
    """The beginning of a file if it is what was read before, or None: then all of it is new.

    Its hash goes on, so that the file is read once. None too for what was compressed, and for a
    beginning in the middle of a line, which would cut a record in two.
    """
    state, lines, left, last = hashlib.sha256(), 0, size, b"\n"
    head = b""
    try:
        with path.open("rb") as file:
            for piece in up_to(file, size):
                head = head or piece[:16]
                state.update(piece)
                lines += piece.count(b"\n")
                left -= len(piece)
                last = piece[-1:]
    except OSError:
        return None
    if compression_of(head) is not None:
        return None
    if left or last != b"\n" or state.hexdigest() != sha256:
        return None
    return Beginning(LocalFile(path), size, lines, state)
