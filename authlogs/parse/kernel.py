r"""The compiled engine that runs the patterns of format files: Rust's regex, through polars.

It is linear in the text whatever the pattern, and several times faster than its peers where a
pattern is anchored and never has two ways to go on. `\d`, `\w`, `\s` and `\b` mean ASCII.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_OLDEST: Final = pl.CompatLevel.oldest()
_WHOLE: Final = "whole__"
_TOKEN: Final = re.compile(r"\\x\{[^}]*\}|\\[pP]\{[^}]*\}|\\[pP].|\\.|\[:\^?[a-z]+:\]|.", re.DOTALL)
_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
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
        columns = {name: pa.nulls(len(rest), pa.string()) for one in self.inner for name in one.names}
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
        asked = _extract(texts.take(pa.array(rows[~fits])), self.whole, self.names)
        hit = begun.copy()
        hit[rows[~fits]] = asked.hit
        kept = fits.copy()
        kept[~fits] = asked.hit
        late = ~fits[kept]
        return Captures(
            hit,
            {
                name: _placed(column.filter(pa.array(kept)), late, asked.columns.get(name))
                for name, column in columns.items()
            },
        )


def _placed(column: pa.Array, mask: Mask, values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.replace_with_mask(column, pa.array(mask), values) if mask.any() else column


@lru_cache(maxsize=4096)
def compiled(regex: str) -> Pattern:
    """A pattern of a format file, ready to run; raises ValueError where it cannot be one."""
    whole = _ascii(regex)
    if (fault := _fault(whole)) is not None:
        raise ValueError(fault)
    plain = Pattern(whole, _names(whole))
    elements = _elements(whole.removeprefix("^").removesuffix("$"))
    if not (whole.startswith("^") and whole.endswith("$")) or elements is None or len(elements) < 2:
        return plain
    head, last = "".join(elements[:-1]), elements[-1]
    if not _NAMED.search(head) or not _NAMED.search(last) and not _QUANTIFIER.search(last):
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


def found(texts: pa.Array, regex: str) -> Mask:
    """Which texts an expression (as Rust means it) fits; null counts as no."""
    hit = _series(texts).str.contains(regex).fill_null(value=False)
    return hit.to_numpy().astype(bool, copy=False)  # type: ignore[no-any-return]


def _fault(regex: str) -> str | None:
    try:
        pl.Series([""]).str.contains(regex)
    except pl.exceptions.PolarsError as error:
        return str(error)
    return None


def _names(regex: str) -> tuple[str, ...]:
    return tuple(_NAMED.findall(regex))


def _series(texts: pa.Array) -> pl.Series:
    series = pl.from_arrow(texts)
    assert isinstance(series, pl.Series)
    return series


def _extract(texts: pa.Array, regex: str, names: tuple[str, ...]) -> Captures:
    """Texts that fit, by the captures themselves; a match that catches nothing is asked for."""
    series = _series(texts)
    if not names:
        return Captures(found(texts, regex), {})
    made = series.str.extract_groups(regex).struct.unnest()
    hit = np.zeros(len(texts), bool)
    for name in names:
        if hit.all():
            break
        hit |= made[name].is_not_null().to_numpy()
    silent = np.flatnonzero(~hit)
    if len(silent) and (here := found(texts.take(pa.array(silent)), regex)).any():
        hit[silent[here]] = True
    if not hit.any():
        return Captures(hit, {})
    kept = made if hit.all() else made.filter(pl.Series(hit))
    return Captures(hit, {name: _arrow(kept[name]) for name in names})


def _arrow(series: pl.Series) -> pa.Array:
    return series.to_arrow(compat_level=_OLDEST).cast(pa.string())


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


def _ascii(regex: str) -> str:
    """A pattern as RE2 means it, in Rust's words."""
    told: list[str] = []
    depth = 0
    for token in _TOKEN.findall(regex):
        if depth == 0:
            depth = token == "["
            told.append(_outside(token))
        elif token == "]" and told[-1] not in ("[", "[^"):
            depth = 0
            told.append(token)
        elif token == "^" and told[-1] == "[":
            told[-1] = "[^"
        else:
            told.append(_inside(token))
    return "".join(told)


def _outside(token: str) -> str:
    if token[0] == "\\" and token[1:].lower() in _CLASSES:
        members = _CLASSES[token[1].lower()]
        return f"[^{members}]" if token[1].isupper() else f"[{members}]"
    return rf"(?-u:{token})" if token in (r"\b", r"\B") else token


def _inside(token: str) -> str:
    if token[0] == "\\" and token[1:].lower() in _CLASSES:
        members = _CLASSES[token[1].lower()]
        return f"[^{members}]" if token[1].isupper() else members
    return "\\" + token if token in ("[", "]", "&", "~") else token


def _scanned(regex: str) -> Iterator[tuple[int, int, str]]:
    """Each token of an expression outside of its classes: position, depth of groups, token."""
    depth, held = 0, 0
    for match in _TOKEN.finditer(regex):
        token = match[0]
        if held:
            held += (token == "[") - (token == "]" and match.start() > held_from + 1)
        elif token == "[":
            held, held_from = 1, match.start() + (regex[match.end() : match.end() + 1] == "^")
        else:
            depth -= token == ")"
            yield match.start(), depth, token
            depth += token == "("


def _ways(regex: str) -> list[str]:
    """The alternatives of an expression, in their order."""
    cuts = [at for at, depth, token in _scanned(regex) if token == "|" and depth == 0]
    edges = [-1, *cuts, len(regex)]
    return [regex[a + 1 : b] for a, b in zip(edges, edges[1:], strict=False)]


def _elements(regex: str) -> list[str] | None:
    """What an expression is a sequence of, each with its quantifier; None for alternatives."""
    starts: list[int] = []
    at = 0
    end = len(regex)
    while at < end:
        starts.append(at)
        at = _element_end(regex, at)
        if quantifier := _QUANTIFIER.match(regex, at):
            at = quantifier.end()
    parts = [regex[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
    return None if "|" in parts else parts


def _element_end(regex: str, at: int) -> int:
    if regex[at] not in "([":
        return _TOKEN.match(regex, at).end()  # type: ignore[union-attr]
    for position, depth, token in _scanned(regex[at:]):
        if depth == 0 and (token == ")" or regex[at] == "["):
            return at + position + (token == ")")
    return len(regex)
