"""`search --follow-file`: what is found in the files, and then in what is written to them."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from authlogs.cli.options import Asked
from authlogs.cli.reading import Reading, passing_folder, read_asked
from authlogs.cli.searching import Wanted, give, placed, rows_of
from authlogs.cli.terminal import say
from authlogs.errors import BadCall, NothingToRead

if TYPE_CHECKING:
    import pyarrow as pa

    from authlogs.query.conditions import Condition

PAUSE_S: Final = 0.5
"""Seconds between two looks at the sizes of the files."""
Seen = dict[str, int]
"""For each file the byte up to which its rows were given."""


def follow(asked: Asked, query: str, wanted: Wanted) -> int:
    """Print what is found, and go on until somebody interrupts it.

    The files go through a store that lasts as long as the process: it reads on what has grown, and
    takes a file that was rotated for a new one.
    """
    if wanted.form not in ("lines", "json"):
        raise BadCall(
            f"--follow-file never ends, and --{wanted.form} needs an end",
            next_step="leave one of them out, or use --json",
        )
    store, before, seen = passing_folder() / "followed", None, Seen()
    while True:
        sizes = _sizes(asked.paths)
        if sizes != before:
            _look(asked, query, wanted, store, seen, first=before is None)
            before = sizes
        time.sleep(PAUSE_S)


def _look(
    asked: Asked, query: str, wanted: Wanted, store: Path, seen: Seen, *, first: bool
) -> None:
    """Read what is new, and print what fits of it; the first time say what cannot be read."""
    try:
        reading = read_asked(replace(asked, since=None, until=None), store=store)
    except NothingToRead as error:
        if first:
            say(f"not yet: {error}")
        return
    if first:
        reading.say_what_was_missed(gaps=False)
    held, asked_for = placed(reading.logs, query, asked)
    rows = rows_of(held, _unseen(asked_for, seen), wanted)
    rows = rows.filter(_whole(rows, reading))
    give(rows, reading.logs, asked, wanted)
    for name, offset in zip(
        rows["source_file"].to_pylist(), rows["byte_offset"].to_pylist(), strict=True
    ):
        if name is not None and offset is not None:
            seen[name] = max(offset, seen.get(name, -1))


def _unseen(asked_for: "Condition", seen: Seen) -> "Condition":
    """The condition, and that a row stands behind those that were given."""
    from authlogs.query.conditions import All, Any, Compare, Not

    given = tuple(
        All((Compare("source_file", "=", name), Compare("byte_offset", "<=", offset)))
        for name, offset in seen.items()
    )
    return All((asked_for, Not(Any(given)))) if given else asked_for


def _whole(rows: "pa.Table", reading: Reading) -> "pa.Array":
    """Which rows are of lines that have ended: the last one may still be written."""
    import pyarrow as pa

    open_from = {}
    for row in reading.logs.sources.select(["source_file", "path", "size"]).to_pylist():
        if not _ends(Path(row["path"])):
            open_from[row["source_file"]] = row["size"]
    columns = (rows[name].to_pylist() for name in ("source_file", "byte_offset", "byte_length"))
    return pa.array(
        [
            name not in open_from or offset + length < open_from[name]
            for name, offset, length in zip(*columns, strict=True)
        ],
        pa.bool_(),
    )


def _ends(path: Path) -> bool:
    """Whether a file's last line has its newline; what cannot be looked at is taken as ended."""
    try:
        with path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"
    except OSError:
        return True


def _sizes(paths: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Size and time of every file that the paths lead to now."""
    from authlogs.sources.find import find

    told = {}
    for found in find(list(paths), inside=False).files:
        try:
            here = Path(str(found.path)).stat()
        except OSError:
            continue
        told[found.name] = (here.st_size, here.st_mtime_ns)
    return told
