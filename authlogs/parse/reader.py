"""Stretches of one file's records become tables, and every record is counted."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse import endings
from authlogs.parse.assemble import Part, assemble, rejects
from authlogs.parse.clock import Clock, Longs
from authlogs.parse.columns import fill
from authlogs.parse.engine import Claimed, assign
from authlogs.parse.envelopes import MOST_REPEATED
from authlogs.parse.fields import Mask
from authlogs.parse.format import Format
from authlogs.parse.records import Records, Rows
from authlogs.parse.registry import Registry
from authlogs.schema import TALLY
from authlogs.secrets import Fingerprints, redact_text


@dataclass(frozen=True)
class Settings:
    """What the caller wants of a read, the same for all its files."""

    registry: Registry
    prints: Fingerprints
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Chunk:
    """Tables of one stretch; `last` is the row of events that a continuation would go to."""

    events: pa.Table
    changes: pa.Table
    rejects: pa.Table
    last: int | None = None
    empty: bool = False  # no record at all: nothing that could be continued

    def continued(self, text: str, end: int) -> "Chunk":
        """The chunk with text appended to its last event, which now runs on to byte `end`."""
        if self.last is None or not text:
            return self
        row = self.last
        said = self.events["message"][row].as_py()
        whole = text if said is None else f"{said}\n{text}"
        if said is not None and len(said) > 2 * endings.KEPT:
            whole = said
        length = end - self.events["byte_offset"][row].as_py()
        events = _with_cell(self.events, "message", row, whole)
        return Chunk(
            _with_cell(events, "byte_length", row, length), self.changes, self.rejects, row
        )


@dataclass(frozen=True)
class Ahead:
    """Lines at the start of a stretch that continue the record before it."""

    text: str = ""
    end: int = 0


@dataclass
class Ledger:
    """What has been counted of one file, and how many records lacked a zone or a year."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TALLY, 0))
    needs_zone: int = 0
    needs_year: int = 0

    def add(self, name: str, count: object) -> None:
        self.counts[name] += int(count)  # type: ignore[call-overload]


class Reader:
    """Turns stretches of one file's records into chunks; keeps its clock and its ledger."""

    def __init__(
        self,
        name: str,
        order: tuple[Format, ...],
        settings: Settings,
        *,
        zone: tzinfo | None = None,
        year: int | None = None,
    ) -> None:
        self.name, self.order, self.settings = name, order, settings
        self.clock = Clock(zone=zone, year=year)
        self.ledger = Ledger()
        self._begun = False
        self._continuing = 0  # the last line that continued a record

    def chunk(self, records: Records) -> tuple[Chunk, Ahead]:
        """Tables of a stretch, and what continues the record before it."""
        assigned = assign(records, self.order, self.clock)
        left = assigned.left
        joins, comments = self._judge(records, left)
        owners = _owners(len(records), left, joins, comments)
        spent = joins & ((owners >= 0) | self._begun)
        self.ledger.add("comments", comments.sum())
        self.ledger.add("joined", spent.sum())
        if spent.any():
            self._continuing = int(records.line_no[left[spent][-1]])
        lost = ~(spent | comments)
        length, notes = _continued(records, left[spent], owners[spent])
        _offer_rest(assigned.claimed, notes)
        parts, bad = self._parts(assigned.claimed)
        bad.append((left[lost], np.array(assigned.why, dtype=object)[lost]))
        ahead = _ahead(records, left[spent & (owners < 0)])
        held = records if length is None else replace(records, length=length)
        chunk = self._tables(held, parts, bad, notes)
        self._begun = self._begun or not chunk.empty
        return chunk, ahead

    def refuse(self, records: Records, why: str) -> Chunk:
        """A stretch that gives rejects alone, all for one reason."""
        self._begun = self._begun or len(records) > 0
        everything = np.arange(len(records), dtype=np.int64)
        words = np.array([why] * len(records), dtype=object)
        return self._tables(records, [], [(everything, words)], {})

    def _judge(self, records: Records, left: Rows) -> tuple[Mask, Mask]:
        if not len(left) or records.elements or records.cells:
            return np.zeros(len(left), bool), np.zeros(len(left), bool)
        lines = records.line_no[left]
        return endings.judge(records.text.take(pa.array(left)), lines, after=self._continuing)

    def _parts(self, claimed: list[Claimed]) -> tuple[list[Part], list[tuple[Rows, Longs]]]:
        """Filled claims without the rows that are refused or filtered."""
        parts: list[Part] = []
        bad: list[tuple[Rows, Longs]] = []
        for one in claimed:
            filled = fill(one.claim, one.records, self.clock, self.settings.registry.reasons)
            repeat = one.records.repeat
            too_often = (repeat > MOST_REPEATED) | (repeat < 1)
            refused = filled.time.unknown | too_often
            if refused.any():
                why = np.where(filled.time.needs_year, "needs_year", "needs_zone").astype(object)
                why[too_often] = "repeated_too_often"
                bad.append((one.order[refused], why[refused]))
                self.ledger.needs_zone += int(filled.time.needs_zone.sum())
                self.ledger.needs_year += int(filled.time.needs_year.sum())
            outside = self._outside(filled.time.moment, one.format.kind) & ~refused
            kept = ~(refused | outside)
            self.ledger.add("filtered", repeat[outside].sum())
            self.ledger.add(one.format.kind, repeat[kept].sum())
            self.ledger.add("unpacked", (repeat[kept | outside] - 1).sum())
            part = Part(filled, one.records, one.order, one.format.name, one.format.kind)
            if kept.any():
                parts.append(part if kept.all() else part.filter(kept))
        return parts, bad

    def _outside(self, moment: Longs, kind: str) -> Mask:
        """Rows outside the caller's window; a change before it may still be to blame."""
        known = moment != np.iinfo(np.int64).min
        outside = np.zeros(len(moment), bool)
        if self.settings.since is not None and kind == "events":
            outside |= known & (moment < microseconds(self.settings.since))
        if self.settings.until is not None:
            outside |= known & (moment >= microseconds(self.settings.until))
        return outside

    def _tables(
        self,
        records: Records,
        parts: list[Part],
        bad: list[tuple[Rows, Longs]],
        notes: dict[int, str],
    ) -> Chunk:
        made = {
            kind: assemble(
                [part for part in parts if part.kind == kind],
                kind=kind,
                source_file=self.name,
                prints=self.settings.prints,
                length=records.length,
                notes=notes,
            )
            for kind in ("events", "changes")
        }
        where = np.concatenate([rows for rows, _ in bad]).astype(np.int64)
        order = np.argsort(where, kind="stable")
        why = np.concatenate([words for _, words in bad])[order].tolist()
        refused = rejects(records.take(where[order]), why, self.name)
        self.ledger.add("rejected", len(where))
        events = made["events"]
        newest = max(
            (int(rows.max()) for rows in (made["changes"].order, where) if len(rows)), default=-1
        )
        ends_it = len(events.order) and int(events.order[-1]) > newest
        return Chunk(
            events=events.table,
            changes=known_by(made["changes"].table, self.settings.until),
            rejects=refused,
            last=len(events.order) - 1 if ends_it else None,
            empty=not len(events.order) and newest < 0,
        )


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def known_by(changes: pa.Table, until: datetime | None) -> pa.Table:
    """A rollout that ends after `until` had no end yet."""
    if until is None or not len(changes):
        return changes
    end = changes["end_time"]
    later = pc.greater_equal(end, pa.scalar(until, end.type))
    at = changes.schema.get_field_index("end_time")
    return changes.set_column(at, changes.schema.field(at), pc.if_else(later, None, end))


