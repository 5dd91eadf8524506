"""JSON objects, one a row, as columns by name; inner objects are tables of their own."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.parse.fields import Mask
from authlogs.parse.json_queries import keys_of, parse_value, read_again, unquoted, values_of
from authlogs.parse.json_records import parse_object
from authlogs.parse.paths import Record, field_getter, splits, without
from authlogs.parse.texts import (
    NULL_WORDS,
    dump,
    join_present,
    quoted,
    says_something,
    scalar_text,
    text_array,
)

Sets = NDArray[np.int32]

_MOST_KEYS: Final = 256
"""Keys that are read in one go; of more only those that are asked for, one by one."""
_MOST_INNER: Final = 64
"""Names within a tree that are written column by column."""
_NULLS: Final = pa.array(sorted({quoted(word) for word in NULL_WORDS.to_pylist()}))
_UNWRITABLE: Final = r"(?i)^-?(?:nan|inf(?:inity)?)$|^[{\[].*(?:nan|inf)"
"""Numbers that DuckDB reads and JSON does not know."""


@dataclass(frozen=True)
class Objects:
    """Texts as JSON objects: `text` (null where it is none), and which set of keys each has.

    `which` is -1, and `why` has a word, for what is no object.
    """

    text: pa.Array
    keys: list[tuple[str, ...]]
    which: Sets
    why: Mapping[int, str]

    @cached_property
    def names(self) -> tuple[frozenset[str], ...]:
        """The sets of keys without their order."""
        return tuple(map(frozenset, self.keys))

    @cached_property
    def whole(self) -> "JsonTable":
        """All of them: what is read of one format's fields is read for the next."""
        return JsonTable(self.text, self.keys, self.which)

    def table(self, rows: NDArray[np.int64]) -> "JsonTable":
        """The objects of some rows."""
        if 2 * len(rows) > len(self.text):
            return self.whole.table(rows)
        return JsonTable(self.text.take(pa.array(rows)), self.keys, self.which[rows])


def read_objects(texts: pa.Array) -> Objects:
    """Read each text as a JSON object; null stays null and has no word."""
    encoded = keys_of(texts)
    refused = np.flatnonzero(
        (encoded.is_null().to_numpy(zero_copy_only=False))
        & texts.is_valid().to_numpy(zero_copy_only=False)
    )
    why: dict[int, str] = {}
    if len(refused):
        texts, why = read_again(texts, refused)
    again = np.setdiff1d(refused, list(why))
    if len(again):
        told = encoded.dictionary_decode()
        mask = np.zeros(len(texts), bool)
        mask[again] = True
        mended = keys_of(texts.take(pa.array(again))).dictionary_decode()
        encoded = pc.replace_with_mask(told, pa.array(mask), mended).dictionary_encode()
    dictionary = [tuple(dict.fromkeys(json.loads(one))) for one in encoded.dictionary.to_pylist()]
    which = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Objects(texts, dictionary, which, why)


