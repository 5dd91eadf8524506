"""What a query asks, as a small tree: whatever is typed, or read from a rule, becomes this.

Leaves hold names of columns that exist and values of their types; `statements.py` makes SQL of
them. A row that lacks the value of a leaf does not fit it, and so fits its `Not`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Value: TypeAlias = str | int | float | bool | datetime
Sign: TypeAlias = Literal["=", "<", "<=", ">", ">="]
Wild: TypeAlias = Literal["*", "?"]


@dataclass(frozen=True)
class Everything:
    """Every row."""


@dataclass(frozen=True)
class All:
    """Rows that fit each of the parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Any:
    """Rows that fit at least one of the parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """Rows that do not fit, those that lack the value among them."""

    part: "Condition"


@dataclass(frozen=True)
class Present:
    """Rows in which the column has a value."""

    column: str


@dataclass(frozen=True)
class Compare:
    """Rows whose value stands in this relation to another; `scale` multiplies the column first."""

    column: str
    sign: Sign
    value: Value
    scale: int = 1


@dataclass(frozen=True)
class Like:
    """Rows whose text looks like this: literal texts, `*` for any text and `?` for one character.

    `anywhere` looks for it inside the text and ignores case; else the whole value must fit.
    `texts` has one more member than `wilds`, which stand between them.
    """

    column: str
    texts: tuple[str, ...]
    wilds: tuple[Wild, ...] = ()
    anywhere: bool = False


@dataclass(frozen=True)
class Matches:
    """Rows whose text fits a regular expression (RE2): the whole of it, or `anywhere` in it."""

    column: str
    regex: str
    anywhere: bool = False


@dataclass(frozen=True)
class Holds:
    """Rows whose list has this member."""

    column: str
    value: str


Condition: TypeAlias = Everything | All | Any | Not | Present | Compare | Like | Matches | Holds
