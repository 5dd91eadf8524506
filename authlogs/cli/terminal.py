"""Printing: results on stdout, words on stderr, and nothing in them that a terminal would obey."""

import re
import sys
from typing import Final, TextIO

_OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Control characters and marks of writing direction; log text is written by attackers."""


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


def progress(text: str) -> None:
    """Print what is going on, if somebody watches."""
    if sys.stderr.isatty():
        _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(harmless(text) + "\n")
        stream.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def prepare() -> None:
    """Let names that the terminal's encoding cannot say be spelled out, not refused."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
