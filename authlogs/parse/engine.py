"""Which format claims which record: specific ones first, envelopes opened on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.expressions import holds
from authlogs.parse import endings
from authlogs.parse.clock import Clock, Longs
from authlogs.parse.columns import COLUMN_OF, TEXTS_OF_HEADERS
from authlogs.parse.envelope_file import Envelope
from authlogs.parse.envelopes import Opened, open_early, open_late, other
from authlogs.parse.fields import Mask
from authlogs.parse.format import Format
from authlogs.parse.lanes import Lanes
from authlogs.parse.partials import stream_codes
from authlogs.parse.records import Claim, Records, Rows

_TAKEN: Final = ("time", "pid", "stream")
"""Fields of envelopes that say nothing more once a record is read."""
DEEPEST: Final = 8
"""Envelopes that may stand in each other."""


@dataclass(frozen=True)
class Claimed:
    """A claim, the records it is about, and their order in the stretch that was looked at."""

    claim: Claim
    records: Records
    order: Rows

    @property
    def format(self) -> Format:
        return self.claim.format

    def filter(self, kept: Mask) -> "Claimed":
        """The rows of a mask."""
        rows = np.flatnonzero(kept).astype(np.int64)
        fields = self.claim.fields.table(rows)
        claim = replace(self.claim, rows=np.arange(len(rows)), fields=fields)
        return Claimed(claim, self.records.take(rows), self.order[rows])


@dataclass(frozen=True)
class Assigned:
    """Claims over a stretch of records, and the rows that nothing claims with a word for why.

    `parts` only go on with the record of their row in `owners`; `empty` wrappers held nothing.
    `records` have the text inside envelopes where a row that is left may continue another,
    `streams` tell whose, and `notes` are the further lines of a message.
    """

    records: Records
    claimed: list[Claimed]
    left: Rows
    why: list[str]
    parts: Rows
    owners: Rows
    empty: int
    streams: Longs | None
    notes: dict[int, str]
    envelopes: tuple[Envelope, ...]

    @property
    def rows(self) -> int:
        """How many rows the records gave, unclaimed ones among them."""
        claimed = sum(len(one.order) for one in self.claimed)
        return claimed + len(self.left) + len(self.parts) + self.empty


def assign(
    records: Records, order: Sequence[Format], clock: Clock, likely: Sequence[Format] = ()
) -> Assigned:
    """Give each record to the first format in `order` that claims it, inside envelopes too.

    Envelopes that nothing else looks like are opened first; those that do look like other logs
    only where no format claims the record as it stands. Formats that are `likely` are asked
    early, which changes the time it takes and nothing else.
    """
    queue = Queue(tuple(order), tuple(one for one in order if one in likely))
    work = Work(queue, clock)
    work.read(records, np.arange(len(records), dtype=np.int64))
    return work.assigned(records)


@dataclass(frozen=True)
class Queue:
    """Formats in the order in which they may claim, and those to be asked early."""

    order: tuple[Format, ...]
    likely: tuple[Format, ...]

    @cached_property
    def texts(self) -> tuple[Format, ...]:
        """Those that are known by patterns alone."""
        return tuple(one for one in self.order if one.shape == "text")

    @cached_property
    def generic(self) -> "Queue":
        """Formats of whatever is in an envelope: asked when no late envelope was found either."""
        return Queue(tuple(one for one in self.order if one.envelope and not one.programs), ())

    @cached_property
    def specific(self) -> "Queue":
        """All others."""
        rest = tuple(one for one in self.order if one not in self.generic.order)
        return Queue(rest, tuple(one for one in self.likely if one in rest))


@dataclass(frozen=True)
class Inside:
    """Where records come from: the innermost envelope, how many there are, and whether each holds
    one record alone.
    """

    envelope: Envelope | None = None
    depth: int = 0
    alone: bool = True


@dataclass(frozen=True)
class _Left:
    """Rows that nothing claims, why, and their text where it may continue another's."""

    rows: Rows
    why: list[str]
    text: pa.Array | None = None


