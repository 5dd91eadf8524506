"""One text into one file, as `--out FILE.md` asks."""

from pathlib import Path

from authlogs.errors import Unwritable
from authlogs.private_files import owner_only


def check_new(path: Path) -> None:
    """Refuse before the work a file that is there: what people wrote into it must not be lost."""
    if path.exists():
        raise Unwritable(
            "it is there already, and people may have written into it",
            where=str(path),
            next_step="move it away, or name another place",
        )


def write_text(path: Path, text: str, *, what: str, new: bool = False) -> None:
    """Write a text for its owner alone; where it must be `new`, over nothing. Raises Unwritable."""
    try:
        with open(path, "x" if new else "w", encoding="utf-8", opener=owner_only) as file:
            file.write(text)
    except OSError as error:
        raise Unwritable(
            f"the {what} cannot be written: {error.strerror or error}",
            where=str(path),
            next_step="name a file in a folder that you may write to",
        ) from None