def _owners(count: int, left: Rows, joins: Mask, comments: Mask) -> Rows:
    """For each unclaimed row the record before it; -1 where it would lie in an earlier stretch."""
    if not joins.any():
        return np.full(len(left), -1, np.int64)
    own = np.arange(count, dtype=np.int64)
    own[left[joins | comments]] = -1
    return np.maximum.accumulate(own)[left]


def _continued(records: Records, rows: Rows, owners: Rows) -> tuple[Longs | None, dict[int, str]]:
    """Lengths of the records with what continues them, and its text for each record.

    A loop over continuation lines: they are few, and text of several lines becomes one value.
    """
    if not len(rows):
        return None, {}
    length = records.length.copy()
    notes: dict[int, list[str]] = {}
    sizes: dict[int, int] = {}
    texts = records.text.take(pa.array(rows)).to_pylist()
    for row, owner, text in zip(rows.tolist(), owners.tolist(), texts, strict=True):
        if owner < 0:
            continue
        length[owner] = records.offset[row] + records.length[row] - records.offset[owner]
        held = sizes.get(owner, 0)
        if held < endings.KEPT:
            notes.setdefault(owner, []).append(text[: endings.KEPT - held])
            sizes[owner] = held + len(text)
    return length, {owner: "\n".join(lines) for owner, lines in notes.items()}


def _offer_rest(claimed: list[Claimed], notes: dict[int, str]) -> None:
    """The lines that continue a record are its field `rest`."""
    if not notes:
        return
    for one in claimed:
        texts = [notes.get(row) for row in one.order.tolist()]
        if any(texts):
            one.claim.fields.add("rest", pa.array(texts, pa.string()))


def _ahead(records: Records, rows: Rows) -> Ahead:
    if not len(rows):
        return Ahead()
    text = "\n".join(records.text.take(pa.array(rows)).to_pylist())[: endings.KEPT]
    return Ahead(redact_text(text), int(records.offset[rows[-1]] + records.length[rows[-1]]))


def _with_cell(table: pa.Table, name: str, row: int, value: object) -> pa.Table:
    at = table.schema.get_field_index(name)
    mask = np.zeros(len(table), bool)
    mask[row] = True
    column = table.column(at).combine_chunks()
    changed = pc.replace_with_mask(column, pa.array(mask), pa.array([value], column.type))
    return table.set_column(at, table.schema.field(at), changed)