@dataclass
class Work:
    """The claims of one stretch as they come in; rows are those of the stretch (`place`)."""

    queue: Queue
    clock: Clock
    claimed: list[Claimed] = field(default_factory=list)
    left: list[_Left] = field(default_factory=list)
    parts: list[tuple[Rows, Rows]] = field(default_factory=list)
    streams: list[tuple[Rows, Longs]] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)
    envelopes: dict[Envelope, None] = field(default_factory=dict)
    empty: int = 0

    def read(self, records: Records, place: Rows, inside: Inside = Inside()) -> None:
        """Open what is an envelope, let formats claim the rest, and say what nothing claims."""
        lanes = Lanes(records)
        bare = np.ones(len(records), bool)
        if inside.depth < DEEPEST:
            for opened in open_early(lanes, self.clock):
                bare[self._enter(opened, place, inside)] = False
        left = _claim(lanes, place, bare, self.queue.specific, self.claimed)
        if len(left) and inside.depth < DEEPEST:
            for opened in open_late(lanes, left, self.clock):
                left = np.setdiff1d(left, self._enter(opened, place, inside))
        if len(left) and self.queue.generic.order:
            bare = np.isin(np.arange(len(records)), left)
            left = _claim(lanes, place, bare, self.queue.generic, self.claimed)
        if len(left):
            self._settle(lanes, left, place, inside)

    def _enter(self, opened: Opened, place: Rows, inside: Inside) -> Rows:
        """Read what is inside; returns the rows that were opened."""
        envelope = opened.envelope
        self.envelopes[envelope] = None
        self.empty += len(opened.empty)
        alone = inside.alone and envelope.format.each is None
        records, mine = opened.records, place[opened.rows]
        if len(opened.parts.rows):
            self.parts.append((place[opened.parts.rows], place[opened.parts.owners]))
        if envelope.output and alone and records.header is not None:
            self.streams.append((mine, stream_codes(records.header)))
        records = self._first_lines(records, mine, alone=alone)
        if len(records):
            self.read(records, mine, Inside(envelope, inside.depth + 1, alone))
        return np.concatenate([opened.rows, opened.parts.rows, opened.empty])

    def _first_lines(self, records: Records, place: Rows, *, alone: bool) -> Records:
        """Messages of several lines are known by their first; the others are its notes."""
        if not alone or not holds(records.text, "\n").any():
            return records
        several = pc.match_substring_regex(records.text, r"^[^{<\n][^\n]*\n")
        rows = np.flatnonzero(several.to_numpy(zero_copy_only=False))
        texts = records.text.take(pa.array(rows)).to_pylist()
        firsts = [text.partition("\n") for text in texts]
        for row, (_, _, rest) in zip(place[rows].tolist(), firsts, strict=True):
            self.notes[row] = rest[: endings.KEPT]
        first = pa.array([one[0].rstrip("\r") for one in firsts], pa.string())
        return replace(records, text=pc.replace_with_mask(records.text, several, first))

    def _settle(self, lanes: Lanes, left: Rows, place: Rows, inside: Inside) -> None:
        """What no format claims: lines that may continue one, other events, and rejects."""
        records, envelope = lanes.records, inside.envelope
        if envelope is None or records.header is None:
            self.left.append(_Left(place[left], _why(lanes, left)))
            return
        texts = records.text.take(pa.array(left))
        if envelope.output and inside.alone:
            joins, _ = endings.judge(texts, records.line_no[left])
            stay = joins | pc.equal(texts, "").to_numpy(zero_copy_only=False)
            text = texts.filter(pa.array(stay))
            self.left.append(_Left(place[left[stay]], ["no_pattern"] * int(stay.sum()), text))
            left = left[~stay]
        header = records.header
        named = pc.or_(header.get("time").is_valid(), header.get("program").is_valid())
        known = named.to_numpy(zero_copy_only=False)[left]
        self.left.append(_Left(place[left[~known]], _why(lanes, left[~known])))
        if known.any():
            mine = records.take(left[known])
            claim = other(mine, np.arange(len(mine)))
            _offer_header(claim, mine)
            self.claimed.append(Claimed(claim, mine, place[left[known]]))

    def assigned(self, records: Records) -> Assigned:
        """All of it, in the order of the records."""
        none = np.empty(0, np.int64)
        rows = np.concatenate([none, *(one.rows for one in self.left)])
        why = [word for one in self.left for word in one.why]
        order = np.argsort(rows, kind="stable")
        inner = [one for one in self.left if one.text is not None and len(one.rows)]
        if inner:
            mask = np.zeros(len(records), bool)
            mask[np.concatenate([one.rows for one in inner])] = True
            at = np.argsort(np.concatenate([one.rows for one in inner]), kind="stable")
            texts = pa.concat_arrays([one.text for one in inner]).take(pa.array(at))
            text = pc.replace_with_mask(records.text, pa.array(mask), texts)
            records = replace(records, text=text)
        streams: Longs | None = None
        for number, (place, codes) in enumerate(self.streams):
            streams = np.full(len(records), -1, np.int64) if streams is None else streams
            streams[place] = codes + number * (len(records) + 1)
        return Assigned(
            records=records,
            claimed=self.claimed,
            left=rows[order].astype(np.int64),
            why=[why[at] for at in order.tolist()],
            parts=np.concatenate([none, *(rows for rows, _ in self.parts)]).astype(np.int64),
            owners=np.concatenate([none, *(rows for _, rows in self.parts)]).astype(np.int64),
            empty=self.empty,
            streams=streams,
            notes=self.notes,
            envelopes=tuple(self.envelopes),
        )


