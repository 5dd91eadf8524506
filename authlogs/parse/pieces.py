"""Stretches of a plain file of lines, each read as if the lines before it had been read."""

from dataclasses import dataclass
from pathlib import Path

from authlogs.sources.find import Found
from authlogs.sources.places import Part, Place


@dataclass(frozen=True)
class Piece:
    """Bytes [`start`, `end`) of a plain file (null: to its end), and the number of its first line.

    It begins where a record begins, so that no line of it continues one that lies before it.
    """

    start: int = 0
    end: int | None = None
    first_line: int = 1


def bytes_of(found: Found, piece: Piece) -> Path | Place:
    """Where the bytes of a piece are read from: a stretch alone, or the whole where it has no end.

    What is read to its end is read from its start, since its hash is that of the whole.
    """
    if piece.end is None:
        return found.path
    early = "it shrank while it was read: read a copy of it"
    return Part(found.place, piece.start, piece.end - piece.start, str(found.place), early)
