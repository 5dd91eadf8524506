"""One log format: how it is recognised and how its fields become columns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from authlogs.expressions import ascii_only, fault
from authlogs.parse.memory import Memory

SHAPES: Final = ("text", "json", "logfmt", "csv", "w3c", "xml", "cef", "leef")


@dataclass(frozen=True)
class Rule:
    """How one column is filled: from fields, then perhaps through a table, patterns or a scale."""

    fields: tuple[str, ...]
    table: Mapping[str, str] | None = None
    table_name: str | None = None
    default: str | None = None
    matches: tuple[tuple[str, str], ...] = ()
    scale: float | None = None
    capture: str | None = None
    never: tuple[str, ...] = ()
    decode: str | None = None
    present: tuple[tuple[str, str], ...] = ()
    memory: Memory[str | None] = field(
        default_factory=Memory, init=False, repr=False, compare=False
    )


@dataclass(frozen=True)
class Pattern:
    """One anchored expression of a text format; its named groups become fields."""

    name: str
    regex: str
    pairs: str | None = None
    set: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TimeRule:
    """Where the times of a record stand, and in which layouts."""

    field: tuple[str, ...] = ()
    layout: tuple[str, ...] = ("iso",)
    end: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReasonRule:
    """How the reason of a record is found: codes first, then text, last the HTTP status."""

    codes: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    http: bool = False


@dataclass(frozen=True)
class Recognise:
    """One way to know a record by its fields (json, logfmt, csv): all of these, any of those.

    And `none` of some that would make it another's.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    equals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: frozenset[str] | None = None
    """Names that it may have beside those of `all`; None for any (json)."""
    none: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """A line (or a few) of the format and what reading it must give."""

    line: str
    why: str = ""
    hostile: bool = False
    reject: bool = False
    zone: str | None = None
    year: int | None = None
    filtered: bool = False
    want: Mapping[str, Any] = field(default_factory=dict)
    more: tuple[Mapping[str, Any], ...] = ()
    gives: tuple[str, ...] = ()
    """Of an envelope: the records inside."""

    @property
    def wants(self) -> tuple[Mapping[str, Any], ...]:
        """What each row wants: `want` is that of the first, `more` those of the others."""
        return (self.want, *self.more)


@dataclass(frozen=True, eq=False)
class Format:
    """A log format; `kind` is events or changes, after the folder it lies in.

    A column gets the pattern's constant, else its rule in `columns`, else the constant of `set`,
    else its rule in `open_columns` (synonyms). `inside` are ways to know a record in an envelope
    that says when it was.
    """

    name: str
    kind: str
    title: str
    shape: str
    vendor: str = ""
    logs_success: str = "configurable"
    envelope: str | None = None
    programs: tuple[str, ...] = ()
    attempt: tuple[str, ...] | None = None  # None for the envelope's pid
    synonyms: bool = False
    each: str | None = None
    names: str | None = None
    most: int = 1000
    pairs: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    recognise: tuple[Recognise, ...] = ()
    inside: tuple[Recognise, ...] = ()
    filtered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    time: TimeRule = TimeRule()
    comments: str | None = None
    patterns: tuple[Pattern, ...] = ()
    set: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    open_columns: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    reason: ReasonRule = ReasonRule()
    samples: tuple[Sample, ...] = ()

    def __repr__(self) -> str:
        return f"Format({self.name!r})"


def bad_pattern(regex: str) -> str | None:
    """Why a pattern may not stand in a format file; None when it may."""
    if not (regex.startswith("^") and regex.endswith("$")):
        return "is not anchored: begin with ^ and end with $"
    if re.search(r"\(\?(?:=|!|<=|<!)", regex):
        return "looks around, which no linear engine can"
    return uncompilable(regex)


def uncompilable(regex: str) -> str | None:
    """What the engine says of an expression that it cannot compile; None when it can."""
    told = fault(ascii_only(regex))
    return None if told is None else f"does not compile: {told}"
