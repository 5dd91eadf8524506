"""Stretches of a plain file of lines, each read as if the lines before it had been read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Bytes [`start`, `end`) of a plain file (null: to its end), and the number of its first line.

    It begins where a record begins, so that no line of it continues one that lies before it.
    """

    start: int = 0
    end: int | None = None
    first_line: int = 1
