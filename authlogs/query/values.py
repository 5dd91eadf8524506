"""Values as they are typed, read for the kind of their field: number, time, address, pattern."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from authlogs.errors import QueryError
from authlogs.parse.addresses import address_key, canonical
from authlogs.query.conditions import (
    All,
    Compare,
    Condition,
    Holds,
    Like,
    Matches,
    Present,
    Sign,
    Value,
    Wild,
)
from authlogs.query.fields import ADDRESS_KEY, Field, Kind
from authlogs.query.moments import Clock, Span, span_of
from authlogs.query.re2 import fault_of

_PART: Final = re.compile(r"\\(.)|([*?])|([^\\*?]+)", re.DOTALL)
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}$", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})$", re.ASCII)
_FLAGS: Final = {"true": True, "false": False}
_UNEQUAL: Final = re.compile(r"\\C|\\Q|\\p|\\P|\\z|\\Z|\\A|\[\[|\(\?P|&&|\[[^\]\\]*\[", re.DOTALL)
"""What RE2 and Java's expressions do not mean alike, or what would undo the anchors around it."""


@dataclass(frozen=True)
class Place:
    """Where a value stands in the query."""

    query: str
    position: int

    def error(self, what: str, next_step: str = "") -> QueryError:
        return QueryError(what, query=self.query, position=self.position, next_step=next_step)


def unescaped(word: str) -> str:
    """A word without its backslashes."""
    return re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL)


def pieces(word: str) -> tuple[tuple[str, ...], tuple[Wild, ...]]:
    r"""The literal texts of a word and the wildcards between them.

    >>> pieces(r"adm*n\*")
    (('adm', 'n*'), ('*',))
    """
    texts, wilds = [""], []
    for escaped, wild, plain in _PART.findall(word):
        if wild:
            wilds.append(wild)
            texts.append("")
        else:
            texts[-1] += escaped or plain
    return tuple(texts), tuple(wilds)


def like(field: Field, word: str, place: Place, clock: Clock) -> Condition:
    """A field whose value is a word, which may have wildcards."""
    texts, wilds = pieces(word)
    if field.kind in (Kind.WORD, Kind.PROSE):
        return Like(field.name, texts, wilds, anywhere=field.kind is Kind.PROSE)
    if wilds and field.kind is Kind.ADDRESS:
        return Like(field.name, texts, wilds)
    if wilds:
        raise place.error(
            f"{field.name} is {field.kind.value}, which takes no wildcards",
            "use bounds: [500 TO 599] or >=500" if field.kind is Kind.NUMBER else "write it out",
        )
    if field.kind is Kind.LIST:
        return Holds(field.name, texts[0])
    if field.kind is Kind.ADDRESS:
        return _address(field, texts[0], place)
    return compared(field, "=", texts[0], place, clock)


def matching(field: Field, regex: str, place: Place) -> Condition:
    """A field whose text fits a regular expression."""
    if field.kind not in (Kind.WORD, Kind.PROSE, Kind.ADDRESS):
        raise place.error(f"{field.name} is {field.kind.value}: no text that an expression fits")
    if told := fault_of(f"(?s:{regex})") or fault_of(regex):
        raise place.error(
            f"the expression cannot be used: {told}",
            "look-around, names of groups and references to them do not exist here (RE2)",
        )
    if odd := _UNEQUAL.search(regex):
        raise place.error(
            f"{odd[0]!r} in an expression means something else on each engine",
            "the whole value is compared anyhow; write classes out, such as [0-9a-f]",
        )
    return Matches(field.name, regex, anywhere=field.kind is Kind.PROSE)


def compared(field: Field, sign: str, text: str, place: Place, clock: Clock) -> Condition:
    """A field in relation to a value."""
    relation = cast("Sign", sign)
    if field.kind is Kind.MOMENT:
        return _on_time(field, relation, span_of(text, clock, place.error))
    if field.kind is Kind.ADDRESS:
        if (address := canonical(text)) is None:
            raise place.error(f"{text!r} is no address", "write 192.0.2.7 or 192.0.2.0/24")
        return Compare(ADDRESS_KEY, relation, address_key(address))
    if field.kind is Kind.LIST:
        raise place.error(f"{field.name} is a list, which has no order", "give one member of it")
    return Compare(field.name, relation, _READ[field.kind](field, text, place), field.scale)


def ranged(
    field: Field,
    ends: tuple[str | None, str | None],
    within: tuple[bool, bool],
    place: Place,
    clock: Clock,
) -> Condition:
    """A field between two bounds; None is no bound."""
    signs = (">=" if within[0] else ">", "<=" if within[1] else "<")
    parts = tuple(
        compared(field, sign, end, place, clock)
        for sign, end in zip(signs, ends, strict=True)
        if end is not None
    )
    return All(parts) if parts else Present(field.name)


def _on_time(field: Field, sign: Sign, span: Span) -> Condition:
    """Times are stretches: a day, a minute, a second; `>` means after all of it."""
    if sign == "=":
        first, last = Compare(field.name, ">=", span.start), Compare(field.name, "<", span.end)
        return All((first, last))
    if sign in ("<", ">="):
        return Compare(field.name, sign, span.start)
    return Compare(field.name, "<" if sign == "<=" else ">=", span.end)


def _address(field: Field, text: str, place: Place) -> Condition:
    """An address in any spelling, or a network."""
    if (address := canonical(text)) is not None:
        return Compare(field.name, "=", str(address))
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise place.error(
            f"{text!r} is no address", "write 192.0.2.7, 192.0.2.0/24, 2001:db8::/32 or 192.0.*"
        ) from None
    low, high = (address_key(network[at]) for at in (0, -1))
    return All((Compare(ADDRESS_KEY, ">=", low), Compare(ADDRESS_KEY, "<=", high)))


def _number(field: Field, text: str, place: Place) -> Value:
    if _WHOLE.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    raise place.error(f"{field.name} is a number, and {text[:40]!r} is none")


def _flag(field: Field, text: str, place: Place) -> Value:
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    raise place.error(f"{field.name} is true or false, and not {text[:40]!r}")


def _text(_field: Field, text: str, _place: Place) -> Value:
    return text


_READ: Final[dict[Kind, Callable[[Field, str, Place], Value]]] = {
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.WORD: _text,
    Kind.PROSE: _text,
}
