"""Stretches of one file's records become tables, and every record is counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import found
from authlogs.parse import endings
from authlogs.parse.assemble import Part, assemble, rejects
from authlogs.parse.chunks import Ahead, Chunk, Ledger
from authlogs.parse.clock import Clock, Longs, Times, Years
from authlogs.parse.columns import fill, read_times
from authlogs.parse.continuations import ahead_of, continued, offer_rest, owners_of
from authlogs.parse.engine import Assigned, Claimed, assign
from authlogs.parse.fields import Mask
from authlogs.parse.looked import Looked
from authlogs.parse.reasons import Reasons
from authlogs.parse.recognise import Recognition
from authlogs.parse.records import MOST_REPEATED, Records, Rows, line_records
from authlogs.parse.registry import Registry
from authlogs.parse.rules import apply_rules
from authlogs.schema import CHANGES, EVENTS, PROVENANCE
from authlogs.secrets import Fingerprints
from authlogs.sources.lines import Block


@dataclass(frozen=True)
class Settings:
    """What the caller wants of a read, the same for all its files."""

    registry: Registry
    prints: Fingerprints
    since: datetime | None = None
    until: datetime | None = None
    columns: frozenset[str] | None = None
    """Columns of events that are wanted beside those that tell when and where; None: all."""

    @property
    def reasons(self) -> Reasons:
        """The tables by which reasons are found."""
        return self.registry.reasons

    def wants(self, column: str) -> bool:
        """Whether a column of events is asked for."""
        return self.columns is None or column in self.columns

    @cached_property
    def events_schema(self) -> pa.Schema:
        """The schema of the events that are made."""
        if self.columns is None:
            return EVENTS
        kept = self.columns | {"time"} | {column.name for column in PROVENANCE}
        return pa.schema([one for one in EVENTS if one.name in kept], metadata=EVENTS.metadata)


@dataclass(frozen=True)
class State:
    """What a stretch needs to know of those before it in its file.

    `begun`: some record began; `continuing`: the last line that continued one.
    """

    begun: bool = False
    continuing: int = 0
    years: Years = field(default_factory=Years)


@dataclass(frozen=True)
class Stretch:
    """A piece of a file to be read: lines as they stand, or records that were cut on the way.

    `counts` is what is known of its lines already; `refused` the reason why all are rejects.
    """

    block: Block | None = None
    records: Records | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What reading a stretch gave, and the state it leaves behind.

    `own`: its first record is one by itself, so that nothing before can continue into it.
    """

    chunk: Chunk
    ahead: Ahead
    ledger: Ledger
    clock: Clock
    after: State
    own: bool

    def holds(self, assumed: State, actual: State) -> bool:
        """Whether it is what reading from the actual state gives, though another was assumed."""
        same = (assumed.begun, assumed.continuing) == (actual.begun, actual.continuing)
        return (same or self.own) and self.clock.indifferent(assumed.years, actual.years)


@dataclass(frozen=True)
class Reader:
    """Reads the stretches of one file, each by itself: only a State leads from one to the next."""

    name: str
    recognition: Recognition
    settings: Settings
    zone: tzinfo | None = None
    year: int | None = None
    looked: Looked | None = None

    def read(self, stretch: Stretch, state: State) -> Outcome:
        """Tables of a stretch, and what continues the record before it."""
        work = _Work(self, Clock(zone=self.zone, year=self.year, years=state.years), Ledger())
        for name, count in stretch.counts.items():
            work.ledger.add(name, count)
        records = stretch.records
        if stretch.block is not None:
            records = filled_lines(stretch.block)
            work.ledger.add("lines", len(stretch.block.line_no))
            work.ledger.add("blank", len(stretch.block.line_no) - len(records))
        assert records is not None
        if stretch.refused is not None:
            return work.refuse(records, stretch.refused, state)
        return work.outcome(records, state)


