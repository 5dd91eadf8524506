"""Parsed records (JSON, pairs) as columns: those with the same keys are turned at once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.paths import Record, field_getter, splits
from authlogs.parse.texts import quoted, text_array, without_null_words

MOST_KEYS: Final = 64
"""Sets of keys that are turned set by set; a source with more of them is read row by row."""
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'

Sets = NDArray[np.int32]
Values: TypeAlias = Any
"""The values of one key: a string column, or a sequence where they are no strings alone."""


def number_keys(records: Sequence[Any]) -> tuple[list[frozenset[str]], Sets]:
    """Each set of keys once, and which one each record has; -1 for what is no filled dict."""
    known: dict[tuple[str, ...], int] = {}
    which = np.full(len(records), -1, np.int32)
    for row, record in enumerate(records):
        if record and record.__class__ is dict:
            which[row] = known.setdefault(tuple(record), len(known))
    return [frozenset(keys) for keys in known], which


class Keyed:
    """Records whose equal sets of keys lie side by side, as `which` (ascending) says."""

    def __init__(self, records: Sequence[Record], which: Sets) -> None:
        self.records = records
        self.keys = dict.fromkeys(chain.from_iterable(records))  # in order of appearance
        edges = [0, *(np.flatnonzero(np.diff(which)) + 1).tolist(), len(records)]
        self._spans = list(pairwise(edges))
        self._by_row = len(self._spans) > MOST_KEYS

    @cached_property
    def _turned(self) -> list[dict[str, Values]]:
        """For each span the values of every key: one pass in C instead of a look-up a cell."""
        turned: list[dict[str, Values]] = []
        for start, end in self._spans:
            held = self.records[start:end]
            columns = zip(*(record.values() for record in held), strict=True)
            names = held[0] if held else ()
            turned.append({n: _column(values) for n, values in zip(names, columns, strict=False)})
        return turned

    @cached_property
    def trees(self) -> frozenset[str]:
        """Keys under which some record holds an object or a list."""
        if self._by_row:
            pairs = chain.from_iterable(record.items() for record in self.records)
        else:
            pairs = chain.from_iterable(
                ((name, value) for value in values)
                for span in self._turned
                for name, values in span.items()
                if not isinstance(values, pa.Array)
            )
        return frozenset(name for name, value in pairs if value.__class__ in (dict, list))

    def has(self, path: str) -> bool:
        """Whether some record may have a value at a dotted path."""
        return path in self.keys or self.is_deep(path)

    def is_deep(self, path: str) -> bool:
        """Whether some record holds an object or a list where a dotted path begins."""
        return any(path[:end] in self.trees for end in splits(path))

    def column(self, path: str, text: Callable[[Any], str | None]) -> pa.Array:
        """The values at a path; `text` makes a value that is no string into one."""
        if self.is_deep(path):
            getter = field_getter(path)
            return text_array([text(getter(record)) for record in self.records])
        return pa.concat_arrays(
            [
                values if isinstance(values, pa.Array) else text_array([*map(text, values)])
                for values in self._values(path)
            ]
        )

    def member(self, name: str, dump: Callable[[Any], str | None]) -> pa.Array:
        """`"name":value` for each record that has something to say under a key."""
        parts = self._values(name)
        if all(isinstance(values, pa.Array) for values in parts):
            return string_member(name, without_null_words(pa.concat_arrays(parts)))
        texts = (
            string_member(name, without_null_words(values))
            if isinstance(values, pa.Array)
            else _prefixed(name, text_array([*map(dump, values)]))
            for values in parts
        )
        return pa.concat_arrays([*texts])

    def _values(self, name: str) -> list[Values]:
        if self._by_row:
            return [_column([record.get(name) for record in self.records])]
        return [
            span[name] if name in span else pa.nulls(end - start, pa.string())
            for span, (start, end) in zip(self._turned, self._spans, strict=True)
        ]


def _column(values: Sequence[Any]) -> Values:
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return values


def string_member(name: str, column: pa.Array) -> pa.Array:
    """`"name":"value"` for each row that has a value."""
    if pc.any(pc.match_substring_regex(column, _NEEDS_ESCAPE)).as_py():
        encoded = column.dictionary_encode()
        words = [quoted(value) for value in encoded.dictionary.to_pylist()]
        return _prefixed(name, pa.array(words, pa.string()).take(encoded.indices))
    return pc.binary_join_element_wise(quoted(name) + ':"', column, '"', "")


def _prefixed(name: str, column: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(quoted(name) + ":", column, "")
