"""Text from logs as it may stand in a figure: literal, measured, shortened, wrapped."""

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import RendererAgg

ELLIPSIS = "…"
FINE_DPI = 576
"""Measured at a fine resolution: hinting at the figure's own would make widths jump."""


def literal(text: str) -> str:
    r"""Return the text with control and direction characters spelt out.

    >>> literal("red\x1b[31m")
    'red\\x1b[31m'
    """
    return "".join(c if _harmless(c) else c.encode("unicode_escape").decode() for c in text)


def _harmless(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] != "C" and category not in {"Zl", "Zp"}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in points of one line of text, as Agg renders it."""
    from matplotlib.font_manager import FontProperties

    prop = FontProperties(size=size, weight="bold" if bold else "normal")
    width: float = _renderer().get_text_width_height_descent(text, prop, False)[0]  # type: ignore[no-untyped-call]
    return width * 72.0 / FINE_DPI


@lru_cache(maxsize=1)
def _renderer() -> "RendererAgg":
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, FINE_DPI)  # type: ignore[no-untyped-call]


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return the text, cut with an ellipsis where it is wider than `room` points."""
    if text_width(text, size, bold=bold) <= room:
        return text
    fits, fails = 0, len(text)
    while fails - fits > 1:
        middle = (fits + fails) // 2
        cut = text[:middle].rstrip() + ELLIPSIS
        if text_width(cut, size, bold=bold) <= room:
            fits = middle
        else:
            fails = middle
    return text[:fits].rstrip() + ELLIPSIS


def wrap(text: str, room: float, size: float, *, bold: bool = False, lines: int = 3) -> list[str]:
    """Break the text into at most so many lines of `room` points; what is too long is shortened.

    A break after a semicolon is preferred where two lines are enough.
    """
    first, semicolon, second = text.partition("; ")
    halves = [first + semicolon.strip(), second]
    too_long = text_width(text, size, bold=bold) > room
    if second and too_long and all(text_width(h, size, bold=bold) <= room for h in halves):
        return halves
    done: list[str] = []
    words = text.split(" ")
    while words:
        line = words.pop(0)
        if len(done) == lines - 1:
            line, words = " ".join([line, *words]), []
        while words and text_width(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        done.append(shorten(line, room, size, bold=bold))
    return done
