"""Conditions of Sigma rules as SQL over the columns of events, every value a parameter."""

import ipaddress
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from authlogs.errors import BadRule
from authlogs.parse.addresses import address_key
from authlogs.query.fields import Fields
from authlogs.query.re2 import fault_of
from authlogs.query.statements import escaped
from authlogs.schema import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

KEYWORDS: Final = ("message", "reason_text", "reason", "extra")
"""Where a value without a field is looked for."""
MOST_VALUES: Final = 5_000
"""Values in one rule: each is looked for in every event."""
_FIELDS: Final = Fields.of(EVENTS.empty_table())
_WILD: Final = {"WILDCARD_MULTI": "%", "WILDCARD_SINGLE": "_"}
_COMPARED: Final = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


def column_of(name: str, where: str) -> str:
    """Return the column that a field means: its own name, or that of ECS, OCSF or OTel.

    Raises BadRule for another name.
    """
    field = _FIELDS.named(name)
    if field is None:
        raise BadRule(f"no column is called {name}", where=where, next_step=_FIELDS.advice(name))
    return field.name


def condition_of(parsed: Any, where: str, params: list[Any]) -> str:
    """Return the SQL of a rule's conditions; its values are appended to `params`."""
    condition = Condition(f"{where}, {parsed.title}", params)
    told = " OR ".join(condition.sql(one) for one in parsed.parsed_condition)
    service = parsed.logsource.service
    if service:
        params.append(service)
        told = f"({told}) AND coalesce(service = ${len(params)}, false)"
    return f"({told})"


class Condition:
    """One condition on its way to SQL; `params` are the values of its `$1`, `$2` …"""

    def __init__(self, where: str, params: list[Any]) -> None:
        self.where, self.params = where, params

    def sql(self, node: Any) -> str:
        """Return the SQL of a node of pySigma's tree; never null. Raises BadRule."""
        kind = type(node).__name__
        if kind in ("ConditionAND", "ConditionOR"):
            word = " AND " if kind == "ConditionAND" else " OR "
            return f"({word.join(self.sql(one) for one in node.args)})"
        if kind == "ConditionNOT":
            return f"(NOT {self.sql(node.args[0])})"
        if kind == "ConditionValueExpression":
            return self._keyword(node.value)
        if kind == "ConditionFieldEqualsValueExpression":
            column = column_of(node.field, self.where)
            return f"coalesce({self._one(column, node.value)}, false)"
        raise self._unsupported(kind)

    def _unsupported(self, what: str) -> BadRule:
        return BadRule(
            f"{what} is not supported", where=self.where, next_step="see docs/sigma.md for what is"
        )

    def _put(self, value: Any) -> str:
        if len(self.params) >= MOST_VALUES:
            raise self._unsupported(f"a rule with more than {MOST_VALUES:,} values")
        self.params.append(value)
        return f"${len(self.params)}"

    def _one(self, column: str, value: Any) -> str:
        kind = type(value).__name__
        ways: dict[str, Callable[[str, Any], str]] = {
            "SigmaString": self._text,
            "SigmaCasedString": self._text,
            "SigmaNumber": self._number,
            "SigmaBool": self._bool,
            "SigmaNull": lambda name, _: f'"{name}" IS NULL',
            "SigmaExists": lambda name, told: f'"{name}" IS {"NOT " if told.exists else ""}NULL',
            "SigmaRegularExpression": self._regex,
            "SigmaCIDRExpression": self._network,
            "SigmaCompareExpression": self._compared,
            "SigmaFieldReference": self._field,
        }
        if kind == "SigmaExpansion":
            return f"({' OR '.join(self._one(column, one) for one in value.values)})"
        if kind not in ways:
            raise self._unsupported(f"{kind.removeprefix('Sigma')} on {column}")
        if pa.types.is_list(EVENTS.field(column).type) and kind not in ("SigmaNull", "SigmaExists"):
            raise self._unsupported(f"a value of {column}, which is a list,")
        return ways[kind](column, value)

    def _is_text(self, column: str) -> bool:
        kind = EVENTS.field(column).type
        return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))

    def _text(self, column: str, value: Any) -> str:
        if not self._is_text(column):
            raise self._unsupported(f"text on {column}, which is {EVENTS.field(column).type},")
        cased = type(value).__name__ == "SigmaCasedString"
        own = f'"{column}"' if cased else f'lower("{column}")'
        parts = self._parts(value)
        if not value.contains_special():
            plain = "".join(parts)
            return f"{own} = {self._put(plain if cased else plain.lower())}"
        like = "".join(map(_like, parts))
        return f"{own} LIKE {self._put(like if cased else like.lower())} ESCAPE '!'"

    def _parts(self, value: Any) -> tuple[Any, ...]:
        """The texts and wildcards of a string; raises BadRule for a placeholder among them."""
        for part in value.s:
            if not isinstance(part, str) and getattr(part, "name", "") not in _WILD:
                raise self._unsupported("a placeholder")
        return tuple(value.s)

    def _number(self, column: str, value: Any) -> str:
        told = value.number
        return f'"{column}" = {self._put(str(told) if self._is_text(column) else told)}'

    def _bool(self, column: str, value: Any) -> str:
        if not pa.types.is_boolean(EVENTS.field(column).type):
            raise self._unsupported(f"yes or no on {column}")
        return f'"{column}" = {self._put(value.boolean)}'

    def _regex(self, column: str, value: Any) -> str:
        flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
        self._parts(value.regexp)  # a placeholder is refused; `*` and `?` are the expression's own
        pattern = str(value.regexp)
        pattern = f"(?{flags}){pattern}" if flags else pattern
        if not self._is_text(column):
            raise self._unsupported(f"an expression on {column}")
        if said := fault_of(pattern):
            raise BadRule(
                f"this expression is not linear, or none: {said}",
                where=self.where,
                next_step="leave out look-around and back-references",
            )
        return f'regexp_like("{column}", {self._put(pattern)})'

    def _network(self, column: str, value: Any) -> str:
        if column != "source_ip":
            raise self._unsupported(f"a network on {column}")
        network = ipaddress.ip_network(value.cidr, strict=False)
        low, high = (self._put(address_key(end)) for end in (network[0], network[-1]))
        return f"source_ip_key BETWEEN {low} AND {high}"

    def _compared(self, column: str, value: Any) -> str:
        sign = _COMPARED.get(value.op.name)
        kind = EVENTS.field(column).type
        if sign is None or not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            raise self._unsupported(f"a comparison on {column}")
        return f'"{column}" {sign} {self._put(value.number.number)}'

    def _field(self, column: str, value: Any) -> str:
        other = column_of(value.field, self.where)
        if value.starts_with or value.ends_with or not self._is_text(column):
            raise self._unsupported(f"a part of {other}")
        return f'"{column}" = "{other}"'

    def _keyword(self, value: Any) -> str:
        if type(value).__name__ != "SigmaString":
            raise self._unsupported(f"{type(value).__name__.removeprefix('Sigma')} without a field")
        like = self._put(f"%{''.join(map(_like, self._parts(value))).lower()}%")
        told = " OR ".join(f"lower(\"{name}\") LIKE {like} ESCAPE '!'" for name in KEYWORDS)
        return f"coalesce({told}, false)"


def _like(part: Any) -> str:
    """Return a part of a Sigma string as LIKE means it."""
    return escaped(part) if isinstance(part, str) else _WILD[part.name]
