"""Values as text, and text columns without words for nothing."""

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import text_bytes

_NOTHING: Final = frozenset(
    {"", "-", "--", "null", "None", "unknown", "N/A", "undefined", "0001-01-01T00:00:00Z"}
)
NULL_WORDS: Final = pa.array(sorted(_NOTHING))


def without_null_words(column: pa.Array) -> pa.Array:
    """Null where a source writes a word for nothing (`-`, `null`, `N/A` …)."""
    nothing = pc.is_in(column, NULL_WORDS)
    return pc.if_else(nothing, None, column) if pc.any(nothing).as_py() else column


def string_member(name: str, column: pa.Array) -> pa.Array:
    """`"name":"value"` for each row that has a value."""
    if _may_need_escapes(text_bytes(column)):
        encoded = column.dictionary_encode()
        words = [quoted(value) for value in encoded.dictionary.to_pylist()]
        column = pa.array(words, pa.string()).take(encoded.indices)
        return pc.binary_join_element_wise(quoted(name) + ":", column, "")
    return pc.binary_join_element_wise(quoted(name) + ':"', column, '"', "")


def _may_need_escapes(held: bytes) -> bool:
    return b'"' in held or b"\\" in held or bool((np.frombuffer(held, np.uint8) < 0x20).any())


def says_something(value: Any) -> bool:
    """Whether a value is neither null nor a word for nothing."""
    return value not in _NOTHING if value.__class__ is str else value is not None


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
    """A JSON value as a field's text: a string as it is, an object as none, the rest as JSON."""
    if value is None or value.__class__ is str:
        return value
    return None if value.__class__ is dict else dump(value)


def scalar_text(value: Any) -> str | None:
    """A JSON value as text, unless it is an object or a list."""
    if value is None or value.__class__ is str:
        return value
    return None if value.__class__ in (dict, list) else dump(value)


def dump(value: Any) -> str:
    """Compact JSON; what JSON cannot write (infinity, a tree too deep) becomes a string."""
    if value.__class__ is int:
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        return '"too deep"'
    except ValueError:
        return json.dumps(str(value), ensure_ascii=False)


def quoted(text: str) -> str:
    """A JSON string; what no UTF-8 can hold becomes `?`."""
    return json.dumps(text, ensure_ascii=False).encode(errors="replace").decode()
