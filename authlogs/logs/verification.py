"""Are the original files still what was read?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

_PIECE = 1 << 20


@dataclass(frozen=True)
class Verified:
    """What became of each file: same, rotated (what was read is still its beginning), altered,
    missing.
    """

    files: Mapping[str, str]

    @property
    def holds(self) -> bool:
        """Whether everything that was read still stands where it stood."""
        return set(self.files.values()) <= {"same"}

    def to_arrow(self) -> pa.Table:
        """A row for each file."""
        return pa.table({"source_file": list(self.files), "state": list(self.files.values())})


def verify_sources(sources: pa.Table) -> Verified:
    """Read the files of a `sources` table again and compare them with their hashes."""
    rows = sources.select(["source_file", "path", "sha256", "size"]).to_pylist()
    return Verified(
        {
            row["source_file"]: _state(Path(row["path"]), row["sha256"], row["size"])
            for row in rows
            if row["sha256"] is not None
        }
    )


def _state(path: Path, sha256: str, size: int) -> str:
    try:
        with path.open("rb") as file:
            before = hashlib.sha256()
            left = size
            while left and (piece := file.read(min(left, _PIECE))):
                before.update(piece)
                left -= len(piece)
            if left or before.hexdigest() != sha256:
                return "altered"
            return "rotated" if file.read(1) else "same"
    except OSError:
        return "missing"
