"""What a record says, as string columns by field name, whatever the shape of its source."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.texts import join_present, string_member, without_null_words

Mask = NDArray[np.bool_]

_MANY: Final = 64
"""Names that what is left of records may have before it is written row by row."""


class Table(Protocol):
    """Records by the name of their parts: JSON objects, or pairs."""

    @property
    def keys(self) -> Mapping[str, None]:
        """The names that records have, in order of appearance."""

    def table(self, rows: NDArray[np.int64]) -> "Table":
        """Some of the records."""

    def has(self, path: str) -> bool:
        """Whether some record may have a value at a dotted path."""

    def is_deep(self, path: str) -> bool:
        """Whether a dotted path may lead into a record's part."""

    def holds_trees(self, name: str) -> bool:
        """Whether some record holds an object or a list under a name."""

    def column(self, path: str, *, lists: bool = False) -> pa.Array:
        """The values at a path; an object is none, a list only where asked for."""

    def tree(self, path: str) -> pa.Array | None:
        """The JSON under a path where it is an object or a list."""

    def prepare(self, names: Iterable[str]) -> None:
        """Read what `member` wants of some names in one go."""

    def member(self, name: str) -> pa.Array:
        """`"name":value` for each record that has something to say under a name."""

    def member_without(self, name: str, taken: Mapping[str, Mask]) -> pa.Array:
        """`member` without the leaves at some paths, each on the rows of its mask."""

    def rest(self, whole: frozenset[str], taken: Mapping[str, Mask]) -> pa.Array:
        """All members but the names in `whole` and the paths in `taken`, joined by commas."""


class Fields:
    """Rows of named values: captured columns, parsed records (JSON, pairs), or both.

    Rules take fields one by one; what no rule took is the `extra` of the row.
    """

    def __init__(
        self,
        rows: int,
        *,
        columns: Mapping[str, pa.Array] | None = None,
        records: Table | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.rows = rows
        self._columns = dict(columns or {})
        self._records = records
        self._hidden = hidden
        self._taken: dict[str, Mask] = {}
        self._cache: dict[tuple[str, bool], pa.Array | None] = {}

    def get(self, path: str, *, lists: bool = False) -> pa.Array | None:
        """The values of a field, null words nulled; None where no row has it.

        An object is no value, and a list is one (as JSON) only for those who ask for `lists`.
        """
        key = (path, lists)
        if key not in self._cache:
            raw = self._columns.get(path)
            if self._records is not None and self._records.has(path):
                theirs = self._records.column(path, lists=lists)
                raw = theirs if raw is None else pc.coalesce(without_null_words(raw), theirs)
            if raw is not None:
                raw = without_null_words(raw)
            self._cache[key] = None if raw is None or raw.null_count == len(raw) else raw
        return self._cache[key]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that records or pairs have, captured columns left out."""
        return () if self._records is None else tuple(self._records.keys)

    def captured(self, name: str) -> pa.Array | None:
        """What a pattern captured or a cell holds, words for nothing as they stand."""
        return self._columns.get(name)

    def tree(self, path: str) -> pa.Array:
        """The JSON under a path where it is an object or a list, null elsewhere."""
        told = None if self._records is None else self._records.tree(path)
        return pa.nulls(self.rows, pa.string()) if told is None else told

    def add(self, name: str, column: pa.Array, *, shown: bool = False) -> None:
        """A field from outside the record; its own of that name wins.

        `extra` has only the record's own, unless it is `shown`.
        """
        own = self.get(name)
        if own is None and not shown:
            self._hidden = self._hidden | {name}
        self._columns[name] = column if own is None else pc.coalesce(own, column)
        self._cache.pop((name, False), None)

    def with_columns(self, columns: Mapping[str, pa.Array]) -> "Fields":
        """The same rows with more fields, and what of them has been used."""
        made = Fields(self.rows, columns=columns, records=self._records, hidden=self._hidden)
        made._taken = dict(self._taken)
        return made

    def table(self, rows: NDArray[np.int64]) -> "Fields":
        """Some of the rows, and what of them has been used."""
        columns = {name: column.take(pa.array(rows)) for name, column in self._columns.items()}
        records = None if self._records is None else self._records.table(rows)
        made = Fields(len(rows), columns=columns, records=records, hidden=self._hidden)
        made._taken = {name: mask[rows] for name, mask in self._taken.items()}
        return made

    def take(self, path: str, mask: Mask | None = None) -> None:
        """Note that the rows of `mask` (all when None) have used a field: it is no extra there."""
        if mask is None:
            mask = np.ones(self.rows, bool)
        before = self._taken.get(path)
        self._taken[path] = mask if before is None else before | mask

    def extra(self, *, more: Mapping[str, pa.Array]) -> pa.Array:
        """A JSON object a row of everything that was not taken, and `more`; null when empty."""
        whole = frozenset(name for name, mask in self._taken.items() if self._used_up(name, mask))
        parts = [
            self._left(name, string_member(name, without_null_words(column)))
            for name, column in self._columns.items()
            if name not in self._hidden and name not in whole
        ]
        parts += [string_member(name, column) for name, column in more.items()]
        if self._records is not None:
            parts += self._records_extra(self._records, whole)
        parts = [part for part in parts if part.null_count < len(part)]
        if not parts:
            return pa.nulls(self.rows, pa.string())
        return pc.binary_join_element_wise("{", join_present(parts, ","), "}", "")

    def _used_up(self, name: str, mask: Mask) -> bool:
        """Whether a field has no value but on the rows of a mask."""
        if mask.all():
            return True
        if self._records is not None and self._records.holds_trees(name):
            return False
        told = self.get(name)
        return told is None or bool(mask[told.is_valid().to_numpy(zero_copy_only=False)].all())

    def _left(self, name: str, column: pa.Array) -> pa.Array:
        taken = self._taken.get(name)
        return column if taken is None else pc.if_else(pa.array(taken), None, column)

    def _records_extra(self, records: Table, whole: frozenset[str]) -> list[pa.Array]:
        """Members (`"name":value`) of the records that no rule took.

        Column by column, unless there are more names than an honest log has.
        """
        left = [name for name in records.keys if name not in whole]
        deep = [path for path in self._taken if path not in records.keys and records.is_deep(path)]
        if len(left) > _MANY:
            paths = [*deep, *(name for name in self._taken if name in records.keys)]
            return [records.rest(whole, {path: self._taken[path] for path in paths})]
        records.prepare(left)
        members: list[pa.Array] = []
        for name in left:
            inside = (f"{name}.", f"{name}[")
            leaves = {path: self._taken[path] for path in deep if path.startswith(inside)}
            member = records.member_without(name, leaves) if leaves else records.member(name)
            members.append(self._left(name, member))
        return members
