"""What a record says, as string columns by field name, whatever the shape of its source."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.paths import Record, field_getter, splits, without

Mask = NDArray[np.bool_]

_NOTHING: Final = frozenset(
    {"", "-", "--", "null", "None", "unknown", "N/A", "undefined", "0001-01-01T00:00:00Z"}
)
NULL_WORDS: Final = pa.array(sorted(_NOTHING))
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'
_MANY: Final = 64
"""Names that what is left of records may have before it is written row by row."""


class Fields:
    """Rows of named values: captured columns, parsed records (JSON, pairs), or both.

    Rules take fields one by one; what no rule took is the `extra` of the row.
    """

    def __init__(
        self,
        rows: int,
        *,
        columns: Mapping[str, pa.Array] | None = None,
        records: Sequence[Record] | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.rows = rows
        self._columns = dict(columns or {})
        self._records = records
        self._hidden = hidden
        self._keys = dict.fromkeys(chain.from_iterable(records or ()))  # in order
        self._trees = _tree_keys(records or ())
        self._taken: dict[str, Mask] = {}
        self._cache: dict[tuple[str, bool], pa.Array | None] = {}

    def get(self, path: str, *, lists: bool = False) -> pa.Array | None:
        """The values of a field, null words nulled; None where no row has it.

        An object is no value, and a list is one (as JSON) only for those who ask for `lists`.
        """
        key = (path, lists)
        if key not in self._cache:
            raw = self._columns.get(path)
            if self._records is not None and self._may_have(path):
                theirs = self._pull(path, as_text if lists else scalar_text)
                raw = theirs if raw is None else pc.coalesce(without_null_words(raw), theirs)
            if raw is not None:
                raw = without_null_words(raw)
            self._cache[key] = None if raw is None or raw.null_count == len(raw) else raw
        return self._cache[key]

    def add(self, name: str, column: pa.Array) -> None:
        """A field from outside the record; its own of that name wins, and `extra` has only that."""
        own = self.get(name)
        if own is None:
            self._hidden = self._hidden | {name}
        self._columns[name] = column if own is None else pc.coalesce(own, column)
        self._cache.pop((name, False), None)

    def take(self, path: str, mask: Mask | None = None) -> None:
        """Note that the rows of `mask` (all when None) have used a field: it is no extra there."""
        if mask is None:
            mask = np.ones(self.rows, bool)
        before = self._taken.get(path)
        self._taken[path] = mask if before is None else before | mask

    def extra(self, *, more: Mapping[str, pa.Array]) -> pa.Array:
        """A JSON object a row of everything that was not taken, and `more`; null when empty."""
        parts: list[pa.Array] = []
        for name, column in {**self._columns, **more}.items():
            if name in self._hidden:
                continue
            taken = self._taken.get(name) if name not in more else None
            if taken is not None and taken.all():
                continue
            column = without_null_words(column)
            if taken is not None:
                column = pc.if_else(pa.array(taken), None, column)
            if column.null_count < len(column):
                parts.append(_members(name, column))
        if self._records is not None:
            parts += self._records_extra()
        if not parts:
            return pa.nulls(self.rows, pa.string())
        return pc.binary_join_element_wise("{", join_present(parts, ","), "}", "")

    def _pull(self, path: str, text: Callable[[Any], str | None]) -> pa.Array:
        """One field of every record: a loop, over the records' own dicts where that is enough."""
        assert self._records is not None
        if self._is_deep(path):
            getter = field_getter(path)
            values = [getter(record) for record in self._records]
        else:
            values = [record.get(path) for record in self._records]
        if path not in self._trees:
            with suppress(pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
                return pa.array(values, pa.string())
        return text_array([text(value) for value in values])

    def _may_have(self, path: str) -> bool:
        return path in self._keys or self._is_deep(path)

    def _is_deep(self, path: str) -> bool:
        """Whether some record holds an object or a list where a dotted path begins."""
        return any(path[:end] in self._trees for end in splits(path))

    def _records_extra(self) -> list[pa.Array]:
        """Members (`"name":value`) of the records that no rule took.

        Column by column, unless there are more names than an honest log has or a rule reached
        into a tree: then row by row, for what is left is a tree and json.dumps is compiled.
        """
        assert self._records is not None
        whole = {name for name, mask in self._taken.items() if mask.all()}
        left = [name for name in self._keys if name not in whole]
        deep = [path for path in self._taken if path not in self._keys and self._is_deep(path)]
        if deep or len(left) > _MANY:
            return [self._extra_by_row(frozenset(whole), deep)]
        members = (self._member(name) for name in left)
        return [column for column in members if column.null_count < len(column)]

    def _member(self, name: str) -> pa.Array:
        assert self._records is not None
        values = [record.get(name) for record in self._records]
        try:
            column = _members(name, without_null_words(pa.array(values, pa.string())))
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            texts = text_array(
                [dump(value) if _says_something(value) else None for value in values]
            )
            column = pc.binary_join_element_wise(_quoted(name) + ":", texts, "")
        taken = self._taken.get(name)
        return column if taken is None else pc.if_else(pa.array(taken), None, column)

    def _extra_by_row(self, whole: frozenset[str], deep: list[str]) -> pa.Array:
        assert self._records is not None
        partial = {name: mask for name, mask in self._taken.items() if name not in whole}
        members: list[str | None] = []
        for row, record in enumerate(self._records):
            rest = {k: v for k, v in record.items() if k not in whole and _says_something(v)}
            for name, mask in partial.items():
                if mask[row]:
                    rest.pop(name, None)
            for path in deep:
                if self._taken[path][row]:
                    rest = without(rest, path)
            members.append(dump(rest)[1:-1] or None if rest else None)
        return text_array(members)


def without_null_words(column: pa.Array) -> pa.Array:
    """Null where a source writes a word for nothing (`-`, `null`, `N/A` …)."""
    nothing = pc.is_in(column, NULL_WORDS)
    return pc.if_else(nothing, None, column) if pc.any(nothing).as_py() else column


def join_present(parts: Sequence[pa.Array], separator: str) -> pa.Array:
    """The values of each row that are there, joined; null where there are none.

    An empty first part keeps rows of nothing but null, which pyarrow's `skip` drops.
    """
    first = pa.repeat(pa.scalar("", pa.string()), len(parts[0]))
    joined = pc.binary_join_element_wise(first, *parts, separator, null_handling="skip")
    present = pc.utf8_slice_codeunits(joined, len(separator))
    return pc.if_else(pc.equal(joined, ""), None, present)


def text_array(values: Sequence[str | None]) -> pa.Array:
    """A string column; lone surrogates, which no UTF-8 can hold, become `?`."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        clean = [v if v is None else v.encode(errors="replace").decode() for v in values]
        return pa.array(clean, pa.string())


def as_text(value: Any) -> str | None:
    """A JSON value as a field's text: strings as they are, the rest as JSON writes them."""
    if value is None or value.__class__ is str:
        return value
    return None if isinstance(value, dict) else dump(value)


def scalar_text(value: Any) -> str | None:
    """A JSON value as text, unless it is an object or a list."""
    if value is None or value.__class__ is str:
        return value
    return None if isinstance(value, (dict, list)) else dump(value)


def dump(value: Any) -> str:
    """Compact JSON; what JSON cannot write (infinity, a tree too deep) becomes a string."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        return '"too deep"'
    except ValueError:
        return json.dumps(str(value), ensure_ascii=False)


def _says_something(value: Any) -> bool:
    return value not in _NOTHING if value.__class__ is str else value is not None


def _members(name: str, column: pa.Array) -> pa.Array:
    """`"name":"value"` for each row that has a value."""
    if pc.any(pc.match_substring_regex(column, _NEEDS_ESCAPE)).as_py():
        encoded = column.dictionary_encode()
        quoted = [_quoted(value) for value in encoded.dictionary.to_pylist()]
        values = pa.array(quoted, pa.string()).take(encoded.indices)
        return pc.binary_join_element_wise(_quoted(name) + ":", values, "")
    return pc.binary_join_element_wise(_quoted(name) + ':"', column, '"', "")


def _quoted(text: str) -> str:
    """A JSON string; what no UTF-8 can hold becomes `?`."""
    return json.dumps(text, ensure_ascii=False).encode(errors="replace").decode()


def _tree_keys(records: Sequence[Record]) -> set[str]:
    return {
        name
        for record in records
        for name, value in record.items()
        if value.__class__ is dict or value.__class__ is list
    }
