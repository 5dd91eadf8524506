"""W3C extended logs (IIS and kin): `#Fields:` names the cells, and may do so anew at any line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.delimited import Stretch, without_cells
from authlogs.parse.fields import Mask
from authlogs.parse.records import Records, Rows, line_records, plain_records, rows_where
from authlogs.parse.texts import text_array
from authlogs.sources.lines import Block

_FIELDS: Final = "#Fields:"
_MOST_HEADINGS: Final = 64
"""Different headings in one block, so that a file of nothing else costs no more than its size."""
_MOST_NAMES: Final = 512
_SPACES: Final = ("cs(User-Agent)",)
"""Cells in which IIS writes a plus for a space."""


def begins_extended(head: str) -> bool:
    """Whether a text begins with directives, `#Fields:` among them."""
    lines = head.lstrip("\ufeff \t\r\n").splitlines()
    for line in lines:
        if not line.startswith("#"):
            return False
        if line.startswith(_FIELDS) and line.removeprefix(_FIELDS).strip():
            return True
    return False


@dataclass
class ExtendedLog:
    """Reads the blocks of one file; a heading counts until the next one."""

    _heading: str | None = None

    def stretches(self, blocks: Iterator[Block]) -> Iterator[tuple[Stretch, str]]:
        """One stretch for each heading of a block, and the word for what of it is broken."""
        for block in blocks:
            yield from self._stretches(line_records(block))

    def _stretches(self, lines: Records) -> Iterator[tuple[Stretch, str]]:
        comment = pc.starts_with(lines.text, "#").to_numpy(zero_copy_only=False)
        blank = pc.equal(pc.utf8_trim_whitespace(lines.text), "").to_numpy(zero_copy_only=False)
        nothing = lines.take(np.empty(0, np.int64))
        counts = Stretch(nothing, nothing, comments=int(comment.sum()), blank=int(blank.sum()))
        yield counts, ""
        headings = self._headings(lines)
        filled = ~(comment | blank)
        for number, (heading, rows) in enumerate(_by_heading(headings, filled)):
            mine = lines.take(rows)
            if heading is None or number >= _MOST_HEADINGS:
                yield Stretch(nothing, mine), "no_heading"
            else:
                yield _cells(mine, heading), "bad_w3c"

    def _headings(self, lines: Records) -> list[tuple[int, str | None]]:
        """The heading that counts from each row on."""
        found: list[tuple[int, str | None]] = [(0, self._heading)]
        at = rows_where(pc.starts_with(lines.text, _FIELDS))
        for row, text in zip(at.tolist(), lines.text.take(pa.array(at)).to_pylist(), strict=True):
            self._heading = text.removeprefix(_FIELDS).strip()
            found.append((row, self._heading))
        return found


def _by_heading(
    headings: list[tuple[int, str | None]], filled: Mask
) -> Iterator[tuple[str | None, Rows]]:
    """The rows under each different heading."""
    names = list(dict.fromkeys(heading for _, heading in headings))
    number = {name: at for at, name in enumerate(names)}
    codes = np.zeros(len(filled), np.int64)
    starts = [row for row, _ in headings]
    for start, end, (_, heading) in zip(starts, [*starts[1:], len(filled)], headings, strict=True):
        codes[start:end] = number[heading]
    codes[~filled] = -1
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for at, name in enumerate(names):
        if edges[at] < edges[at + 1]:
            yield name, order[edges[at] : edges[at + 1]]


def _cells(lines: Records, heading: str) -> Stretch:
    """Lines cut into the cells of a heading; those of another width are broken."""
    delimiter = "," if "," in heading else "\t" if "\t" in heading else " "
    names = [one.strip() for one in heading.split(delimiter) if one.strip()][:_MOST_NAMES]
    if delimiter == " " and pc.any(pc.match_substring(lines.text, "\t")).as_py():
        delimiter = "\t"
    parts = pc.split_pattern(lines.text, delimiter)
    width = pc.list_value_length(parts).to_numpy(zero_copy_only=False)
    quoted = pc.match_substring(lines.text, '"').to_numpy(zero_copy_only=False)
    plain = width == len(names)
    if delimiter == ",":
        plain &= ~quoted
    rows = np.flatnonzero(plain)
    flat = parts.take(pa.array(rows)).flatten()
    columns = {name: flat.take(_every(at, len(names), len(rows))) for at, name in _firsts(names)}
    good, odd = lines.take(rows), np.flatnonzero(~plain)
    again = _quoted(lines.take(odd), delimiter, len(names))
    kept = [at for at, cells in enumerate(again) if cells is not None]
    if kept:
        good, columns = _with_odd(good, columns, lines.take(odd[kept]), names, again)
    lost = np.delete(odd, kept)
    broken = without_cells(lines.take(lost), tuple(names))
    return Stretch(replace(good, cells=_dated(columns)), broken)


def _firsts(names: list[str]) -> list[tuple[int, str]]:
    """Each name with its place; of one that comes twice the first counts."""
    return [(at, name) for at, name in enumerate(names) if names.index(name) == at]


def _every(start: int, step: int, count: int) -> pa.Array:
    return pa.array(np.arange(count, dtype=np.int64) * step + start)


def _quoted(lines: Records, delimiter: str, width: int) -> list[list[str] | None]:
    """Cells of lines that hold quotes, which are few: a loop."""
    told: list[list[str] | None] = []
    for text in lines.text.to_pylist():
        try:
            cells = next(csv.reader([text], delimiter=delimiter), []) if '"' in text else []
        except csv.Error:
            cells = []
        told.append(cells if len(cells) == width else None)
    return told


def _with_odd(
    good: Records,
    columns: dict[str, pa.Array],
    odd: Records,
    names: list[str],
    cells: list[list[str] | None],
) -> tuple[Records, dict[str, pa.Array]]:
    """Plain lines and quoted ones together, in the order of the file."""
    kept = [one for one in cells if one is not None]
    both = {
        name: pa.concat_arrays([columns[name], text_array([one[at] for one in kept])])
        for at, name in _firsts(names)
    }
    order = np.argsort(np.concatenate([good.line_no, odd.line_no]), kind="stable")
    text = pa.concat_arrays([good.text, odd.text]).take(pa.array(order))
    number, offset, length = (
        np.concatenate([getattr(good, name), getattr(odd, name)])[order]
        for name in ("line_no", "offset", "length")
    )
    made = plain_records(text, number, offset, length)
    return made, {name: column.take(pa.array(order)) for name, column in both.items()}


def _dated(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """`date` and `time`, which are in UTC by the standard, as one cell `datetime`."""
    for name in _SPACES:
        if name in columns:
            columns[name] = pc.replace_substring(columns[name], "+", " ")
    if "date" in columns and "time" in columns:
        day, clock = columns.pop("date"), columns.pop("time")
        columns["datetime"] = pc.binary_join_element_wise(day, clock, "T")
        columns["datetime"] = pc.binary_join_element_wise(columns["datetime"], "Z", "")
    return columns
