"""Figures on disk: the same bytes every time, with their words inside."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from authlogs.errors import BadCall, Unwritable
from authlogs.plot.style import ink_rules

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS: Final = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What is left out of each kind of file, so that its bytes do not change."""
WORDS: Final = {".png": "Description", ".svg": "Description", ".pdf": "Subject"}
"""Where each kind of file holds the words for people who cannot see it."""
DPI: Final = 150


def save_figure(figure: "Figure", path: str | Path, *, alt: str = "") -> Path:
    """Write a figure as PNG (150 dpi), SVG or PDF, by the path's ending; return the path.

    The files are the same bytes every time; `alt` is kept inside as their description. Raises
    BadCall for another ending, Unwritable where the file cannot be written.

    >>> from matplotlib.figure import Figure
    >>> save_figure(Figure(), "build/timeline.svg").name  # doctest: +SKIP
    'timeline.svg'
    """
    target = Path(path)
    ending = check_ending(target)
    words = {WORDS[ending]: alt} if alt else {}
    try:
        with ink_rules():
            figure.savefig(target, dpi=DPI, metadata=KINDS[ending] | words)
    except OSError as error:
        raise Unwritable(
            f"the figure cannot be written ({error.strerror or error})",
            where=str(target),
            next_step="choose a folder that exists and that you may write to",
        ) from None
    return target


def check_ending(path: Path) -> str:
    """Return the ending of a figure's file in small letters. Raises BadCall for another one."""
    ending = path.suffix.lower()
    if ending not in KINDS:
        raise BadCall(
            f"a figure cannot be written as {path.suffix or 'a file without an ending'}",
            where=str(path),
            next_step=f"use a name that ends in {', '.join(KINDS)}",
        )
    return ending