@dataclass(frozen=True)
class _Work:
    """The reading of one stretch: its clock and its ledger."""

    reader: Reader
    clock: Clock
    ledger: Ledger

    def outcome(self, records: Records, state: State) -> Outcome:
        told = self.reader.recognition
        assigned = self._looked(records) or assign(records, told.order, self.clock, told.likely)
        left = assigned.left
        joins, comments, blank = _judge(assigned.records, left, state.continuing, told.headings)
        owners = owners_of(assigned, joins, comments | blank)
        spent = joins & ((owners >= 0) | state.begun)
        self.ledger.add("unpacked", assigned.rows - len(records))
        self.ledger.add("comments", comments.sum() + assigned.empty)
        self.ledger.add("joined", spent.sum() + len(assigned.parts))
        self.ledger.add("blank", blank.sum())
        lost = ~(spent | comments | blank)
        length, notes = continued(assigned, left[spent], owners[spent])
        offer_rest(assigned.claimed, notes)
        parts, bad = self._parts(assigned.claimed)
        bad.append((left[lost], np.array(assigned.why, dtype=object)[lost]))
        held = records if length is None else replace(records, length=length)
        chunk = self._tables(records, parts, bad, notes, length=held.length)
        return Outcome(
            chunk=chunk,
            ahead=ahead_of(assigned.records, left[spent & (owners < 0)]),
            ledger=self.ledger,
            clock=self.clock,
            after=State(
                begun=state.begun or len(left) < len(records) or bool(lost.any()),
                continuing=int(records.line_no[left[spent][-1]])
                if spent.any()
                else state.continuing,
                years=self.clock.years,
            ),
            own=not len(left) or int(left[0]) > 0,
        )

    def _looked(self, records: Records) -> Assigned | None:
        """What the look at the file's beginning says of these records, if it was at these."""
        looked = self.reader.looked
        return None if looked is None else looked.taken(records, self.clock)

    def refuse(self, records: Records, why: str, state: State) -> Outcome:
        """A stretch that gives rejects alone, all for one reason."""
        everything = np.arange(len(records), dtype=np.int64)
        words = np.array([why] * len(records), dtype=object)
        chunk = self._tables(records, [], [(everything, words)], {})
        after = replace(state, begun=state.begun or len(records) > 0)
        return Outcome(chunk, Ahead(), self.ledger, self.clock, after, own=True)

    def _parts(self, claimed: list[Claimed]) -> tuple[list[Part], list[tuple[Rows, Longs]]]:
        """Filled claims without the rows that are refused or filtered, which cost no more."""
        parts: list[Part] = []
        bad: list[tuple[Rows, Longs]] = []
        for one in claimed:
            timed = read_times(one.claim, one.records, self.clock)
            kept = self._kept(one, timed.time, bad)
            if not kept.any():
                continue
            if not kept.all():
                one, timed = one.filter(kept), timed.filter(kept)
            settings = self.reader.settings
            filled = fill(one.claim, one.records, timed, self.clock, settings)
            parts.append(Part(filled, one.records, one.order, one.format.name, one.format.kind))
        return parts, bad

    def _kept(self, one: Claimed, time: Times, bad: list[tuple[Rows, Longs]]) -> Mask:
        """The rows that become rows of a table; the others are counted."""
        repeat = one.records.repeat
        too_often = (repeat > MOST_REPEATED) | (repeat < 1)
        refused = time.unknown | too_often
        if refused.any():
            why = np.where(time.needs_year, "needs_year", "needs_zone").astype(object)
            why[too_often] = "repeated_too_often"
            bad.append((one.order[refused], why[refused]))
            self.ledger.needs_zone += int(time.needs_zone.sum())
            self.ledger.needs_year += int(time.needs_year.sum())
        outside = self._outside(time.moment, one.format.kind) | _repeats(one) | _no_change(one)
        outside &= ~refused
        kept: Mask = ~(refused | outside)
        self.ledger.add("filtered", repeat[outside].sum())
        self.ledger.add(one.format.kind, repeat[kept].sum())
        self.ledger.add("unpacked", (repeat[kept | outside] - 1).sum())
        return kept

    def _outside(self, moment: Longs, kind: str) -> Mask:
        """Rows outside the caller's window; a change before it may still be to blame."""
        known = moment != np.iinfo(np.int64).min
        outside = np.zeros(len(moment), bool)
        if self.reader.settings.since is not None and kind == "events":
            outside |= known & (moment < microseconds(self.reader.settings.since))
        if self.reader.settings.until is not None:
            outside |= known & (moment >= microseconds(self.reader.settings.until))
        return outside

    def _tables(
        self,
        records: Records,
        parts: list[Part],
        bad: list[tuple[Rows, Longs]],
        notes: dict[int, str],
        *,
        length: Longs | None = None,
    ) -> Chunk:
        """Tables of a stretch; `length` is that of records with what continues them."""
        made = {
            kind: assemble(
                [part for part in parts if part.kind == kind],
                schema=self.reader.settings.events_schema if kind == "events" else CHANGES,
                source_file=self.reader.name,
                prints=self.reader.settings.prints,
                length=length if kind == "events" and length is not None else records.length,
                notes=notes,
            )
            for kind in ("events", "changes")
        }
        where = np.concatenate([rows for rows, _ in bad]).astype(np.int64)
        order = np.argsort(where, kind="stable")
        why = np.concatenate([words for _, words in bad])[order].tolist()
        refused = rejects(records.take(where[order]), why, self.reader.name)
        self.ledger.add("rejected", len(where))
        events = made["events"]
        newest = max(
            (int(rows.max()) for rows in (made["changes"].order, where) if len(rows)), default=-1
        )
        ends_it = len(events.order) and int(events.order[-1]) > newest
        return Chunk(
            events=events.table,
            changes=known_by(made["changes"].table, self.reader.settings.until),
            rejects=refused,
            last=len(events.order) - 1 if ends_it else None,
            empty=not len(events.order) and newest < 0,
        )


