"""Stretches of a plain file of lines, each read as if the lines before it had been read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from authlogs.sources.places import CHUNK


@dataclass(frozen=True)
class Piece:
    """Bytes [`start`, `end`) of a plain file (null: to its end), and the number of its first line.

    It begins where a record begins, so that no line of it continues one that lies before it.
    """

    start: int = 0
    end: int | None = None
    first_line: int = 1


class StoredPiece:
    """The bytes of a piece, in the manner of `Stored`; the hash is for who reads the whole file."""

    compression = "none"
    truncated = False
    sha256 = None
    note = None

    def __init__(self, path: Path, piece: Piece) -> None:
        self.path, self.piece = path, piece
        self.start = piece.start
        self.size = 0
        self.fault: str | None = None

    def chunks(self) -> Iterator[bytes]:
        """The content, in pieces of about a MiB."""
        try:
            with self.path.open("rb") as file:
                file.seek(self.piece.start)
                while data := file.read(self._left()):
                    self.size += len(data)
                    yield data
        except OSError as error:
            self.fault = f"reading stopped: {error.strerror or error}"

    def _left(self) -> int:
        end = self.piece.end
        return CHUNK if end is None else min(CHUNK, end - self.piece.start - self.size)
