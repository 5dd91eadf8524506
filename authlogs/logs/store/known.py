"""Sources that a store has read already: known by their bytes, wherever they lie now."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_PIECE = 1 << 20


@dataclass(frozen=True)
class Standing:
    """How a file stands to a store, and how it is to be read into it.

    Its rows must bear `name`. `skip`: the store has these very bytes. Otherwise it is read from
    byte `offset`, which begins line `line_no`; what the store has of it from there on is replaced.
    `kept` is its row of `sources` in the store.
    """

    name: str
    skip: bool = False
    offset: int = 0
    line_no: int = 1
    kept: Row | None = None


class Known:
    """The sources of a store."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows = list(rows)
        self._taken = {row["source_file"] for row in self._rows}
        self._digests: dict[Path, dict[int, str]] = {}

    def judge(
        self, name: str, path: Path, *, sha256: str | None = None, size: int | None = None
    ) -> Standing:
        """New, known (`skip`) or grown (`kept` is what it was); from offset 0 if it is not known.

        A source of which something was filtered or left unread is read again.
        """
        size = _size(path) if size is None else size
        skip = False
        if (old := self._same_bytes(name, path, sha256, size)) is not None:
            skip = not old["filtered"] and old["error"] is None
        elif (old := self._prefix(name, path, size or 0)) is None:
            old = self._unreadable(name, path, size)
            skip = old is not None and old["sha256"] is not None
        if old is None:
            return Standing(self._distinct(name, path))
        if not skip:
            self._rows.remove(old)  # one file alone can go on from it
        return Standing(old["source_file"], skip=skip, kept=old)

    def _same_bytes(
        self, name: str, path: Path, sha256: str | None, size: int | None
    ) -> Row | None:
        for row in sorted(self._candidates(name), key=lambda row: row["path"] != str(path)):
            if row["size"] == size and row["sha256"] == (sha256 or self._digest(path, size)):
                return row
        return None

    def _prefix(self, name: str, path: Path, size: int) -> Row | None:
        """The longest source that the file goes on from; a rotated log bears another name now."""
        near = [
            row
            for row in self._candidates(name)
            if row["size"] < size and (row["size"] or row["path"] == str(path)) and _near(row, path)
        ]
        for row in sorted(near, key=lambda row: -row["size"]):
            if self._digest(path, row["size"]) == row["sha256"]:
                return row
        return None

    def _unreadable(self, name: str, path: Path, size: int | None) -> Row | None:
        """What is known of a file by its path, where it had no bytes to tell it by, or has none."""
        for row in self._rows:
            same = row["path"] == str(path) and _member(row["source_file"]) == _member(name)
            if same and (size is None or row["sha256"] is None):
                return row
        return None

    def _candidates(self, name: str) -> list[Row]:
        member = _member(name)
        return [
            row
            for row in self._rows
            if row["sha256"] is not None and _member(row["source_file"]) == member
        ]

    def _digest(self, path: Path, size: int | None) -> str | None:
        """The hash of a file's first bytes; one pass gives all that may be asked of it."""
        if path not in self._digests:
            own = _size(path) or 0
            hashed = [row for row in self._rows if row["sha256"] is not None]
            asked = {
                row["size"]
                for row in hashed
                if row["size"] == own or (row["size"] < own and _near(row, path))
            }
            self._digests[path] = _prefixes(path, sorted(asked))
        return self._digests[path].get(size) if size is not None else None

    def _distinct(self, name: str, path: Path) -> str:
        """A name that no other source of the store bears."""
        number = 2
        free = name
        if free in self._taken:
            free = path.as_posix()
        while free in self._taken:
            free, number = f"{name}~{number}", number + 1
        self._taken.add(free)
        return free


def _prefixes(path: Path, sizes: list[int]) -> dict[int, str]:
    told: dict[int, str] = {}
    digest, done = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            for size in sizes:
                while done < size and (piece := file.read(min(size - done, _PIECE))):
                    digest.update(piece)
                    done += len(piece)
                if done == size:
                    told[size] = digest.hexdigest()
    except OSError:
        return {}
    return told


def _near(row: Row, path: Path) -> bool:
    """Whether a log may have been moved here: only then its beginning is worth a look."""
    old = Path(row["path"])
    return old.parent == path.parent or old.name == path.name


def _member(name: str) -> str:
    """The member of an archive; empty for a plain file."""
    return name.partition("!/")[2]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
