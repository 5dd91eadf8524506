r"""A query as people type it, spelled so that luqum reads what was meant.

luqum refuses times with offsets, bare IPv6 addresses and paths that begin with a slash, and takes a
minus in a value for an operator. Such characters get a backslash here, which keeps wildcards alive
(quotes would not). `/…/` is a regular expression only where it closes at the end of a word.
"""

import ipaddress
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from authlogs.errors import QueryError

_FIELD: Final = re.compile(r"(\*|[A-Za-z_@][\w.@-]*):(?!//)")
_WORD: Final = re.compile(r'(?:\\.|[^\s()"\\])+', re.DOTALL)
_BOUND: Final = re.compile(r'(?:\\.|[^\s\[\]{}"\\])+', re.DOTALL)
_PHRASE: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_REGEX: Final = re.compile(r"/(?:[^/\\\n]|\\.)*(?<![:(\s])/(?=[\s)]|$)")
_COMPARISON: Final = re.compile(r"[<>]=?")
_SUFFIX: Final = re.compile(r"[~^][0-9.~^]*(?=[\s()]|$)")
_SIGNS: Final = {"&&": "AND", "||": "OR", "!": "NOT"}
_LOWER: Final = ("and", "or", "not")
_FIRST: Final = frozenset("/'+-<>")
"""What luqum does not take as the first character of a value …"""
_INNER: Final = frozenset(':[]{}^~"')
"""… and what it takes nowhere in one."""


@dataclass
class Spelled:
    """The text for luqum, and where each stretch of it stands in what was typed."""

    typed: str
    text: str = ""
    _parts: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _origins: list[int] = field(default_factory=list)
    _size: int = 0

    def add(self, part: str, origin: int) -> None:
        """Append a stretch that was typed at `origin`."""
        self._parts.append(part)
        self._starts.append(self._size)
        self._origins.append(origin)
        self._size += len(part)

    def origin(self, position: int) -> int:
        """Where a character of `text` was typed."""
        at = bisect_right(self._starts, position) - 1
        if at < 0:
            return 0
        return min(self._origins[at] + position - self._starts[at], len(self.typed))

    def done(self) -> "Spelled":
        self.text = "".join(self._parts)
        return self


def spelled(query: str) -> Spelled:
    """Spell a query for luqum. Raises QueryError where a quote or bracket is never closed."""
    told = Spelled(query)
    at, in_value = 0, False
    while at < len(query):
        sign = query[at]
        if sign.isspace():
            told.add(" ", at)
            at += 1
        elif sign in "()":
            told.add(sign, at)
            at, in_value = at + 1, False
            _refuse_suffix(query, at)
        elif not in_value and (match := _operator(query, at)):
            told.add(f" {_SIGNS[match]} ", at)
            at += len(match)
        elif not in_value and sign in "+-" and at + 1 < len(query) and not query[at + 1].isspace():
            told.add(sign, at)
            at += 1
        else:
            at, in_value = _term(told, query, at, in_value=in_value)
    return told.done()


def _operator(query: str, at: int) -> str | None:
    return next((sign for sign in _SIGNS if query.startswith(sign, at)), None)


def _term(told: Spelled, query: str, at: int, *, in_value: bool) -> tuple[int, bool]:
    """Spell what begins here: a phrase, range, comparison, expression, field name or word."""
    sign = query[at]
    if sign == '"':
        end = _copied(told, query, at)
        _refuse_suffix(query, end)
        return end, False
    if sign in "[{":
        end = _range(told, query, at)
        _refuse_suffix(query, end)
        return end, False
    if found := _COMPARISON.match(query, at):
        told.add(found[0], at)
        return found.end(), True
    if sign == "/" and (found := _REGEX.match(query, at)):
        told.add(found[0], at)
        return found.end(), False
    name = None if in_value else _FIELD.match(query, at)
    whole = _WORD.match(query, at)
    if whole is None:
        raise QueryError("a backslash stands before nothing", query=query, position=at)
    if name and not _is_address(whole[0]):
        told.add(name[0], at)
        return name.end(), True
    if not in_value and whole[0] in _LOWER:
        raise QueryError(
            f"a lower-case {whole[0]!r} would be one more word to look for",
            query=query,
            position=at,
            next_step=f'write {whole[0].upper()}, or "{whole[0]}" in quotes for the word',
        )
    _escaped(told, whole[0], at)
    return whole.end(), False


def _range(told: Spelled, query: str, at: int) -> int:
    """Spell `[low TO high]`, each bound with what luqum would not take escaped."""
    opened = at
    told.add(query[at], at)
    at += 1
    while at < len(query) and query[at] not in "]}":
        sign = query[at]
        if sign.isspace():
            told.add(" ", at)
            at += 1
        elif sign == '"':
            at = _copied(told, query, at)
        elif found := _BOUND.match(query, at):
            _escaped(told, found[0], at)
            at = found.end()
        else:
            raise QueryError("this cannot stand in a range", query=query, position=at)
    if at == len(query):
        raise QueryError(
            "this bracket is never closed",
            query=query,
            position=opened,
            next_step="a range is [low TO high], {low TO high} leaves the bounds out",
        )
    told.add(query[at], at)
    return at + 1


def _copied(told: Spelled, query: str, at: int) -> int:
    found = _PHRASE.match(query, at)
    if found is None:
        raise QueryError(
            "this quote is never closed",
            query=query,
            position=at,
            next_step=r"close it, or type \"",
        )
    told.add(found[0], at)
    return found.end()


def _escaped(told: Spelled, word: str, at: int) -> None:
    """Put a backslash before every character that luqum would not take here."""
    place = 0
    while place < len(word):
        sign = word[place]
        if sign == "\\":
            told.add(word[place : place + 2], at + place)
            place += 2
            continue
        if sign in "~^":
            _refuse_suffix(told.typed, at + place)
        if sign in _INNER or (place == 0 and sign in _FIRST):
            told.add("\\", at + place)
        told.add(sign, at + place)
        place += 1


def _refuse_suffix(query: str, at: int) -> None:
    """Refuse fuzziness (`~2`), proximity and boosts (`^2`), which have no meaning here."""
    if found := _SUFFIX.match(query, at):
        raise QueryError(
            f"{found[0]} asks for fuzziness, proximity or a boost, which is not supported",
            query=query,
            position=at,
            next_step=f"leave it out, or escape the sign to look for it: \\{found[0]}",
        )


def _is_address(word: str) -> bool:
    """Whether a word with colons is an IPv6 address or network, and no field."""
    try:
        ipaddress.ip_interface(word)
    except ValueError:
        return False
    return True
