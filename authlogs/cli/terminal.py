"""Printing: results on stdout, words on stderr, and nothing in them that a terminal would obey."""

import os
import re
import sys
from collections.abc import Iterable
from typing import Final, TextIO

_OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters, marks of writing direction, ends of lines; logs are written by attackers."""

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "bold": "1"}


class ReaderGone(Exception):
    """Whoever read our output has gone away; no fault of anybody."""


def harmless(text: str) -> str:
    r"""Spell out what a terminal would obey; in JSON the spelling means the same character.

    >>> harmless("\x1b[2J")
    '\\u001b[2J'
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def show(text: str) -> None:
    """Print a result."""
    _write(sys.stdout, text)


def say(text: str) -> None:
    """Print words about the result."""
    _write(sys.stderr, text)


def coloured(stream: TextIO) -> bool:
    """Whether colours are welcome: on a terminal, unless NO_COLOR says otherwise."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show_painted(cells: Iterable[tuple[str, str | None]]) -> None:
    """Print one line of cells, each in its colour or in none."""
    told = []
    for text, colour in cells:
        plain = harmless(text.replace("\n", "\\n"))
        told.append(f"\x1b[{_CODES[colour]}m{plain}\x1b[0m" if colour else plain)
    _put(sys.stdout, "  ".join(told).rstrip())


def progress(text: str) -> None:
    """Print what is going on, if somebody watches."""
    if sys.stderr.isatty():
        _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    _put(stream, harmless(text))


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def prepare() -> None:
    """Let names that the terminal's encoding cannot say be spelled out, not refused."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