def _repeats(one: Claimed) -> Mask:
    """Rows that say again what another record says (the stages of a request, say)."""
    told = np.full(len(one.order), bool(one.format.filtered))
    for name, values in one.format.filtered.items():
        column = one.claim.fields.get(name)
        if column is None:
            return np.zeros(len(one.order), bool)
        told &= pc.is_in(column, pa.array(sorted(values))).to_numpy(zero_copy_only=False)
    return told


def _no_change(one: Claimed) -> Mask:
    """Rows of a format of changes that are none: no rule gives them a type, or one says `none`."""
    rules = one.format.columns.get("change_type")
    constant = "change_type" in {**one.format.set, **one.claim.constants}
    if one.format.kind != "changes" or rules is None or constant:
        return np.zeros(len(one.order), bool)
    told = apply_rules(rules, one.claim.fields)
    if told is None:
        return np.ones(len(one.order), bool)
    none = pc.or_kleene(told.is_null(), pc.equal(told, "none"))
    return none.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _judge(
    records: Records, left: Rows, continuing: int, headings: tuple[str, ...]
) -> tuple[Mask, Mask, Mask]:
    """Which unclaimed records continue one, which are comments, and which hold nothing inside."""
    if not len(left) or records.elements or records.cells:
        none = np.zeros(len(left), bool)
        return none, none, none
    texts = records.text.take(pa.array(left))
    joins, comments = endings.judge(texts, records.line_no[left], after=continuing)
    if headings:
        comments |= found(texts, "|".join(f"(?:{one})" for one in headings)) & ~joins
    return joins, comments, pc.equal(texts, "").to_numpy(zero_copy_only=False)


def filled_lines(block: Block) -> Records:
    """The lines that hold something."""
    records = line_records(block)
    blank = pc.equal(pc.utf8_trim_whitespace(block.text), "").to_numpy(zero_copy_only=False)
    return records.take(np.flatnonzero(~blank)) if blank.any() else records


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
