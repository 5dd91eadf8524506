"""Reading for the command line: what can be read is read, and the rest is told."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked
from authlogs.cli.terminal import say

if TYPE_CHECKING:
    from authlogs.logs import Logs


@dataclass(frozen=True)
class Reading:
    """The Logs, and what stayed outside them."""

    logs: "Logs"
    unread: tuple[str, ...]
    """One line a path or file that could not be read, or not to its end."""

    @property
    def exit_code(self) -> Exit:
        return Exit.UNREAD if self.unread else Exit.DONE

    def say_what_was_read(self) -> None:
        ...

    def say_what_was_missed(self) -> None:
        ...
