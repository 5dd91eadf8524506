"""Are the original files still what was read?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from authlogs.sources.places import Place, Told
from authlogs.sources.reopening import Reopened


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
    places = Reopened()
    rows = sources.select(["source_file", "path", "sha256", "size"]).to_pylist()
    return Verified(
        {
            row["source_file"]: _state(places.place(row["path"]), row["sha256"], row["size"])
            for row in rows
            if row["sha256"] is not None
        }
    )


def moved(name: str, logs: Path) -> str:
    """Where a source of this name lies when the logs lie elsewhere: a folder, or the one file."""
    if logs.is_dir():
        return str(logs / name)
    _, inside, member = name.partition("!/")
    return f"{logs}{inside}{member}"


def _state(place: Place | None, sha256: str, size: int) -> str:
    if place is None:
        return "missing"
    told, before, left = Told(), hashlib.sha256(), size
    grew = False
    for piece in place.pieces(told):
        before.update(piece[:left])
        grew = len(piece) > left
        left -= min(left, len(piece))
        if grew:
            break
    if told.fault and left == size > 0:
        return "missing"
    if left or before.hexdigest() != sha256:
        return "altered"
    return "rotated" if grew else "same"
