"""The columns that a query may name, also by their names in ECS, OpenTelemetry and OCSF."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Self

import pyarrow as pa

from authlogs.engine.spark_table import SparkTable
from authlogs.errors import BadCall, QueryError
from authlogs.schema import CHANGE_COLUMNS, EVENT_COLUMNS, EVENTS


class Kind(Enum):
    """How the values of a column are compared."""

    WORD = "a text that is one value: compared as a whole, its case counts"
    PROSE = "a text that people read: looked into, its case does not count"
    NUMBER = "a number"
    MOMENT = "a point in time"
    FLAG = "true or false"
    ADDRESS = "an IP address"
    LIST = "a list of texts"


@dataclass(frozen=True)
class Field:
    """A column: its name, how it is compared, and what its unit is multiplied by."""

    name: str
    kind: Kind
    scale: int = 1


PROSE: Final = ("message", "reason_text", "description", "extra")
PLAIN: Final = ("message", "reason", "user")
"""Where a word without a field is looked for."""
ADDRESS_KEY: Final = "source_ip_key"
SCALES: Final = {"event.duration": 1_000}
"""Names whose unit elsewhere is a smaller one: ECS counts durations in nanoseconds."""


@dataclass(frozen=True)
class Fields:
    """The columns of one table by every name that they have."""

    columns: Mapping[str, pa.DataType]
    also: Mapping[str, str]

    @classmethod
    def of(cls, events: Any) -> Self:
        """Those of a dataset, a table, or of events that Spark holds."""
        columns = _types(events)
        also: dict[str, str] = {}
        for column in (*EVENT_COLUMNS, *CHANGE_COLUMNS):
            if column.name in columns:
                for name in filter(None, (column.ecs, column.otel, column.ocsf)):
                    also.setdefault(name, column.name)
        return cls(columns, also)

    def named(self, name: str) -> Field | None:
        """The column of this name, if there is one."""
        column = name if name in self.columns else self.also.get(name)
        if column is None:
            return None
        scale = SCALES.get(name, 1) if name != column else 1
        return Field(column, self._kind(column), scale)

    def names_of(self, wanted: tuple[str, ...]) -> list[str]:
        """The columns of these names; raises BadCall for one that is not there."""
        found = []
        for name in wanted:
            field = self.named(name)
            if field is None:
                raise BadCall(f"no column is called {name!r}", next_step=self.advice(name))
            found.append(field.name)
        return list(dict.fromkeys(found))

    def unknown(self, name: str, query: str, position: int) -> QueryError:
        """The error for a field that is not there."""
        step = f'{self.advice(name)}; to look for the text itself, quote it: "{name}:…"'
        return QueryError(
            f"no field is called {name!r}", query=query, position=position, next_step=step
        )

    def advice(self, name: str) -> str:
        """The nearest names, or where all of them stand."""
        known = [*self.columns, *self.also]
        lower = {one.lower(): one for one in known}
        near = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)
        if near:
            return f"did you mean {', '.join(lower[one] for one in near)}?"
        return "the columns are " + ", ".join(list(self.columns)[:12]) + " … (GLOSSARY.md)"

    def _kind(self, column: str) -> Kind:
        kind = self.columns[column]
        if column in PROSE:
            return Kind.PROSE
        if column == "source_ip" and ADDRESS_KEY in self.columns:
            return Kind.ADDRESS
        if pa.types.is_timestamp(kind):
            return Kind.MOMENT
        if pa.types.is_boolean(kind):
            return Kind.FLAG
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return Kind.NUMBER
        return Kind.LIST if pa.types.is_list(kind) else Kind.WORD


def _types(events: Any) -> dict[str, pa.DataType]:
    schema = EVENTS if isinstance(events, SparkTable) else events.schema
    names = events.frame.columns if isinstance(events, SparkTable) else schema.names
    return {name: schema.field(name).type for name in names if name in schema.names}
