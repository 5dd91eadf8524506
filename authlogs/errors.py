"""What can go wrong with a call, as one small tree.

AuthlogsError
├── BadCall            the call cannot be meant as it is
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


class BadRule(AuthlogsError):
    """A detection rule cannot be read, or says what is not supported."""


class DamagedStore(AuthlogsError):
    """A file of a store is missing, or not as it was written."""


class Unwritable(AuthlogsError):
    """The output cannot be written."""
