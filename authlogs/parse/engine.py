"""Which format claims which record: specific ones first, envelopes opened on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Clock
from authlogs.parse.envelopes import SYSLOG, SYSLOG_ISO, other, peel
from authlogs.parse.fields import Mask
from authlogs.parse.format import Format
from authlogs.parse.lanes import Lanes
from authlogs.parse.records import Claim, Records, Rows


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
        claim = Claim(self.format, np.arange(len(rows)), fields, self.claim.constants)
        return Claimed(claim, self.records.take(rows), self.order[rows])


@dataclass(frozen=True)
class Assigned:
    """Claims over a stretch of records, and the rows that nothing claims with a word for why."""

    claimed: list[Claimed]
    left: Rows
    why: list[str]

    @property
    def rows(self) -> int:
        """How many rows the records gave, unclaimed ones among them."""
        return sum(len(one.order) for one in self.claimed) + len(self.left)


def assign(
    records: Records, order: Sequence[Format], clock: Clock, likely: Sequence[Format] = ()
) -> Assigned:
    """Give each record to the first format in `order` that claims it, inside envelopes too.

    Classic syslog headers are opened first, since nothing else looks like them; the ISO layout,
    which does look like other logs, only where no format claims the line as it stands. Formats
    that are `likely` are asked early, which changes the time it takes and nothing else.
    """
    claimed: list[Claimed] = []
    queue = _Queue(tuple(order), tuple(one for one in order if one in likely))
    everything = np.arange(len(records), dtype=np.int64)
    if records.elements or records.cells:
        left, lanes = _claim(records, everything, queue, claimed)
        return Assigned(claimed, left, _why(lanes, left))
    opened, where = peel(records, SYSLOG, clock)
    _claim_opened(opened, where, queue, claimed)
    bare = np.setdiff1d(everything, where, assume_unique=True) if len(where) else everything
    held = records.take(bare) if len(where) else records
    left, lanes = _claim(held, bare, queue, claimed)
    if len(left):
        inner, where = peel(records.take(left), SYSLOG_ISO, clock)
        _claim_opened(inner, left[where], queue, claimed)
        left = np.delete(left, where)
    rows = np.searchsorted(bare, left)
    return Assigned(claimed, left, _why(lanes, rows))


@dataclass(frozen=True)
class _Queue:
    """Formats in the order in which they may claim, and those to be asked early."""

    order: tuple[Format, ...]
    likely: tuple[Format, ...]


def _claim(
    records: Records, place: Rows, queue: _Queue, claimed: list[Claimed]
) -> tuple[Rows, Lanes]:
    """Let formats claim records that stand at `place`; returns the places left over."""
    lanes = Lanes(records)
    left = np.ones(len(records), bool)

    def ask(format: Format, rows: Rows) -> None:
        for claim in lanes.claim(format, rows):
            whole = claim.repeat is None and len(claim.rows) == len(left)
            mine = records if whole else records.take(claim.rows)
            if claim.repeat is not None:
                mine = replace(mine, repeat=mine.repeat * claim.repeat)
            _offer_header(claim, mine)
            local = Claim(format, np.arange(len(claim.rows)), claim.fields, claim.constants)
            claimed.append(Claimed(local, mine, place[claim.rows]))
            left[claim.rows] = False

    text = np.zeros(len(left), bool) if records.cells else lanes.is_text
    for format in queue.likely if text.any() else ():
        if format.shape in ("text", "logfmt"):
            before = queue.order[: queue.order.index(format)]
            rows = np.flatnonzero(left & text)
            ask(format, rows[~lanes.may_be(before, rows)])
    possible = np.flatnonzero(left & text)
    texts = tuple(one for one in queue.order if one.shape == "text")
    text = np.zeros(len(left), bool)
    text[possible[lanes.may_be(texts, possible)]] = True
    for format in queue.order:
        if not left.any():
            break
        ask(format, np.flatnonzero(left & text if format.shape == "text" else left))
    return place[left], lanes


def _offer_header(claim: Claim, records: Records) -> None:
    """An envelope's own fields are fields of the record, after those of the message."""
    header = records.header
    if header is not None:
        for name in ("host", "program", "pid"):
            claim.fields.add(name, getattr(header, name))
        if not claim.format.time.field:
            claim.fields.add("time", header.time_raw)


def _claim_opened(opened: Records, place: Rows, queue: _Queue, claimed: list[Claimed]) -> None:
    """Peeled records belong to an inner format, or are events of their own."""
    if not len(opened):
        return
    left, _ = _claim(opened, place, queue, claimed)
    if len(left):
        mine = opened.take(np.searchsorted(place, left))
        claimed.append(Claimed(other(mine, np.arange(len(mine))), mine, left))


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