class JsonTable:
    """JSON objects by column; `keys` are their names in order of appearance.

    `source` is a table of more objects, and which of them these are: what it reads need not be
    read again.
    """

    def __init__(
        self,
        text: pa.Array,
        sets: list[tuple[str, ...]],
        which: Sets,
        source: "tuple[JsonTable, pa.Array] | None" = None,
    ) -> None:
        self.text, self._sets, self._which, self._source = text, sets, which, source
        present = np.unique(which[which >= 0]).tolist()
        self.keys: dict[str, None] = dict.fromkeys(name for at in present for name in sets[at])
        self._columns: dict[str, pa.Array] = {}
        self._raws: dict[str, pa.Array] = {}
        self._trees: dict[str, pa.Array | None] = {}
        self._deeps: dict[str, bool] = {}
        self._inner: dict[str, tuple[NDArray[np.int64], JsonTable]] = {}

    def __len__(self) -> int:
        return len(self.text)

    def table(self, rows: NDArray[np.int64]) -> "JsonTable":
        """Some of the objects; of most of them what is read later is read for all at once."""
        if len(rows) == len(self):
            return self
        some = pa.array(rows)
        most = 2 * len(rows) > len(self) and len(self.keys) <= _MOST_KEYS
        source = (self, some) if most else None
        made = JsonTable(self.text.take(some), self._sets, self._which[rows], source)
        if source is None:
            made._raws = {name: column.take(some) for name, column in self._raws.items()}
            made._columns = {name: column.take(some) for name, column in self._columns.items()}
        return made

    def present(self, path: str) -> Mask:
        """Which objects have a value at a path (null is one, where the path is a name)."""
        known = np.array([*(path in names for names in self._sets), False])
        named: Mask = known[self._which]
        if named.all() or not self.is_deep(path):
            return named
        deep: Mask = self._deep(path, lists=True).is_valid().to_numpy(zero_copy_only=False)
        return named | deep

    def has(self, path: str) -> bool:
        """Whether some object may have a value at a dotted path."""
        return path in self.keys or self.is_deep(path)

    def is_deep(self, path: str) -> bool:
        """Whether some object holds an object or a list where a dotted path begins."""
        if path not in self._deeps:
            heads = (path[:at] for at in splits(path))
            self._deeps[path] = any(head in self.keys and self.holds_trees(head) for head in heads)
        return self._deeps[path]

    def holds_trees(self, name: str) -> bool:
        """Whether some object holds an object or a list under a name."""
        return self._tree(name) is not None

    def column(self, path: str, *, lists: bool = False) -> pa.Array:
        """The values at a path as text; an object is none, a list only where asked for."""
        told = self._top(path, lists=lists) if path in self.keys else None
        if self.is_deep(path):
            inner = self._deep(path, lists=lists)
            told = inner if told is None else pc.coalesce(told, inner)
        return pa.nulls(len(self), pa.string()) if told is None else told

    def tree(self, path: str) -> pa.Array | None:
        """The JSON under a path where it is an object or a list, null elsewhere."""
        told = self.raw(path) if path in self.keys else None
        for at in splits(path):
            raw = self._tree(path[:at]) if path[at] == "." else None
            inner = None if raw is None else self._within(path[:at], raw).tree(path[at + 1 :])
            if inner is not None:
                spread = self._spread(path[:at], inner)
                told = spread if told is None else pc.coalesce(told, spread)
        return None if told is None else _only_trees(told)

    def member(self, name: str) -> pa.Array:
        """`"name":value` for each object that has something to say under a name."""
        raw = self.raw(name)
        raw = pc.if_else(pc.is_in(raw, _NULLS), None, raw)
        bare = raw.filter(pc.invert(pc.starts_with(raw, '"')))
        if pc.any(pc.match_substring_regex(bare, _UNWRITABLE)).as_py():
            strange = pc.fill_null(pc.match_substring_regex(raw, _UNWRITABLE), False)
            clean = [_writable(text) for text in raw.filter(strange).to_pylist()]
            raw = pc.replace_with_mask(raw, strange, pa.array(clean, pa.string()))
        return pc.binary_join_element_wise(quoted(name) + ":", raw, "")

    def member_without(self, name: str, taken: Mapping[str, Mask]) -> pa.Array:
        """`member`, less the leaves at some paths into it on the rows of each one's mask."""
        raw = self.raw(name)
        inner = self._within(name, raw)
        if len(inner.keys) > _MOST_INNER or any(path[len(name)] == "[" for path in taken):
            return self._member_by_row(name, taken)
        rows, _ = self._inner[name]
        within = {path[len(name) + 1 :]: mask[rows] for path, mask in taken.items()}
        told = pc.binary_join_element_wise(quoted(name) + ":{", inner.members(within), "}", "")
        begun = np.zeros(len(self), bool)
        begun[rows] = True
        return pc.if_else(pa.array(begun), self._spread(name, told), self.member(name))

    def members(self, taken: Mapping[str, Mask]) -> pa.Array:
        """All members of each object, less what stands at some paths on the rows of a mask."""
        self.prepare(self.keys)
        parts: list[pa.Array] = []
        for name in self.keys:
            deeper = (f"{name}.", f"{name}[")
            leaves = {path: mask for path, mask in taken.items() if path.startswith(deeper)}
            leaves = leaves if self.holds_trees(name) else {}
            part = self.member_without(name, leaves) if leaves else self.member(name)
            if name in taken:
                part = pc.if_else(pa.array(taken[name]), None, part)
            parts.append(part)
        return join_present(parts, ",") if parts else pa.nulls(len(self), pa.string())

    def _member_by_row(self, name: str, taken: Mapping[str, Mask]) -> pa.Array:
        """The same for lists, and for more names than columns are worth."""
        told = self.member(name)
        rows = np.flatnonzero(np.logical_or.reduce(list(taken.values())))
        raw = self.raw(name).take(pa.array(rows)).to_pylist()
        left: list[str | None] = []
        for row, text in zip(rows.tolist(), raw, strict=True):
            tree: Record = {} if text is None else {name: parse_value(text)}
            for path, mask in taken.items():
                tree = without(tree, path) if mask[row] else tree
            value = tree.get(name)
            left.append(None if value is None else f"{quoted(name)}:{dump(value)}")
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        return pc.replace_with_mask(told, pa.array(chosen), text_array(left))

    def rest(self, whole: frozenset[str], taken: Mapping[str, Mask]) -> pa.Array:
        """All members but the names in `whole` and the paths in `taken`, row by row.

        For objects with more names than columns are worth: what is left is written as it is read.
        """
        members: list[str | None] = []
        for row, text in enumerate(self.text.to_pylist()):
            read = parse_object(text)
            assert not isinstance(read, str)
            left = {k: v for k, v in read.items() if k not in whole and says_something(v)}
            for path, mask in taken.items():
                left = without(left, path) if mask[row] else left
            members.append(",".join(f"{quoted(k)}:{dump(v)}" for k, v in left.items()) or None)
        return text_array(members)

    def plain(self, name: str) -> pa.Array:
        """A top-level value as text: strings as they are, the rest as JSON."""
        if self._source is not None:
            table, rows = self._source
            return table.plain(name).take(rows)
        if name not in self._columns:
            told = unquoted(self.raw(name))
            as_text = values_of(self.text, (name,), "VARCHAR")[name] if told is None else told
            self._columns[name] = as_text
        return self._columns[name]

    def prepare(self, names: Iterable[str]) -> None:
        """Read the JSON under some names in one go."""
        missing = tuple(name for name in names if name not in self._raws)
        if missing and self._source is None:
            self._raws.update(values_of(self.text, missing, "JSON"))

    def raw(self, name: str) -> pa.Array:
        """A top-level value as JSON."""
        if self._source is not None:
            table, rows = self._source
            return table.raw(name).take(rows)
        if name not in self._raws:
            self.prepare(self.keys if len(self.keys) <= _MOST_KEYS else (name,))
        return self._raws[name]

    def _tree(self, name: str) -> pa.Array | None:
        """The JSON under a name, if some object holds an object or a list there."""
        if name not in self._trees:
            raw = self.raw(name) if name in self.keys else None
            self._trees[name] = raw if raw is not None and _begins_a_tree(raw) else None
        return self._trees[name]

    def _top(self, name: str, *, lists: bool) -> pa.Array:
        column, raw = self.plain(name), self._tree(name)
        if raw is None:
            return column
        tree = pc.match_substring_regex(raw, r"^\{" if lists else r"^[{\[]")
        return pc.if_else(tree, None, column)

    def _deep(self, path: str, *, lists: bool) -> pa.Array:
        """The values at a path that leads into objects or lists."""
        told = pa.nulls(len(self), pa.string())
        for at in splits(path):
            raw = self._tree(path[:at])
            if raw is None:
                continue
            if path[at] == ".":
                inner = self._within(path[:at], raw).column(path[at + 1 :], lists=lists)
                inner = self._spread(path[:at], inner)
            else:
                inner = _by_row(path[:at], raw, path, lists=lists)
            told = pc.coalesce(told, inner)
        return told

    def _within(self, name: str, raw: pa.Array) -> "JsonTable":
        """The objects under a name, as a table of their own."""
        if name not in self._inner:
            begun = pc.fill_null(pc.starts_with(raw, "{"), False)
            rows = np.flatnonzero(begun.to_numpy(zero_copy_only=False))
            objects = read_objects(raw.take(pa.array(rows)))
            self._inner[name] = (rows, objects.table(np.arange(len(rows), dtype=np.int64)))
        return self._inner[name][1]

    def _spread(self, name: str, values: pa.Array) -> pa.Array:
        rows, _ = self._inner[name]
        place = np.full(len(self), -1, np.int64)
        place[rows] = np.arange(len(rows))
        return values.take(pa.array(place, mask=place < 0))


def _writable(text: str) -> str:
    """JSON in which numbers that it does not know are text; all of it, where they are odd ones."""
    value = parse_value(text)
    return quoted(text) if value is None else dump(value)


def _only_trees(raw: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(raw, r"^[{\[]"), raw, None)


def _begins_a_tree(column: pa.Array) -> bool:
    return any(pc.any(pc.starts_with(column, sign)).as_py() for sign in "{[")


def _by_row(name: str, raw: pa.Array, path: str, *, lists: bool) -> pa.Array:
    """Values behind a list's element: a loop, over the rows that have the list alone."""
    getter = field_getter(path)
    encoded = raw.dictionary_encode()
    values = [getter({name: parse_value(text)}) for text in encoded.dictionary.to_pylist()]
    told = [_list_text(value) if lists else scalar_text(value) for value in values]
    return text_array(told).take(encoded.indices)


def _list_text(value: Any) -> str | None:
    return dump(value) if isinstance(value, list) else scalar_text(value)