def _claim(lanes: Lanes, place: Rows, left: Mask, queue: Queue, claimed: list[Claimed]) -> Rows:
    """Let formats claim the records that are `left`; returns the rows that stay so."""
    records = lanes.records

    def ask(format: Format, rows: Rows) -> None:
        for claim in lanes.claim(format, rows):
            whole = claim.repeat is None and len(claim.rows) == len(left)
            mine = records if whole else records.take(claim.rows)
            if claim.repeat is not None:
                mine = replace(mine, repeat=mine.repeat * claim.repeat)
            _offer_header(claim, mine)
            local = replace(claim, rows=np.arange(len(claim.rows)), repeat=None)
            claimed.append(Claimed(local, mine, place[claim.rows]))
            left[claim.rows] = False

    text = np.zeros(len(left), bool) if records.cells else lanes.is_text
    for format in queue.likely if text.any() else ():
        if format.shape in ("text", "logfmt"):
            before = queue.order[: queue.order.index(format)]
            rows = np.flatnonzero(left & text)
            ask(format, rows[~lanes.may_be(before, rows)])
    fitting = lanes.fitting(queue.texts, _open_to_texts(lanes, queue, np.flatnonzero(left & text)))
    for format in queue.order:
        if not left.any():
            break
        if format in fitting:
            ask(format, fitting[format][left[fitting[format]]])
        elif lanes.holds(format.shape):
            ask(format, np.flatnonzero(left))
    return np.flatnonzero(left).astype(np.int64)


def _open_to_texts(lanes: Lanes, queue: Queue, rows: Rows) -> Rows:
    """Rows that formats of text may claim: what likely ones leave is mostly of none."""
    return rows[lanes.may_be(queue.texts, rows)] if queue.likely else rows


def _offer_header(claim: Claim, records: Records) -> None:
    """An envelope's own fields are fields of the record, after those of the message."""
    if records.header is None:
        return
    for name, column in records.header.fields.items():
        if name == "time" and claim.format.time.field:
            continue
        hidden = name in _TAKEN or COLUMN_OF.get(name, name) in TEXTS_OF_HEADERS
        claim.fields.add(name, column, shown=not hidden)


def _why(lanes: Lanes, rows: Rows) -> list[str]:
    """A word for each record that nothing claims."""
    if not len(rows):
        return []
    begun = pc.utf8_slice_codeunits(pc.utf8_ltrim_whitespace(_texts(lanes, rows)), 0, 1)
    other = "not_an_object" if lanes.records.elements else "no_pattern"
    if not pc.any(pc.is_in(begun, pa.array(["{", "<"]))).as_py():
        return [other] * len(rows)
    words: list[str] = []
    for row, sign in zip(rows.tolist(), begun.to_pylist(), strict=True):
        if sign == "{":
            words.append(lanes.objects.why.get(row, "unknown_fields"))
        else:
            words.append(lanes.markup.why.get(row, other) if sign == "<" else other)
    return words


def _texts(lanes: Lanes, rows: Rows) -> pa.Array:
    return lanes.records.text.take(pa.array(rows))
