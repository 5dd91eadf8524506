"""Expressions over what people wrote: nobody's text may keep one busy for long."""

from typing import Final

import regex

PATIENCE_S: Final = 2.0


def compiled(pattern: str) -> "regex.Pattern[str]":
    """Return an expression that takes capitals and small letters for the same."""
    return regex.compile(pattern, regex.IGNORECASE)
