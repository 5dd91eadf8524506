"""One lane for each shape: which records are of a format, and their fields."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import found, found_each
from authlogs.parse.barred import BEGINS, read_barred
from authlogs.parse.fields import Fields, Mask
from authlogs.parse.format import Format, Pattern
from authlogs.parse.json_table import JsonTable, Objects, read_objects
from authlogs.parse.known_by import fits, has_fields, judge_keys
from authlogs.parse.markup import as_json
from authlogs.parse.named_values import named_columns
from authlogs.parse.pair_table import PairTable
from authlogs.parse.pairs import pair_columns
from authlogs.parse.patterns import any_of, compiled
from authlogs.parse.records import Claim, Records, Rows, rows_where
from authlogs.parse.unpacking import levels, unpack

HANDFUL = 12
"""Patterns that are asked for together before each is."""
_BEGINS = {"xml": r"^\s*<[A-Za-z]", "logfmt": r"^[A-Za-z_@][0-9A-Za-z_.@/-]*=", **BEGINS}
"""How a record of a shape begins, as opposed to any text."""
_BEGINS_SOMEHOW = "|".join(f"(?:{one})" for one in _BEGINS.values())


class Lanes:
    """Records that formats may claim; JSON and pairs are read once for all of them."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._barred: dict[str, PairTable] = {}

    @cached_property
    def objects(self) -> Objects:
        """Each record that begins like one as a JSON object, or a word for why it is none."""
        texts = pc.utf8_ltrim_whitespace(self.records.text)
        begun = pc.starts_with(texts, "{")
        if not pc.any(begun).as_py():
            return _no_objects(len(texts))
        return read_objects(pc.if_else(begun, texts, None))

    @cached_property
    def begun(self) -> dict[str, Mask]:
        """Which records begin as each shape does: one look first, for most begin as none."""
        some = found(self.records.text, _BEGINS_SOMEHOW)
        told = {shape: np.zeros(len(some), bool) for shape in _BEGINS}
        if some.any():
            texts = self.records.text.filter(pa.array(some))
            for shape, begins in _BEGINS.items():
                told[shape][some] = found(texts, begins)
        return told

    @cached_property
    def markup(self) -> Objects:
        """Each record that is an XML element as a JSON object, or a word for why it is none."""
        begun = self.begun["xml"]
        if not begun.any():
            return _no_objects(len(begun))
        made, why = as_json(pc.if_else(pa.array(begun), self.records.text, None))
        read = read_objects(made)
        return replace(read, why=why)

    @cached_property
    def is_text(self) -> Mask:
        """Which records are no JSON object, so that patterns for text may claim them."""
        if self.records.elements:
            return np.zeros(len(self.records), bool)
        begun = pc.starts_with(self.records.text, "{").to_numpy(zero_copy_only=False)
        return self.objects.which < 0 if begun.any() else ~begun

    @cached_property
    def pairs(self) -> PairTable:
        """Each record's pairs; none unless it begins with one."""
        begins = self.begun["logfmt"]
        if not begins.any():
            return PairTable(len(begins), {})
        return PairTable.of(pc.if_else(pa.array(begins), self.records.text, None))

    def barred(self, kind: str) -> PairTable:
        """The fields of each CEF or LEEF record."""
        if kind not in self._barred:
            begins = self.begun[kind]
            texts = pc.if_else(pa.array(begins), self.records.text, None)
            made = read_barred(texts, kind) if begins.any() else PairTable(len(begins), {})
            self._barred[kind] = made
        return self._barred[kind]

    def holds(self, shape: str) -> bool:
        """Whether some record may be of a shape: where none is, none of its formats is asked."""
        if shape in ("csv", "w3c"):
            return bool(self.records.cells)
        if shape == "json":
            return bool(self.objects.keys)
        if shape == "xml":
            return bool(self.markup.keys)
        if shape in BEGINS:
            return bool(self.barred(shape).keys)
        return shape != "logfmt" or (bool(self.pairs.keys) and not self.records.elements)

    def may_be(self, formats: tuple[Format, ...], rows: Rows) -> Mask:
        """Which of some texts a format might claim: one look for all of their patterns at once."""
        told = np.zeros(len(rows), bool)
        if not len(rows):
            return told
        texts = _taken(self.records.text, rows)
        for shape in {one.shape for one in formats} & _BEGINS.keys():
            told |= self.begun[shape][rows]
        patterns = tuple(
            pattern.regex
            for one in formats
            if one.shape == "text" and not one.programs and self._opens(one)
            for pattern in one.patterns
        )
        for union in any_of(patterns):
            told |= found(texts, union)
        programs = sorted({name for one in formats for name in one.programs})
        if programs and self.records.header is not None:
            named = self.records.header.get("program").take(pa.array(rows))
            told |= pc.is_in(named, pa.array(programs)).to_numpy(zero_copy_only=False)
        return told

    def fitting(self, formats: tuple[Format, ...], rows: Rows) -> dict[Format, Rows]:
        """The texts that each format might claim: one look for a handful of formats at once."""
        if not len(rows):
            return dict.fromkeys(formats, rows)
        texts = _taken(self.records.text, rows)
        fitting = {one: rows if one.programs else rows[:0] for one in formats}
        opened = tuple(one for one in formats if not one.programs and self._opens(one))
        groups = _handfuls(opened)
        hits = found_each(texts, [union for _, unions in groups for union in unions])
        for group, unions in groups:
            told = rows[np.logical_or.reduce([hits[union] for union in unions])]
            fitting |= dict.fromkeys(group, told)
        return fitting

    def _opens(self, format: Format) -> bool:
        header = self.records.header
        return format.envelope is None or (header is not None and format.envelope in header.kinds)

    def _dated(self, rows: Rows) -> Rows:
        """The rows of which an envelope says when they were."""
        header = self.records.header
        if header is None or "time" not in header.fields:
            return rows[:0]
        return rows[rows_where(header.fields["time"].take(pa.array(rows)).is_valid())]

    def claim(self, format: Format, rows: Rows) -> Iterator[Claim]:
        """The records among `rows` that are of a format, pattern by pattern."""
        rows = self._allowed(format, rows)
        if not len(rows) or not self.holds(format.shape):
            return
        if format.shape == "text":
            yield from self._text(format, rows)
        elif format.shape in ("csv", "w3c"):
            yield from self._cells(format, rows)
        elif format.shape == "json":
            yield from self._inside(format, rows, lambda one, of: _objects(one, of, self.objects))
        elif format.shape == "xml":
            yield from _objects(format, rows, self.markup)
        elif format.shape in BEGINS:
            yield from _fitting(format, rows, self.barred(format.shape).table(rows))
        else:
            yield from self._inside(
                format, rows, lambda one, of: _fitting(one, of, self.pairs.table(of))
            )

    def _inside(
        self, format: Format, rows: Rows, ask: Callable[[Format, Rows], Iterator[Claim]]
    ) -> Iterator[Claim]:
        """What is of a format anywhere, and then what is one only where an envelope is dated."""
        for claim in ask(format, rows):
            yield claim
            rows = np.setdiff1d(rows, claim.rows)
        if format.inside and len(dated := self._dated(rows)):
            known = replace(format, recognise=format.inside)
            yield from (replace(claim, format=format) for claim in ask(known, dated))

    def _allowed(self, format: Format, rows: Rows) -> Rows:
        """Formats of an envelope, or of some of its programs, see only those."""
        header = self.records.header
        if not self._opens(format) or (format.programs and header is None):
            return rows[:0]
        if header is None or not format.programs:
            return rows
        fits = pc.is_in(header.get("program").take(pa.array(rows)), pa.array(format.programs))
        return rows[rows_where(fits)]

    def _text(self, format: Format, rows: Rows) -> Iterator[Claim]:
        if self.records.elements or self.records.cells:
            return
        rows = rows[self.is_text[rows]]
        for pattern in format.patterns:
            if not len(rows):
                return
            texts = _taken(self.records.text, rows)
            made = compiled(pattern.regex).captures(texts)
            if made.hit.any():
                yield _captured(format, pattern, made.columns, rows[made.hit])
            rows = rows[~made.hit]

    def _cells(self, format: Format, rows: Rows) -> Iterator[Claim]:
        cells = self.records.cells
        for way in format.recognise:
            if not len(rows) or not cells or not has_fields(way, cells):
                continue
            mine = rows
            for name, values in way.equals.items():
                fits = pc.is_in(cells[name].take(pa.array(mine)), pa.array(sorted(values)))
                mine = mine[rows_where(fits)]
            if len(mine):
                chosen = {name: column.take(pa.array(mine)) for name, column in cells.items()}
                yield Claim(format, mine, Fields(len(mine), columns=chosen))
            rows = np.setdiff1d(rows, mine, assume_unique=True)


