"""One lane for each shape: which records are of a format, and their fields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.fields import Fields, Mask
from authlogs.parse.format import Format, Pattern, Recognise
from authlogs.parse.json_records import parse_object
from authlogs.parse.keyed import Keyed, Sets, number_keys
from authlogs.parse.pairs import parse_pairs
from authlogs.parse.paths import Record, field_getter
from authlogs.parse.records import Claim, Records, Rows, rows_where
from authlogs.parse.texts import as_text

_BEGINS_A_PAIR = r"^[A-Za-z_@][\w.@/-]*="


@dataclass(frozen=True)
class Parsed:
    """Records as dicts (or a word for why not), and which of them have the same keys."""

    records: Sequence[Record | str]
    keys: list[frozenset[str]]  # each set of top-level keys, once
    which: Sets  # of `keys` for each record; -1 where there is nothing to judge


class Lanes:
    """Records that formats may claim; JSON and pairs are parsed once for all of them."""

    def __init__(self, records: Records) -> None:
        self.records = records

    @cached_property
    def objects(self) -> Parsed:
        """Each record as a JSON object, or a word for why it is none."""
        if self.records.objects is not None:
            return _parsed(self.records.objects)
        texts = pc.utf8_ltrim_whitespace(self.records.text)
        begun = pc.starts_with(texts, "{")
        found: list[Record | str] = ["no_pattern"] * len(texts)
        for row, text in zip(
            rows_where(begun).tolist(), texts.filter(begun).to_pylist(), strict=True
        ):
            found[row] = parse_object(text)
        return _parsed(found)

    @cached_property
    def is_text(self) -> Mask:
        """Which records are no JSON object, so that patterns for text may claim them."""
        begun = pc.starts_with(self.records.text, "{").to_numpy(zero_copy_only=False)
        if not begun.any():
            return ~begun  # type: ignore[no-any-return]
        return np.array([isinstance(one, str) for one in self.objects.records], bool)

    @cached_property
    def pairs(self) -> Parsed:
        """Each record's pairs; empty unless it begins with one."""
        begins = pc.match_substring_regex(self.records.text, _BEGINS_A_PAIR)
        if not pc.any(begins).as_py():
            return Parsed([], [], np.full(len(begins), -1, np.int32))
        return _parsed(parse_pairs(pc.if_else(begins, self.records.text, None).to_pylist()))

    def claim(self, format: Format, rows: Rows) -> Iterator[Claim]:
        """The records among `rows` that are of a format, pattern by pattern."""
        rows = self._allowed(format, rows)
        if not len(rows):
            return
        if format.shape == "text":
            yield from self._text(format, rows)
        elif format.shape == "csv":
            yield from self._cells(format, rows)
        elif format.shape == "json":
            yield from _recognised(format, rows, self.objects)
        elif self.records.objects is None:
            yield from _recognised(format, rows, self.pairs)

    def _allowed(self, format: Format, rows: Rows) -> Rows:
        """Formats of an envelope, or of some of its programs, see only those."""
        header = self.records.header
        if format.envelope is None and not format.programs:
            return rows
        if header is None:
            return rows[:0]
        if not format.programs:
            return rows
        fits = pc.is_in(header.program.take(pa.array(rows)), pa.array(format.programs))
        return rows[rows_where(fits)]

    def _text(self, format: Format, rows: Rows) -> Iterator[Claim]:
        if self.records.objects is not None or self.records.cells:
            return
        rows = rows[self.is_text[rows]]
        for pattern in format.patterns:
            if not len(rows):
                return
            found = pc.extract_regex(self.records.text.take(pa.array(rows)), pattern.regex)
            hit = found.is_valid().to_numpy(zero_copy_only=False)
            if hit.any():
                yield _captured(format, pattern, found.filter(pa.array(hit)), rows[hit])
            rows = rows[~hit]

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


def _captured(format: Format, pattern: Pattern, found: pa.StructArray, rows: Rows) -> Claim:
    """What a pattern captured, and the pairs inside it; records with the same keys side by side."""
    names = [field.name for field in found.type]
    if pattern.pairs is None:
        columns = dict(zip(names, found.flatten(), strict=True))
        return Claim(format, rows, Fields(len(found), columns=columns), pattern.set)
    records = parse_pairs(found.field(pattern.pairs).to_pylist())
    _, which = number_keys(records)
    order = np.argsort(which, kind="stable")
    held = Keyed([records[row] for row in order.tolist()], which[order])
    columns = dict(zip(names, found.take(pa.array(order)).flatten(), strict=True))
    hidden = frozenset({pattern.pairs})
    fields = Fields(len(found), columns=columns, records=held, hidden=hidden)
    return Claim(format, rows[order], fields, pattern.set)


def has_fields(recognise: Recognise, headings: Iterable[str]) -> bool:
    """Whether a heading line holds the fields that a format is known by."""
    names = set(headings)
    fine = names.issuperset(recognise.all) and names.issuperset(recognise.equals)
    return fine and (not recognise.any or not names.isdisjoint(recognise.any))


def _parsed(records: Sequence[Record | str]) -> Parsed:
    return Parsed(records, *number_keys(records))


def _recognised(format: Format, rows: Rows, parsed: Parsed) -> Iterator[Claim]:
    """Records that hold the fields a format is known by; keys decide nearly always alone."""
    verdicts = [_judge_keys(format.recognise, keys) for keys in parsed.keys]
    sure = np.array([*(one is True for one in verdicts), False])
    open_ = np.array([*(one is None for one in verdicts), False])
    which = parsed.which[rows]
    mine = sure[which]
    for at in np.flatnonzero(open_[which]).tolist():
        record = parsed.records[rows[at]]
        assert not isinstance(record, str)
        mine[at] = any(_fits(way, record) for way in format.recognise)
    chosen = rows[mine]
    if len(chosen):
        order = np.argsort(parsed.which[chosen], kind="stable")
        chosen = chosen[order]
        kept = [cast("Record", parsed.records[row]) for row in chosen.tolist()]
        held = Keyed(kept, parsed.which[chosen])
        yield Claim(format, chosen, Fields(len(kept), records=held))


@lru_cache(maxsize=4096)
def _firsts(path: str) -> frozenset[str]:
    """Top-level keys under which a dotted path may be found."""
    return frozenset({path} | {path[:at] for at, sign in enumerate(path) if sign in ".["})


def _judge_keys(ways: tuple[Recognise, ...], keys: frozenset[str]) -> bool | None:
    """What the top-level keys say: this format, not this one, or None for look closer."""
    verdicts = [_judge_way(way, keys) for way in ways]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _judge_way(way: Recognise, keys: frozenset[str]) -> bool | None:
    needed = (*way.all, *way.equals)
    if any(_firsts(path).isdisjoint(keys) for path in needed):
        return False
    if way.any and all(_firsts(path).isdisjoint(keys) for path in way.any):
        return False
    sure = not way.equals and keys.issuperset(way.all)
    return True if sure and (not way.any or not keys.isdisjoint(way.any)) else None


def _fits(way: Recognise, record: Record) -> bool:
    def has(path: str) -> bool:
        return path in record or field_getter(path)(record) is not None

    if not all(map(has, way.all)) or (way.any and not any(map(has, way.any))):
        return False
    return all(as_text(field_getter(path)(record)) in values for path, values in way.equals.items())
