"""The patterns of format files, run over columns of text in two steps: a head and its tail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import TOKEN, Mask, as_arrow, as_series, ascii_only, fault, found

_WHOLE: Final = "whole__"
_TOGETHER: Final = 128
"""Patterns that are asked for at once: Rust bounds the size of an expression."""
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_NAMED: Final = re.compile(r"\(\?P<(\w+)>")


@dataclass(frozen=True)
class Captures:
    """Which texts a pattern fits, and what its named groups caught in those alone."""

    hit: Mask
    columns: dict[str, pa.Array]


@dataclass(frozen=True)
class Pattern:
    """An anchored pattern in two steps: a head that captures, and the tail behind it.

    To find where groups begin costs far more than to tell whether a pattern fits, and often the
    last group is a long rest of the line. So the head is matched alone, and what stands behind it
    is checked. If it fits, that is the match, for the head's first choice is the whole's first
    choice; where it does not, the whole pattern is asked.
    """

    whole: str
    names: tuple[str, ...]
    head: str | None = None
    tail: str | None = None  # None for any text
    tail_name: str | None = None
    inner: tuple["Pattern", ...] = ()  # ways in which the tail captures, in their order

    def captures(self, texts: pa.Array) -> Captures:
        """What the pattern catches in each text; null texts fit nothing."""
        if self.head is None:
            return _extract(texts, self.whole, self.names)
        begun = _extract(texts, self.head, (*_names(self.head),))
        if not begun.hit.any():
            return Captures(begun.hit, {})
        rest = _behind(texts.filter(pa.array(begun.hit)), begun.columns.pop(_WHOLE))
        inner, fits = self._behind(rest)
        columns = {**begun.columns, **inner}
        if self.tail_name is not None:
            columns[self.tail_name] = rest
        if fits.all():
            return Captures(begun.hit, columns)
        return self._mended(texts, begun.hit, columns, fits)

    def _behind(self, rest: pa.Array) -> tuple[dict[str, pa.Array], Mask]:
        """Captures within the tail, and which tails fit."""
        if not self.inner:
            told = np.ones(len(rest), bool) if self.tail is None else found(rest, self.tail)
            return {}, told
        columns = {
            name: pa.nulls(len(rest), pa.string()) for one in self.inner for name in one.names
        }
        fits = np.zeros(len(rest), bool)
        for one in self.inner:
            rows = np.flatnonzero(~fits)
            if not len(rows):
                break
            made = one.captures(rest.take(pa.array(rows)))
            mask = np.zeros(len(rest), bool)
            mask[rows[made.hit]] = True
            for name, caught in made.columns.items():
                columns[name] = _placed(columns[name], mask, caught)
            fits |= mask
        return columns, fits

    def _mended(
        self, texts: pa.Array, begun: Mask, columns: dict[str, pa.Array], fits: Mask
    ) -> Captures:
        """Ask the whole pattern about the texts whose tail did not fit the head's first choice."""
        rows = np.flatnonzero(begun)
        again = texts.take(pa.array(rows[~fits]))
        fitting = found(again, self.whole)
        asked = _extract(again.filter(pa.array(fitting)), self.whole, self.names)
        hit = begun.copy()
        hit[rows[~fits]] = fitting
        kept = fits.copy()
        kept[~fits] = fitting
        late = ~fits[kept]
        return Captures(
            hit,
            {
                name: _placed(column.filter(pa.array(kept)), late, asked.columns.get(name))
                for name, column in columns.items()
            },
        )


def _placed(column: pa.Array, mask: Mask, values: pa.Array) -> pa.Array:
    return pc.replace_with_mask(column, pa.array(mask), values) if mask.any() else column


@lru_cache(maxsize=4096)
def compiled(regex: str) -> Pattern:
    """A pattern of a format file, ready to run; raises ValueError where it cannot be one."""
    whole = ascii_only(regex)
    if (wrong := fault(whole)) is not None:
        raise ValueError(wrong)
    plain = Pattern(whole, _names(whole))
    elements = _elements(whole.removeprefix("^").removesuffix("$"))
    if not (whole.startswith("^") and whole.endswith("$")) or elements is None or len(elements) < 2:
        return plain
    head, last = "".join(elements[:-1]), elements[-1]
    if not _NAMED.search(head) or (not _NAMED.search(last) and not _QUANTIFIER.search(last)):
        return plain
    name = re.fullmatch(r"\(\?P<(\w+)>(.*)\)", last, re.DOTALL)
    body = name[2] if name else last
    inner = tuple(compiled(f"^{way}$") for way in _ways(body)) if _NAMED.search(body) else ()
    return Pattern(
        whole,
        _names(whole),
        head=f"^(?P<{_WHOLE}>{head})",
        tail=None if body == ".*" else f"^(?:{body})$",
        tail_name=name[1] if name else None,
        inner=inner,
    )