def _no_objects(rows: int) -> Objects:
    return Objects(pa.nulls(rows, pa.string()), [], np.full(rows, -1, np.int32), {})


@lru_cache(maxsize=64)
def _handfuls(
    formats: tuple[Format, ...],
) -> tuple[tuple[tuple[Format, ...], tuple[str, ...]], ...]:
    """Formats that stand together in their order, with expressions for any pattern of theirs."""
    groups: list[list[Format]] = []
    for one in formats:
        few = groups and sum(len(each.patterns) for each in groups[-1]) < HANDFUL
        groups[-1].append(one) if few else groups.append([one])
    return tuple(
        (tuple(group), any_of(tuple(each.regex for one in group for each in one.patterns)))
        for group in groups
    )


def _captured(format: Format, pattern: Pattern, columns: dict[str, pa.Array], rows: Rows) -> Claim:
    """What a pattern captured, and the pairs inside it."""
    if pattern.pairs is None:
        fields = Fields(len(rows), columns=columns)
        return Claim(format, rows, fields, pattern.set, pattern=pattern.name)
    pairs = PairTable.of(columns[pattern.pairs])
    hidden = frozenset({pattern.pairs})
    fields = Fields(len(rows), columns=columns, records=pairs, hidden=hidden)
    return Claim(format, rows, fields, pattern.set, pattern=pattern.name)


