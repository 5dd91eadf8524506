"""One text, or the rows of one table, into one file, as `--out FILE` asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from authlogs.errors import Unwritable
from authlogs.private_files import make_private, owner_only

if TYPE_CHECKING:
    import pyarrow as pa


def check_new(path: Path) -> None:
    """Refuse before the work a file that is there: what people wrote into it must not be lost."""
    if path.exists():
        raise Unwritable(
            "it is there already, and people may have written into it",
            where=str(path),
            next_step="move it away, or name another place",
        )


def write_text(
    path: Path, text: str, *, what: str, new: bool = False, folder: bool = False
) -> None:
    """Write a text for its owner alone; where it must be `new`, over nothing.

    With `folder` the one it is to lie in is made. Raises Unwritable.
    """
    with _told_if_not(path, what):
        if folder:
            make_private(path.parent)
        with open(path, "x" if new else "w", encoding="utf-8", opener=owner_only) as file:
            file.write(text)


def write_rows(path: Path, rows: "pa.Table", *, what: str) -> None:
    """Write rows as Parquet for their owner alone. Raises Unwritable."""
    import pyarrow.parquet as pq

    with _told_if_not(path, what), open(path, "wb", opener=owner_only) as file:
        pq.write_table(rows, file, compression="zstd")


@contextmanager
def _told_if_not(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"the {what} cannot be written: {error.strerror or error}",
            where=str(path),
            next_step="name a file in a folder that you may write to",
        ) from None
