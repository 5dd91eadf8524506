"""Envelopes, opened: what is inside stays a record, with what was said around it as its header."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import found
from authlogs.parse.clock import Clock, Longs
from authlogs.parse.envelope_file import Envelope, load_envelopes
from authlogs.parse.fields import Fields, Mask
from authlogs.parse.format import Format, ReasonRule, Rule
from authlogs.parse.json_records import parse_object
from authlogs.parse.known_by import judge_keys
from authlogs.parse.lanes import Lanes
from authlogs.parse.partials import Parts, joined_parts
from authlogs.parse.patterns import any_of
from authlogs.parse.records import MOST_REPEATED, Claim, Header, Records, Rows, rows_where
from authlogs.parse.texts import text_array

_REPEATED: Final = r"^message repeated (?P<times>\d{1,18}) times: \[ ?(?P<message>.*)\]$"
_LAYOUTS: Final = pa.array(["CEF", "LEEF"])
_LEVELS: Final = pa.array(
    ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
)
_LONGEST: Final = 1024
"""Characters of a field that are kept: it may stand around many records."""


@dataclass(frozen=True)
class Opened:
    """Records from envelopes of one kind, and the rows that they came from, in order.

    `parts` are rows that only go on with the one before; `empty` held nothing at all.
    """

    envelope: Envelope
    records: Records
    rows: Rows
    parts: Parts
    empty: Rows


def open_early(lanes: Lanes, clock: Clock) -> Iterator[Opened]:
    """What is in envelopes that nothing else looks like."""
    known = load_envelopes()
    if lanes.records.cells:
        yield from _open(lanes, known.of_shape("csv"), np.arange(len(lanes.records)), clock)
        return
    if not lanes.records.elements:
        yield from _open_texts(lanes, known.early_texts, np.arange(len(lanes.records)), clock)
    if envelopes := _around(lanes):
        rows = np.flatnonzero(lanes.objects.which >= 0)
        yield from _open(lanes, envelopes, rows, clock)


def open_late(lanes: Lanes, rows: Rows, clock: Clock) -> Iterator[Opened]:
    """What is in envelopes that look like other logs, where no format knew the record."""
    if not (lanes.records.elements or lanes.records.cells):
        yield from _open_texts(lanes, load_envelopes().late_texts, rows, clock)


def _open_texts(
    lanes: Lanes, envelopes: tuple[Envelope, ...], rows: Rows, clock: Clock
) -> Iterator[Opened]:
    """One look tells which lines are in any of them; most logs know none."""
    patterns = tuple(one.regex for each in envelopes for one in each.format.patterns)
    texts = lanes.records.text
    texts = texts if len(rows) == len(texts) else texts.take(pa.array(rows))
    some = np.logical_or.reduce([found(texts, union) for union in any_of(patterns)])
    if some.any():
        yield from _open(lanes, envelopes, rows[some], clock)


def _around(lanes: Lanes) -> tuple[Envelope, ...]:
    """Envelopes that some object may be, by the names that objects have."""
    begun = pc.any(pc.starts_with(pc.utf8_ltrim_whitespace(lanes.records.text), "{"))
    if not begun.as_py():
        return ()
    possible = {one for keys in lanes.objects.keys for one in _possible(keys)}
    return tuple(one for one in load_envelopes().of_shape("json") if one in possible)


def _possible(keys: tuple[str, ...]) -> list[Envelope]:
    """Envelopes that an object with some names may be; most have none of the telling ones."""
    names = frozenset(keys)
    telling = load_envelopes().telling
    some = {one for name in telling.keys() & names for one in telling[name]}
    return [one for one in some if judge_keys(one.format.recognise, names) is not False]


def _open(
    lanes: Lanes, envelopes: tuple[Envelope, ...], rows: Rows, clock: Clock
) -> Iterator[Opened]:
    for envelope in envelopes:
        if not len(rows):
            return
        for claim in list(lanes.claim(envelope.format, rows)):
            yield _opened(lanes.records, envelope, claim, clock)
            rows = np.setdiff1d(rows, claim.rows)


def _opened(records: Records, envelope: Envelope, claim: Claim, clock: Clock) -> Opened:
    fields = claim.fields
    message = message_of(envelope, fields)
    header = header_of(envelope, fields, clock)
    parts = Parts()
    if envelope.kind == "syslog":
        message, header = _whole_again(message, header)
    repeat = records.repeat[claim.rows]
    if claim.repeat is not None:
        repeat = repeat * claim.repeat
    empty = _empty(envelope, fields, message)
    filled = np.flatnonzero(~empty)
    if envelope.more is not None:
        parts = joined_parts(envelope.more, fields, message, header, claim.rows)
        message, filled = parts.message, np.setdiff1d(filled, parts.spent)
    if envelope.output:
        message = pc.utf8_rtrim(pc.fill_null(message, ""), "\r\n")
    message, times = unrepeat(pc.fill_null(message, ""))
    repeat = np.where(repeat > MOST_REPEATED, repeat, repeat * times)
    mine = records.take(claim.rows)
    if mine.header is not None:
        header = header.within(mine.header)
    inner = replace(
        mine, text=message, repeat=repeat, header=header, elements=False, cells={}
    ).take(filled)
    return Opened(envelope, inner, claim.rows[filled], parts, claim.rows[empty])


def message_of(envelope: Envelope, fields: Fields) -> pa.Array:
    """What is inside: a text, an object as JSON, or bytes that were written as numbers."""
    found_: list[pa.Array] = []
    for path in envelope.message:
        if (text := fields.captured(path)) is not None:
            return text
        if (text := fields.get(path)) is not None:
            found_.append(text)
        tree = fields.tree(path)
        if tree.null_count < len(tree):
            found_.append(_spelled(tree))
    return pc.coalesce(*found_) if found_ else pa.nulls(fields.rows, pa.string())


def _spelled(trees: pa.Array) -> pa.Array:
    """Texts that journald writes as numbers of bytes, for they are no UTF-8; objects stay."""
    listed = rows_where(pc.starts_with(trees, "["))
    if not len(listed):
        return trees
    told: list[str | None] = []
    for text in trees.take(pa.array(listed)).to_pylist():
        read = parse_object(f'{{"bytes":{text}}}')
        numbers: Any = read["bytes"] if isinstance(read, dict) else None
        fine = bool(numbers) and all(isinstance(one, int) and 0 <= one < 256 for one in numbers)
        told.append(bytes(numbers).decode(errors="replace") if fine else None)
    mask = np.zeros(len(trees), bool)
    mask[listed] = True
    return pc.replace_with_mask(trees, pa.array(mask), text_array(told))


def header_of(envelope: Envelope, fields: Fields, clock: Clock) -> Header:
    """What an envelope says around each record."""
    told: dict[str, pa.Array] = {}
    for name, paths in envelope.fields.items():
        some = [column for path in paths if (column := fields.get(path)) is not None]
        if some:
            told[name] = pc.coalesce(*some)
    if any(one.pairs for one in envelope.format.patterns):
        told.update((name, fields.get(name)) for name in fields.names if name not in told)
    told = {name: _bounded(column) for name, column in told.items() if column is not None}
    if (priority := told.pop("priority", None)) is not None:
        told["level"] = _level(priority)
    if "program" in told:
        told["program"] = pc.replace_substring_regex(told["program"], r"^.*/", "")
    raw = told.get("time", pa.nulls(fields.rows, pa.string()))
    time = clock.read(raw, envelope.format.time.layout)
    kinds = frozenset({envelope.kind} - {""})
    return Header(told, time, kinds, (envelope.name,))


def _bounded(column: pa.Array) -> pa.Array:
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    return column if longest <= _LONGEST else pc.utf8_slice_codeunits(column, 0, _LONGEST)


def _empty(envelope: Envelope, fields: Fields, message: pa.Array) -> Mask:
    """Wrappers around nothing: their list has no element."""
    if envelope.format.each is None:
        return np.zeros(fields.rows, bool)
    listed = fields.get(envelope.format.each, lists=True)
    if listed is None:
        return np.zeros(fields.rows, bool)
    nothing = pc.and_(pc.fill_null(pc.equal(listed, "[]"), False), pc.is_null(message))
    return nothing.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _whole_again(message: pa.Array, header: Header) -> tuple[pa.Array, Header]:
    """What begins `CEF:0|` or `LEEF:1.0|` names a layout there, and no program."""
    program = header.get("program")
    named = pc.and_(pc.is_in(program, _LAYOUTS), pc.match_substring_regex(message, r"^\d"))
    named = pc.and_(pc.fill_null(named, False), pc.is_null(header.get("pid")))
    if not pc.any(named).as_py():
        return message, header
    whole = pc.binary_join_element_wise(program, message, ":")
    left = {**header.fields, "program": pc.if_else(named, None, program)}
    return pc.if_else(named, whole, message), replace(header, fields=left)


def _level(priority: pa.Array) -> pa.Array:
    digits = pc.if_else(pc.match_substring_regex(priority, r"^\d{1,3}$"), priority, None)
    number = pc.cast(digits, pa.int64())
    severity = pc.subtract(number, pc.multiply(pc.divide(number, 8), 8))
    return _LEVELS.take(severity)


def unrepeat(texts: pa.Array) -> tuple[pa.Array, Longs]:
    """What `message repeated N times: [ … ]` stands for, and N (1 for all others)."""
    times = np.ones(len(texts), np.int64)
    said = pc.fill_null(pc.starts_with(texts, "message repeated "), False)
    if not pc.any(said).as_py():
        return texts, times
    rows = rows_where(said)
    made = pc.extract_regex(texts.take(pa.array(rows)), _REPEATED)
    hit = made.is_valid().to_numpy(zero_copy_only=False)
    made = made.filter(pa.array(hit))
    times[rows[hit]] = pc.cast(made.field("times"), pa.int64()).to_numpy(zero_copy_only=False)
    mask = np.zeros(len(texts), bool)
    mask[rows[hit]] = True
    return pc.replace_with_mask(texts, pa.array(mask), made.field("message")), times


@lru_cache(maxsize=64)
def _other_format(name: str) -> Format:
    return Format(
        name=name,
        kind="events",
        title="a line of a program that no format knows",
        shape="text",
        columns={"message": (Rule(fields=("message",)),)},
        reason=ReasonRule(text=("message",)),
    )


def other(records: Records, rows: Rows) -> Claim:
    """Peeled records that nothing claims, as events of type `other` of their envelope."""
    text = records.text.take(pa.array(rows))
    name = "envelope" if records.header is None else records.header.trail[-1]
    return Claim(_other_format(name), rows, Fields(len(rows), columns={"message": text}))
