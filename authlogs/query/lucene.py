"""The search language: a subset of Lucene's, read by luqum, made into conditions.

What is not supported is refused with its place, never ignored. Words that stand side by side are
joined by AND, which binds less than OR; AND binds more than OR, NOT more than both.
Source of the syntax: Apache Lucene, classic query parser; Elasticsearch, query_string.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any as Node
from typing import Final

from authlogs.errors import QueryError
from authlogs.query.conditions import All, Any, Condition, Everything, Not, Present
from authlogs.query.fields import PLAIN, Field, Fields, Kind
from authlogs.query.moments import Clock
from authlogs.query.spelling import Spelled, spelled
from authlogs.query.values import Place, compared, like, matching, ranged, unescaped

LONGEST: Final = 65_536
"""Characters of a query."""
DEEPEST: Final = 100
"""Brackets and NOTs inside one another."""
MOST: Final = 2_000
"""Conditions in a query; a longer list belongs into a table that is joined (`Logs.sql`)."""
_POSITION: Final = re.compile(r"position (\d+)")


def parse_query(query: str, fields: Fields, clock: Clock) -> Condition:
    """What a query asks of a table with these fields. Raises QueryError."""
    if not isinstance(query, str):
        raise QueryError(f"a query is text, not a {type(query).__name__}")
    if len(query) > LONGEST:
        raise QueryError(
            f"the query has {len(query):,} characters, more than {LONGEST:,}",
            next_step="join a table of the values instead: logs.sql(…)",
        )
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise QueryError("this is no character", query="", position=error.start) from None
    if not query.strip():
        return Everything()
    text = spelled(query)
    return _Reader(text, fields, clock).condition(_tree(text), None, 0)


def _tree(text: Spelled) -> Node:
    from luqum.exceptions import ParseError
    from luqum.thread import parse

    try:
        return parse(text.text)
    except ParseError as error:
        found = _POSITION.search(str(error))
        at = text.origin(int(found[1])) if found else len(text.typed)
        ended = at >= len(text.typed)
        what = "the query ends too early" if ended else f"{text.typed[at]!r} is unexpected here"
        raise QueryError(
            what,
            query=text.typed,
            position=at,
            next_step="brackets come in pairs, a range is [low TO high]; quote what is only text",
        ) from None


@dataclass
class _Reader:
    """Turns luqum's tree into conditions; counts what it makes."""

    text: Spelled
    fields: Fields
    clock: Clock
    made: int = 0

    def condition(self, node: Node, field: Field | None, depth: int) -> Condition:
        """The condition of a node; `field` is the one whose value it is."""
        if depth > DEEPEST:
            raise self.refusal(node, f"more than {DEEPEST} brackets stand inside one another")
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is None:
            raise self.refusal(node, "this is not supported")
        made: Condition = read(node, field, depth + 1)
        return made

    def refusal(self, node: Node, what: str, next_step: str = "") -> QueryError:
        """The error for a node, at its place in the text as it was typed."""
        at = self.text.origin(node.pos or 0)
        return QueryError(what, query=self.text.typed, position=at, next_step=next_step)

    def place(self, node: Node) -> Place:
        """Where a value stands, for errors about it."""
        return Place(self.text.typed, self.text.origin(node.pos or 0))

    def _andoperation(self, node: Node, field: Field | None, depth: int) -> Condition:
        return All(tuple(self.condition(one, field, depth) for one in node.children))

    def _unknownoperation(self, node: Node, field: Field | None, depth: int) -> Condition:
        if field is not None and field.kind is not Kind.PROSE:
            raise self.refusal(
                node.children[1],
                f"two values of {field.name} stand side by side",
                "say OR between them (or AND, for bounds)",
            )
        return self._andoperation(node, field, depth)

    def _oroperation(self, node: Node, field: Field | None, depth: int) -> Condition:
        return Any(tuple(self.condition(one, field, depth) for one in node.children))

    def _not(self, node: Node, field: Field | None, depth: int) -> Condition:
        return Not(self.condition(node.a, field, depth))

    _prohibit = _not

    def _plus(self, node: Node, field: Field | None, depth: int) -> Condition:
        return self.condition(node.a, field, depth)

    def _group(self, node: Node, field: Field | None, depth: int) -> Condition:
        return self.condition(node.expr, field, depth)

    _fieldgroup = _group

    def _searchfield(self, node: Node, field: Field | None, depth: int) -> Condition:
        name = str(node.name)
        if field is not None:
            raise self.refusal(node, f"{name} stands inside the values of {field.name}")
        if name == "*" and str(node.expr) == "*":
            return Everything()
        if name == "_exists_":
            return Present(self.named(unescaped(str(node.expr)), node.expr).name)
        return self.condition(node.expr, self.named(name, node), depth)

    def named(self, name: str, node: Node) -> Field:
        """The field of this name; raises QueryError with the nearest for one that is not there."""
        found = self.fields.named(name)
        if found is None:
            place = self.place(node)
            raise self.fields.unknown(name, place.query, place.position)
        return found

    def _word(self, node: Node, field: Field | None, _depth: int) -> Condition:
        if node.value == "*":
            return Everything() if field is None else Present(field.name)
        return self._each(
            node, field, lambda one: like(one, node.value, self.place(node), self.clock)
        )

    def _phrase(self, node: Node, field: Field | None, _depth: int) -> Condition:
        text = _literal(node.value[1:-1])
        return self._each(node, field, lambda one: like(one, text, self.place(node), self.clock))

    def _regex(self, node: Node, field: Field | None, _depth: int) -> Condition:
        regex = node.value[1:-1].replace("\\/", "/")
        return self._each(node, field, lambda one: matching(one, regex, self.place(node)))

    def _each(
        self, node: Node, field: Field | None, make: Callable[[Field], Condition]
    ) -> Condition:
        """The condition of a field, or of the fields that a plain word is looked for in."""
        self.made += 1
        if self.made > MOST:
            raise self.refusal(
                node, f"there are more than {MOST:,} conditions", "join a table: logs.sql(…)"
            )
        if field is not None:
            return make(field)
        plain = [name for name in PLAIN if name in self.fields.columns]
        if not plain:
            raise self.refusal(node, "this table has no message, reason or user to look for it in")
        return Any(tuple(make(Field(name, Kind.PROSE)) for name in plain))

    def _range(self, node: Node, field: Field | None, _depth: int) -> Condition:
        if field is None:
            raise self.refusal(node, "a range needs a field", "write time:[09:00 TO 10:00]")
        low, high = (None if _open(end) else _bound(end) for end in (node.low, node.high))
        within = (node.include_low, node.include_high)
        return self._each(
            node, field, lambda one: ranged(one, (low, high), within, self.place(node), self.clock)
        )

    def _from(self, node: Node, field: Field | None, _depth: int) -> Condition:
        return self._compared(node, field, ">=" if node.include else ">")

    def _to(self, node: Node, field: Field | None, _depth: int) -> Condition:
        return self._compared(node, field, "<=" if node.include else "<")

    def _compared(self, node: Node, field: Field | None, sign: str) -> Condition:
        if field is None:
            raise self.refusal(node, f"{sign} needs a field", f"write http_status:{sign}500")
        text = _bound(node.a)
        return self._each(
            node, field, lambda one: compared(one, sign, text, self.place(node.a), self.clock)
        )


def _open(node: Node) -> bool:
    return getattr(node, "value", None) == "*"


def _bound(node: Node) -> str:
    """The text of a bound: a word, a phrase, or a word after a minus."""
    if type(node).__name__ == "Prohibit":
        return "-" + _bound(node.a)
    text = str(node.value)
    return unescaped(text[1:-1] if type(node).__name__ == "Phrase" else text)


def _literal(phrase: str) -> str:
    """A phrase as a word without wildcards."""
    return re.sub(r"\\(.)|([*?\\])", lambda at: "\\" + (at[1] or at[2]), phrase, flags=re.DOTALL)
