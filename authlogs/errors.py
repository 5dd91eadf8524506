"""What can go wrong with a call, as one small tree.

AuthlogsError
├── BadCall            the call cannot be meant as it is
│   ├── QueryError         a search that cannot be meant, with the place in its text
│   ├── UnknownFormat      no such log format
│   ├── UnknownPath        nothing at this path
│   └── ZoneNeeded         naive or yearless times and no zone or year given
├── NothingToRead      paths are there, but no line of them could be used
├── BadRule            a detection rule cannot be read, or says what is not supported
├── BadFormatFile      a format's TOML does not keep the contract
├── DamagedStore       a store lacks a file, or one is not as it was written
└── Unwritable         the output cannot be written

Bad *lines* are never errors: they are counted as rejects.
"""

from typing import Final

_BEFORE: Final = 40
_AFTER: Final = 30
"""Characters of a query that are shown before and after the place of its fault."""
_ONE_LINE: Final = dict.fromkeys((*range(32), 0x7F, 0x85, 0x2028, 0x2029), " ")


class AuthlogsError(Exception):
    """Root of everything the library raises: what is wrong, where, and what to do next."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what, self.where, self.next_step = what, where, next_step
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  next: {self.next_step}" if self.next_step else ""
        return f"{place}{self.what}{advice}"


class BadCall(AuthlogsError, ValueError):
    """The call cannot be meant as it is."""


class QueryError(BadCall):
    """A search that cannot be meant as it is; `position` counts characters of its text from 0.

    `query` is that text. Position is None where the whole of it is meant.
    """

    def __init__(
        self, what: str, *, query: str = "", position: int | None = None, next_step: str = ""
    ) -> None:
        self.query, self.position = query, position
        where = "" if position is None else f"character {position + 1}"
        super().__init__(what, where=where, next_step=next_step)

    def __str__(self) -> str:
        if self.position is None or not self.query:
            return super().__str__()
        start = max(0, self.position - _BEFORE)
        shown = self.query[start : self.position + _AFTER].translate(_ONE_LINE)
        pointed = f"\n  {shown}\n  {' ' * (self.position - start)}^"
        first, line, rest = super().__str__().partition("\n")
        return f"{first}{pointed}{line}{rest}"


class UnknownFormat(BadCall):
    """No log format of that name."""


class UnknownPath(BadCall):
    """Nothing is at this path."""


class ZoneNeeded(BadCall):
    """Some sources have times without a zone or a year, and none was given."""


class NothingToRead(AuthlogsError):
    """The paths exist, but nothing in them could be used."""


class BadFormatFile(AuthlogsError):
    """A format's TOML file does not keep the contract."""


class BadRule(BadCall):
    """A detection or alert rule cannot be read, or says what is not supported."""


class DamagedStore(AuthlogsError):
    """A file of a store is missing, or not as it was written."""


class Unwritable(AuthlogsError):
    """The output cannot be written."""
