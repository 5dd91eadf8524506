"""Conditions as SQL that both engines read: names of columns and `$1`, `$2` …, never a value."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any as Whatever
from typing import Final

from authlogs.query.conditions import (
    All,
    Any,
    Compare,
    Condition,
    Everything,
    Holds,
    Like,
    Matches,
    Not,
    Present,
)
from authlogs.query.literals import in_any_case, in_every_match

_WILDS: Final = {"*": "%", "?": "_"}


@dataclass
class Statement:
    """The parameters of one query, numbered as they come."""

    params: list[Whatever] = field(default_factory=list)

    def put(self, value: Whatever) -> str:
        """Keep a value and return the name that stands for it."""
        self.params.append(value)
        return f"${len(self.params)}"

    def where(self, condition: Condition) -> str:
        """A condition as SQL; unknown (a null) counts as false."""
        match condition:
            case Everything():
                return "TRUE"
            case All(parts):
                return _joined("AND", map(self.where, parts))
            case Any(parts):
                return self._any(parts)
            case Not(part):
                return f"NOT coalesce({self.where(part)}, FALSE)"
            case Present(column):
                return f"{quoted(column)} IS NOT NULL"
            case Compare(column, sign, value, scale):
                times = f" * {scale}" if scale != 1 else ""
                return f"{quoted(column)}{times} {sign} {self.put(value)}"
            case Like():
                return self._like(condition)
            case Matches(column, regex, anywhere):
                fitted = rf"(?s:{regex})" if anywhere else rf"\A(?s:{regex})\z"
                sure = self._holding(column, in_every_match(regex))
                return f"({sure}regexp_like({quoted(column)}, {self.put(fitted)}))"
            case Holds(column, value):
                return f"array_contains({quoted(column)}, {self.put(value)})"

    def _any(self, parts: tuple[Condition, ...]) -> str:
        """Alternatives; equal values of one column become one list, however many they are."""
        listed: dict[str, list[str]] = {}
        others: list[Condition] = []
        for part in parts:
            if isinstance(part, Like) and not part.wilds and not part.anywhere:
                listed.setdefault(part.column, []).append(part.texts[0])
            else:
                others.append(part)
        lists = (
            f"{quoted(column)} IN ({', '.join(map(self.put, dict.fromkeys(texts)))})"
            for column, texts in listed.items()
        )
        return _joined("OR", [*lists, *map(self.where, others)])

    def _like(self, asked: Like) -> str:
        if not asked.wilds and not asked.anywhere:
            return f"{quoted(asked.column)} = {self.put(asked.texts[0])}"
        pattern = escaped(asked.texts[0])
        for wild, text in zip(asked.wilds, asked.texts[1:], strict=True):
            pattern += _WILDS[wild] + escaped(text)
        if asked.anywhere:
            sure = self._holding(asked.column, in_any_case(asked.texts))
            return f"({sure}{quoted(asked.column)} ILIKE {self.put(f'%{pattern}%')} ESCAPE '!')"
        return f"{quoted(asked.column)} LIKE {self.put(pattern)} ESCAPE '!'"

    def _holding(self, column: str, text: str) -> str:
        """The quick test that goes before a slow one: whether a column holds a text."""
        return f"{quoted(column)} LIKE {self.put(f'%{text}%')} AND " if text else ""


def quoted(column: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def _joined(word: str, parts: Iterable[str]) -> str:
    told = list(parts)
    return told[0] if len(told) == 1 else f"({f' {word} '.join(told)})"


def escaped(text: str) -> str:
    """A text as LIKE means it, `!` being its escape sign."""
    return "".join(f"!{sign}" if sign in "!%_" else sign for sign in text)
