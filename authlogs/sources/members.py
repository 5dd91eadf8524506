"""What a reader of archives tells: members with their names, and what stands in the way."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from authlogs.sources.names import printable
from authlogs.sources.places import Place

MOST_MEMBERS: Final = 100_000
"""Members that are read of one archive."""
TOO_MANY: Final = f"more than {MOST_MEMBERS:,} members (members.MOST_MEMBERS): unpack it first"


@dataclass(frozen=True)
class Member:
    """One member: its name inside the archive (empty: the archive itself), its place, its error."""

    name: str
    place: Place
    error: str | None = None


@dataclass
class Listing:
    """What one archive holds; `fault` is why what follows the last member is unknown."""

    members: list[Member] = field(default_factory=list)
    fault: str | None = None
    cut: bool = False
    """Whether the last member is cut off, and so tells of the fault itself."""
    passed: Counter[str] = field(default_factory=Counter)
    """What is no file and was passed over, by kind."""
    notes: list[str] = field(default_factory=list)
    _uses: Counter[str] = field(default_factory=Counter, repr=False)

    def named(self, name: str) -> str:
        """A printable name that no member before has: the second of one name ends in `#2`."""
        name = member_name(name)
        self._uses[name] += 1
        return name if self._uses[name] == 1 else f"{name}#{self._uses[name]}"


def member_name(name: str) -> str:
    r"""A member's name, printable and without steps that lead out of the archive.

    >>> member_name("../../etc/pass\nwd")
    'etc/pass\\nwd'
    """
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return printable("/".join(parts)) or "unnamed"
