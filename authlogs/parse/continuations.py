"""Lines that continue a record: whose they are, and what they add to it."""

import numpy as np
import pyarrow as pa

from authlogs.parse import endings
from authlogs.parse.chunks import Ahead
from authlogs.parse.clock import Longs
from authlogs.parse.engine import Assigned, Claimed
from authlogs.parse.fields import Mask
from authlogs.parse.records import Records, Rows
from authlogs.secrets import redact_text


def owners_of(assigned: Assigned, joins: Mask, none: Mask) -> Rows:
    """For each unclaimed row the record before it; -1 where it would lie in an earlier stretch.

    Where envelopes tell streams apart, the record before it in its own stream.
    """
    left, count = assigned.left, len(assigned.records)
    if not joins.any():
        return np.full(len(left), -1, np.int64)
    own = np.arange(count, dtype=np.int64)
    own[left[joins | none]] = -1
    own[assigned.parts] = -1
    if assigned.streams is None:
        return np.maximum.accumulate(own)[left]
    order = np.argsort(assigned.streams, kind="stable")
    turn = np.cumsum(np.diff(assigned.streams[order], prepend=0) != 0) * (count + 1)
    own[order] = np.maximum.accumulate(own[order] + 1 + turn) - turn - 1
    return own[left]


def continued(assigned: Assigned, rows: Rows, owners: Rows) -> tuple[Longs | None, dict[int, str]]:
    """Lengths of the records with what continues them, and its text for each record.

    A loop over continuation lines: they are few, and text of several lines becomes one value.
    """
    records = assigned.records
    if not len(rows) and not len(assigned.parts):
        return None, assigned.notes
    length = records.length.copy()
    ends = records.offset[assigned.parts] + records.length[assigned.parts]
    np.maximum.at(length, assigned.owners, ends - records.offset[assigned.owners])
    notes = {row: [text] for row, text in assigned.notes.items()}
    sizes = {row: len(text) for row, text in assigned.notes.items()}
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


def offer_rest(claimed: list[Claimed], notes: dict[int, str]) -> None:
    """The lines that continue a record are its field `rest`."""
    if not notes:
        return
    for one in claimed:
        texts = [notes.get(row) for row in one.order.tolist()]
        if any(texts):
            one.claim.fields.add("rest", pa.array(texts, pa.string()))


def ahead_of(records: Records, rows: Rows) -> Ahead:
    if not len(rows):
        return Ahead()
    text = "\n".join(records.text.take(pa.array(rows)).to_pylist())[: endings.KEPT]
    return Ahead(redact_text(text), int(records.offset[rows[-1]] + records.length[rows[-1]]))