@lru_cache(maxsize=256)
def any_of(regexes: tuple[str, ...]) -> tuple[str, ...]:
    """Expressions that together fit what any of some patterns fits."""
    whole = [f"(?:{_NAMED.sub('(?:', compiled(regex).whole)})" for regex in regexes]
    return tuple("|".join(whole[at : at + _TOGETHER]) for at in range(0, len(whole), _TOGETHER))


def _names(regex: str) -> tuple[str, ...]:
    return tuple(_NAMED.findall(regex))


def _extract(texts: pa.Array, regex: str, names: tuple[str, ...]) -> Captures:
    """Texts that fit, by a group that every match catches; where there is none, by asking twice."""
    if not names:
        return Captures(found(texts, regex), {})
    made = as_series(texts).str.extract_groups(regex).struct.unnest()
    sure = _certain(regex)
    if sure is None:
        hit = found(texts, regex)
        none = not hit.any()
    else:
        none = made[sure].null_count() == len(made)
        hit = np.zeros(len(texts), bool) if none else made[sure].is_not_null().to_numpy()
    if none:
        return Captures(hit, {})
    kept = made if hit.all() else made.filter(pl.Series(hit))
    return Captures(hit, {name: as_arrow(kept[name]) for name in names})


@lru_cache(maxsize=4096)
def _certain(regex: str) -> str | None:
    """A group that takes part in every match."""
    for element in _elements(regex) or ():
        if (named := re.fullmatch(r"\(\?P<(\w+)>.*\)", element, re.DOTALL)) is not None:
            return named[1]
    return None


def _behind(texts: pa.Array, heads: pa.Array) -> pa.Array:
    """What stands in each text behind its head."""
    count = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + count + 1]
    before = np.frombuffer(heads.buffers()[1], np.int32)[heads.offset : heads.offset + count + 1]
    edges = np.empty(2 * count + 1, np.int32)
    edges[::2] = offsets
    edges[1::2] = offsets[:-1] + np.diff(before)
    buffers = [None, pa.py_buffer(edges), texts.buffers()[2]]
    pieces = pa.StringArray.from_buffers(2 * count, buffers[1], buffers[2])
    return pieces.take(pa.array(np.arange(1, 2 * count, 2)))


def _scanned(regex: str) -> Iterator[tuple[int, int, str]]:
    """Each part of an expression outside of its classes: position, depth of groups, part."""
    depth, within, opened = 0, 0, 0
    for match in TOKEN.finditer(regex):
        part, at = match[0], match.start()
        if within:
            first = at == opened + 1 + (regex[opened + 1] == "^")  # a bracket here is a member
            within += (part == "[") - (part == "]" and not first)
        elif part == "[":
            within, opened = 1, at
        else:
            depth -= part == ")"
            yield at, depth, part
            depth += part == "("


def _ways(regex: str) -> list[str]:
    """The alternatives of an expression, in their order."""
    cuts = [at for at, depth, part in _scanned(regex) if part == "|" and depth == 0]
    return [regex[a + 1 : b] for a, b in pairwise([-1, *cuts, len(regex)])]


def _elements(regex: str) -> list[str] | None:
    """What an expression is a sequence of, each with its quantifier; None for alternatives."""
    starts: list[int] = []
    at, end = 0, len(regex)
    while at < end:
        starts.append(at)
        at = _element_end(regex, at)
        if quantifier := _QUANTIFIER.match(regex, at):
            at = quantifier.end()
    parts = [regex[a:b] for a, b in pairwise([*starts, end])]
    return None if "|" in parts else parts


def _element_end(regex: str, at: int) -> int:
    if regex[at] not in "([":
        plain = TOKEN.match(regex, at)
        return plain.end() if plain else len(regex)
    for position, depth, part in _scanned(regex[at:]):
        if depth == 0 and (part == ")" or regex[at] == "["):
            return at + position + (part == ")")
    return len(regex)
