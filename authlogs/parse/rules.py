"""Rules of a format file over fields: which text stands in which column."""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import ascii_only, found
from authlogs.parse.fields import Fields, Mask
from authlogs.parse.format import Rule

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_NUMBER = r"^-?\d{1,15}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2})?$"


def apply_rules(rules: tuple[Rule, ...], fields: Fields, *, lists: bool = False) -> pa.Array | None:
    """The column that rules give, each filling what those before left open; None for nothing."""
    column: pa.Array | None = None
    for rule in rules:
        still = None if column is None else column.is_null().to_numpy(zero_copy_only=False)
        if still is not None and not still.any():
            break
        more = _apply(rule, fields, still, lists=lists)
        if more is not None:
            column = more if column is None else pc.coalesce(column, more)
    return column


def _apply(rule: Rule, fields: Fields, wanted: Mask | None, *, lists: bool) -> pa.Array | None:
    if rule.present:
        return _present(rule, fields)
    if rule.table is not None:
        return _through_table(rule, fields, wanted)
    if rule.matches:
        return _through_patterns(rule, fields)
    lists = lists or rule.capture is not None
    column = first_present(rule.fields, fields, wanted, lists=lists, made=_made(rule))
    if column is None:
        return None if rule.default is None else _constant(rule.default, fields.rows)
    return column if rule.default is None else pc.fill_null(column, rule.default)


def _made(rule: Rule) -> Callable[[pa.Array], pa.Array]:
    """What a rule makes of the value it found."""

    def make(column: pa.Array) -> pa.Array:
        if rule.never:
            column = pc.if_else(pc.is_in(column, pa.array(rule.never)), None, column)
        if rule.capture is not None:
            column = pc.struct_field(pc.extract_regex(column, rule.capture), "value")
        if rule.scale is not None:
            column = _scaled(column, rule.scale)
        if rule.decode is not None:
            column = _from_hex(column)
        return column

    return make


def first_present(
    names: tuple[str, ...],
    fields: Fields,
    wanted: Mask | None = None,
    *,
    lists: bool = False,
    made: Callable[[pa.Array], pa.Array] | None = None,
) -> pa.Array | None:
    """The first of several fields that a row has, and what `made` makes of it.

    What was used is no longer extra; what nothing could be made of is.
    """
    there = [
        (name, column) for name in names if (column := fields.get(name, lists=lists)) is not None
    ]
    if not there:
        return None
    first = there[0][1] if len(there) == 1 else pc.coalesce(*(column for _, column in there))
    result = first if made is None else made(first)
    good = result.is_valid().to_numpy(zero_copy_only=False)
    for position, (name, column) in enumerate(there):
        used = column.is_valid() if position == 0 else pc.fill_null(pc.equal(column, first), False)
        mask = used.to_numpy(zero_copy_only=False) & good
        fields.take(name, mask if wanted is None else mask & wanted)
    return result


def _constant(value: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), rows)


def _present(rule: Rule, fields: Fields) -> pa.Array | None:
    """The constant beside the first field that is there; a list is, even an empty one."""
    column: pa.Array | None = None
    for name, value in reversed(rule.present):
        values = fields.get(name, lists=True)
        if values is not None:
            before = column if column is not None else pa.nulls(fields.rows, pa.string())
            column = pc.if_else(values.is_valid(), value, before)
    return column


def _joined(rule: Rule, fields: Fields) -> pa.Array | None:
    there = [column for name in rule.fields if (column := fields.get(name, lists=True)) is not None]
    return pc.coalesce(*there) if there else None


def _through_table(rule: Rule, fields: Fields, wanted: Mask | None) -> pa.Array | None:
    """Exact values; tables of synonyms compare without case and separators."""
    assert rule.table is not None
    column: pa.Array | None = None
    for name in rule.fields:
        values = fields.get(name)
        if values is None:
            continue
        encoded = values.dictionary_encode()
        words = [_look_up(rule, word) for word in encoded.dictionary.to_pylist()]
        mapped = pa.array(words, pa.string()).take(encoded.indices)
        hit = mapped.is_valid().to_numpy(zero_copy_only=False)
        fields.take(name, hit if wanted is None else hit & wanted)
        column = mapped if column is None else pc.coalesce(column, mapped)
    if rule.default is None:
        return column
    if column is None:
        return _constant(rule.default, fields.rows)
    return pc.fill_null(column, rule.default)


def _look_up(rule: Rule, word: str) -> str | None:
    assert rule.table is not None
    found = rule.table.get(word)
    if found is None and rule.table_name is not None:
        found = rule.table.get(_SEPARATORS.sub("_", word.lower()).strip("_"))
    return found


def _through_patterns(rule: Rule, fields: Fields) -> pa.Array | None:
    values = _joined(rule, fields)
    if values is None:
        return None if rule.default is None else _constant(rule.default, fields.rows)
    encoded = values.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    mapped = rule.memory.each(words, lambda texts: _matched(rule.matches, texts))
    column = pa.array(mapped, pa.string()).take(encoded.indices)
    return column if rule.default is None else pc.fill_null(column, rule.default)


def _matched(matches: tuple[tuple[str, str], ...], texts: pa.Array) -> list[str | None]:
    """The value beside the first pattern that is found in each text."""
    told: list[str | None] = [None] * len(texts)
    rows = np.arange(len(texts))
    for pattern, value in matches:
        if not len(rows):
            break
        hit = found(texts.take(pa.array(rows)), ascii_only(pattern))
        for row in rows[hit].tolist():
            told[row] = value
        rows = rows[~hit]
    return told


def _scaled(column: pa.Array, scale: float) -> pa.Array:
    """A number times a scale, as text; what is no number is null."""
    number = pc.match_substring_regex(column, _NUMBER)
    plain = pc.cast(pc.if_else(number, column, None), pa.float64())
    scaled = pc.multiply(plain, float(scale))
    whole = pc.equal(scaled, pc.round(scaled))
    as_whole = pc.cast(
        pc.cast(pc.if_else(whole, scaled, None), pa.int64(), safe=False), pa.string()
    )
    return pc.coalesce(as_whole, pc.cast(scaled, pa.string()))


def _from_hex(column: pa.Array) -> pa.Array:
    """Text that was written as pairs of hexadecimal digits; null where it is no such text."""
    encoded = column.dictionary_encode()
    words = [_unhexed(word) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _unhexed(word: str) -> str | None:
    try:
        return bytes.fromhex(word).decode("utf-8", "replace").replace("\0", " ")
    except ValueError:
        return None
