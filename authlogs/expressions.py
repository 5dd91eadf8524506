r"""Regular expressions over columns of text: Rust's engine, through polars.

It is linear in the text whatever the expression, it keeps what it has compiled, and it is several
times faster than its peers where an expression is anchored and never has two ways to go on. `\d`,
`\w`, `\s` and `\b` mean ASCII, as in RE2.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

TOKEN: Final = re.compile(r"\\x\{[^}]*\}|\\[pP]\{[^}]*\}|\\[pP].|\\.|\[:\^?[a-z]+:\]|.", re.DOTALL)
"""The smallest parts of an expression."""
_OLDEST: Final = pl.CompatLevel.oldest()
_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}


def found(texts: pa.Array, regex: str) -> Mask:
    """Which texts an expression (as Rust means it) is found in; null counts as no."""
    return found_each(texts, (regex,))[regex]


def found_each(texts: pa.Array, regexes: Sequence[str]) -> dict[str, Mask]:
    """Which texts each expression is found in: one call of the engine for all of them."""
    asked = [pl.col("").str.contains(one).fill_null(value=False).alias(one) for one in regexes]
    told = as_series(texts).to_frame("").select_seq(asked)
    return {one: told[one].to_numpy().astype(bool, copy=False) for one in regexes}


def holds(texts: pa.Array, literal: str) -> Mask:
    """Which texts have some words in them; null counts as no."""
    hit = as_series(texts).str.contains(literal, literal=True).fill_null(value=False)
    return hit.to_numpy().astype(bool, copy=False)


def replaced(texts: pa.Array, regex: str, instead: str) -> pa.Array:
    """Texts with all that an expression (as Rust means it) finds replaced; `${1}` is a group."""
    return as_arrow(as_series(texts).str.replace_all(regex, instead))


def text_bytes(texts: pa.Array) -> bytes:
    """All texts of a column behind one another, with what stands in the place of nulls."""
    ends = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return bytes(memoryview(texts.buffers()[2] or b"")[ends[0] : ends[-1]])


def fault(regex: str) -> str | None:
    """What the engine says of an expression that it cannot compile; None when it can."""
    try:
        pl.Series([""]).str.contains(regex)
    except pl.exceptions.PolarsError as error:
        return str(error).partition("\n\nThis error occurred")[0]
    return None


def as_series(texts: pa.Array) -> pl.Series:
    """A column of text as polars takes it, without a copy."""
    series = pl.from_arrow(texts)
    assert isinstance(series, pl.Series)
    return series


def as_arrow(series: pl.Series) -> pa.Array:
    """A column of text as Arrow takes it."""
    return series.to_arrow(compat_level=_OLDEST).cast(pa.string())


@lru_cache(maxsize=4096)
def ascii_only(regex: str) -> str:
    """An expression as RE2 means it, in Rust's words."""
    told: list[str] = []
    depth = 0
    for part in TOKEN.findall(regex):
        if depth == 0:
            depth = part == "["
            told.append(_outside(part))
        elif part == "]" and told[-1] not in ("[", "[^"):
            depth = 0
            told.append(part)
        elif part == "^" and told[-1] == "[":
            told[-1] = "[^"
        else:
            told.append(_inside(part))
    return "".join(told)


def _outside(part: str) -> str:
    if part[0] == "\\" and part[1:].lower() in _CLASSES:
        members = _CLASSES[part[1].lower()]
        return f"[^{members}]" if part[1].isupper() else f"[{members}]"
    return rf"(?-u:{part})" if part in (r"\b", r"\B") else part


def _inside(part: str) -> str:
    if part[0] == "\\" and part[1:].lower() in _CLASSES:
        members = _CLASSES[part[1].lower()]
        return f"[^{members}]" if part[1].isupper() else members
    return "\\" + part if part in ("[", "]", "&", "~") else part