def _taken(texts: pa.Array, rows: Rows) -> pa.Array:
    return texts if len(rows) == len(texts) else texts.take(pa.array(rows))


def _objects(format: Format, rows: Rows, objects: Objects) -> Iterator[Claim]:
    """Objects that hold the fields a format is known by; keys decide nearly always alone."""
    verdicts = [judge_keys(format.recognise, keys) for keys in objects.names]
    if verdicts.count(False) == len(verdicts):
        return
    sure = np.array([*(one is True for one in verdicts), False])[objects.which[rows]]
    open_ = np.array([*(one is None for one in verdicts), False])[objects.which[rows]]
    if sure.any():
        chosen = rows[sure]
        yield _of_objects(format, chosen, objects.table(chosen))
    if open_.any():
        asked = rows[open_]
        yield from _fitting(format, asked, objects.table(asked))


def _fitting(format: Format, rows: Rows, table: JsonTable | PairTable) -> Iterator[Claim]:
    """The records of a table that hold what a format is known by."""
    mask = np.logical_or.reduce([fits(way, table) for way in format.recognise])
    chosen = np.flatnonzero(mask)
    if len(chosen):
        yield _of_objects(format, rows[chosen], table.table(chosen))


def _of_objects(format: Format, rows: Rows, table: JsonTable | PairTable) -> Claim:
    """A claim of whole records, or of each element of a list in them."""
    if format.each is None or isinstance(table, PairTable):
        return Claim(format, rows, _fields(format, table))
    texts, origin, repeat = table.text, rows, np.ones(len(rows), np.int64)
    for path in levels(format.each):
        made = unpack(texts, path, names=format.names, most=format.most)
        texts, origin, repeat = made.text, origin[made.origin], repeat[made.origin] * made.repeat
    return Claim(format, origin, _fields(format, read_objects(texts).whole), repeat=repeat)


def _fields(format: Format, table: JsonTable | PairTable) -> Fields:
    """The fields of records; pairs and named values inside them never replace their own."""
    fields = Fields(len(table), records=table)
    more: dict[str, pa.Array] = {}
    for path in (*format.pairs, *format.named):
        text = fields.get(path, lists=True)
        if text is None:
            continue
        inner = named_columns(text) if path in format.named else pair_columns(text)
        told = np.zeros(len(table), bool)
        for name, column in inner.items():
            told |= column.is_valid().to_numpy(zero_copy_only=False)
            if (own := fields.get(name)) is not None:
                column = pc.if_else(own.is_valid(), None, column)
            more[name] = pc.coalesce(more[name], column) if name in more else column
        fields.take(path, told)
    return fields.with_columns(more) if more else fields
