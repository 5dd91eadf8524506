"""Sources that a store has read already: known by their bytes, wherever they lie now."""

import hashlib
from collections import defaultdict
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
    """The sources of a store, found by size, by path, and by where a rotated log comes from."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows = list(rows)
        self._taken = {row["source_file"] for row in self._rows}
        self._at: dict[str, list[Row]] = defaultdict(list)
        self._sized: dict[int, list[Row]] = defaultdict(list)
        self._moved: dict[str, list[Row]] = defaultdict(list)
        for row in self._rows:
            self._at[row["path"]].append(row)
            if row["sha256"] is not None:
                self._sized[row["size"]].append(row)
                path = Path(row["path"])
                if _size(path) != row["size"]:  # it is no longer what was read there
                    self._moved[str(path.parent)].append(row)
                    self._moved[path.name].append(row)

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
        elif (old := self._beginning(name, path, size or 0)) is None:
            old = self._unreadable(name, path, size)
            skip = old is not None and old["sha256"] is not None
        if old is None:
            return Standing(self._distinct(name, path))
        if not skip:
            self._give(old)
        return Standing(old["source_file"], skip=skip, kept=old)

    def _same_bytes(
        self, name: str, path: Path, sha256: str | None, size: int | None
    ) -> Row | None:
        rows = [row for row in self._sized.get(size or 0, ()) if _same_member(row, name)]
        if not rows or size is None:
            return None
        own = sha256 or _prefixes(path, [size]).get(size)
        equal = [row for row in rows if row["sha256"] == own]
        if not size:  # all empty files are alike: each stands for itself
            equal = [row for row in equal if row["path"] == str(path)]
        return min(equal, key=lambda row: row["path"] != str(path), default=None)

    def _beginning(self, name: str, path: Path, size: int) -> Row | None:
        """The longest source that the file goes on from: at its path, or moved here since."""
        moved = self._moved.get(str(path.parent), []) + self._moved.get(path.name, [])
        for rows in (self._at.get(str(path), []), [row for row in moved if row["size"]]):
            hashed = [
                row
                for row in rows
                if row["sha256"] is not None and row["size"] < size and _same_member(row, name)
            ]
            told = _prefixes(path, sorted({row["size"] for row in hashed}))
            equal = [row for row in hashed if told.get(row["size"]) == row["sha256"]]
            if equal:
                return max(equal, key=lambda row: row["size"])
        return None

    def _unreadable(self, name: str, path: Path, size: int | None) -> Row | None:
        """What is known of a file by its path, where it had no bytes to tell it by, or has none."""
        for row in self._at.get(str(path), ()):
            if _same_member(row, name) and (size is None or row["sha256"] is None):
                return row
        return None

    def _give(self, row: Row) -> None:
        """One file alone can go on from a source."""
        path = Path(row["path"])
        self._at[row["path"]].remove(row)
        for rows in (
            self._sized.get(row["size"], []),
            self._moved.get(str(path.parent), []),
            self._moved.get(path.name, []),
        ):
            if row in rows:
                rows.remove(row)

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
    """The hashes of a file's first bytes, for several sizes in one pass."""
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


def _same_member(row: Row, name: str) -> bool:
    """Whether both are the same member of an archive, or both a plain file."""
    return bool(row["source_file"].partition("!/")[2] == name.partition("!/")[2])


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
