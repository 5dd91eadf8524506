"""What becomes of the first records of a file: which envelope, format and rule did what."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.parse.clock import Clock
from authlogs.parse.columns import COLUMN_OF, fill, read_times
from authlogs.parse.engine import Assigned, Claimed, assign
from authlogs.parse.fields import Fields
from authlogs.parse.files import FileRead
from authlogs.parse.format import Rule
from authlogs.parse.reader import Settings, filled_lines
from authlogs.parse.records import Records
from authlogs.secrets import redact_text

_LONGEST: Final = 160
_REASONED: Final = ("outcome", "reason", "reason_group", "reason_code")


@dataclass(frozen=True)
class Cell:
    """One column of an event or change: its value, and where that came from."""

    column: str
    value: str
    source: str


@dataclass(frozen=True)
class Explained:
    """One record of a file, as it was read, or why it was not."""

    line_no: int
    text: str
    envelopes: tuple[str, ...] = ()
    format: str | None = None
    pattern: str = ""
    why: str | None = None
    cells: tuple[Cell, ...] = ()
    extra: str | None = None


def explain(read: FileRead, settings: Settings, *, most: int = 5) -> Iterator[Explained]:
    """The first records of a file, in order; their secrets are redacted."""
    reader = read.reader
    told = reader.recognition
    clock = Clock(zone=reader.zone, year=reader.year)
    left = most
    for task in read.tasks():
        stretch = task.stretch
        records = stretch.records if stretch.block is None else filled_lines(stretch.block)
        if records is None or left <= 0:
            continue
        records = records.take(np.arange(min(left, len(records)), dtype=np.int64))
        left -= len(records)
        if stretch.refused is not None:
            yield from (_refused(records, row, stretch.refused) for row in range(len(records)))
            continue
        assigned = assign(records, told.order, clock, told.likely)
        yield from sorted(_all(assigned, records, clock, settings), key=lambda one: one.line_no)
        if left <= 0:
            return


def _all(
    assigned: Assigned, records: Records, clock: Clock, settings: Settings
) -> Iterator[Explained]:
    for row, why in zip(assigned.left.tolist(), assigned.why, strict=True):
        yield _refused(records, row, why)
    for one in assigned.claimed:
        yield from _claimed(one, clock, settings)


def _refused(records: Records, row: int, why: str) -> Explained:
    return Explained(int(records.line_no[row]), _shown(records.text[row].as_py()), why=why)


def _claimed(one: Claimed, clock: Clock, settings: Settings) -> Iterator[Explained]:
    """Each record of a claim, alone, so that one's fields do not speak for another's."""
    for row in range(len(one.order)):
        mask = np.arange(len(one.order)) == row
        single = one.filter(mask)
        timed = read_times(single.claim, single.records, clock)
        filled = fill(single.claim, single.records, timed, clock, settings)
        columns = {name: column[0].as_py() for name, column in filled.columns.items()}
        header = single.records.header
        yield Explained(
            line_no=int(single.records.line_no[0]),
            text=_shown(single.records.text[0].as_py()),
            envelopes=() if header is None else header.trail,
            format=one.format.name,
            pattern=one.claim.pattern,
            cells=tuple(
                Cell(name, _shown(str(value)), _source(single, name))
                for name, value in columns.items()
                if value is not None
            ),
            extra=None if not filled.extra.is_valid()[0].as_py() else _shown(str(filled.extra[0])),
        )


def _source(one: Claimed, column: str) -> str:
    """Where a value came from: a constant, a field, the envelope, or what follows from others."""
    claim, format = one.claim, one.format
    if column in claim.constants:
        return f"pattern {claim.pattern}"
    if column in ("time", "time_raw", "time_quality"):
        return _first(claim.fields, format.time.field) or _of_envelope(one, "time")
    for rules in (format.columns.get(column, ()), format.open_columns.get(column, ())):
        if name := _by_rules(rules, claim.fields):
            return name
    if column in format.set:
        return "[set]"
    if column in _REASONED:
        names = (*format.reason.source, *format.reason.text)
        return _first(claim.fields, names) or "[reason]"
    return _of_envelope(one, column)


def _by_rules(rules: tuple[Rule, ...], fields: Fields) -> str | None:
    for rule in rules:
        names = (*rule.fields, *(name for name, _ in rule.present))
        if name := _first(fields, names):
            return name
    return "default" if any(rule.default is not None for rule in rules) else None


def _first(fields: Fields, names: tuple[str, ...]) -> str | None:
    """The first of some fields that has a value."""
    for name in names:
        column = fields.get(name, lists=True)
        if column is not None and column[0].is_valid:
            return name
    return None


def _of_envelope(one: Claimed, column: str) -> str:
    header = one.records.header
    if header is None:
        return "computed"
    for name, values in header.fields.items():
        if COLUMN_OF.get(name, name) == column and values[0].is_valid:
            return f"envelope {header.trail[-1]}"
    return "computed"


def _shown(text: str) -> str:
    clean = redact_text(text)
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}…"
