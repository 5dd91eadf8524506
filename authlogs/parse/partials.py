"""Records that a container runtime or a journal cut into parts: joined again, stream by stream."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Longs
from authlogs.parse.envelope_file import More
from authlogs.parse.fields import Fields, Mask
from authlogs.parse.records import Header, Rows
from authlogs.parse.texts import text_array

_NOTHING = np.empty(0, np.int64)
STREAM = ("host", "program", "pid", "container", "stream")
"""Fields of envelopes that tell the streams of a file apart."""


@dataclass(frozen=True)
class Parts:
    """Messages with their parts joined; `spent` are the rows (of a claim) that were, each with the
    record's own row in `owners`, both as rows of the stretch too.
    """

    message: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    spent: Rows = field(default_factory=lambda: _NOTHING)
    rows: Rows = field(default_factory=lambda: _NOTHING)
    owners: Rows = field(default_factory=lambda: _NOTHING)


def joined_parts(
    more: More, fields: Fields, message: pa.Array, header: Header, rows: Rows
) -> Parts:
    """Each message with the parts that go on with it; a loop over the few that are cut."""
    goes_on = unfinished(more, fields, message)
    if not goes_on.any():
        return Parts(message)
    order = np.argsort(stream_codes(header), kind="stable")
    first = _firsts(goes_on[order], stream_codes(header)[order])
    group = np.cumsum(first) - 1
    owner = order[first][group]
    texts = message.take(pa.array(order)).to_pylist()
    several = np.flatnonzero(np.bincount(group) > 1)
    whole = message.to_pylist()
    edges = [*np.flatnonzero(first).tolist(), len(order)]
    for at in several.tolist():
        parts = texts[edges[at] : edges[at + 1]]
        whole[int(order[edges[at]])] = "".join(one or "" for one in parts)
    spent = order[~first]
    return Parts(text_array(whole), np.sort(spent), rows[spent], rows[owner[~first]])


def unfinished(more: More, fields: Fields, message: pa.Array) -> Mask:
    """Which rows say that the next of their stream goes on with them."""
    column = fields.get(more.field) if more.unless_ends is None else message
    if column is None:
        return np.zeros(fields.rows, bool)
    if more.unless_ends is not None:
        told = pc.invert(pc.ends_with(pc.fill_null(column, more.unless_ends), more.unless_ends))
    else:
        told = pc.fill_null(pc.equal(column, more.equals), False)
    return told.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def stream_codes(header: Header) -> Longs:
    """A number for each row's stream."""
    parts = [pc.fill_null(header.fields[name], "") for name in STREAM if name in header.fields]
    if not parts:
        return np.zeros(len(header), np.int64)
    joined = pc.binary_join_element_wise(*parts, "\x00") if len(parts) > 1 else parts[0]
    codes = joined.dictionary_encode().indices
    return codes.to_numpy(zero_copy_only=False).astype(np.int64)  # type: ignore[no-any-return]


def _firsts(goes_on: Mask, codes: Longs) -> Mask:
    """Rows that begin a record, of rows that stand stream by stream."""
    first = np.ones(len(codes), bool)
    first[1:] = ~goes_on[:-1] | (codes[1:] != codes[:-1])
    return first
