"""Filled claims of one stretch of a file become one table in the schema, in file order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Longs
from authlogs.parse.columns import Filled
from authlogs.parse.enrich import enrich, redact_columns
from authlogs.parse.records import Records, Rows
from authlogs.parse.texts import join_present
from authlogs.schema import REJECTS, WORD
from authlogs.secrets import Fingerprints, name_secrets, redact

_LONGEST: Final = 2**31 - 1


@dataclass(frozen=True)
class Part:
    """One claim, filled, with the records it came from and their order in the stretch."""

    filled: Filled
    records: Records
    order: Rows
    format_name: str
    kind: str


@dataclass(frozen=True)
class Placed:
    """A table and, for each of its rows, its place in the stretch and how often it stands."""

    table: pa.Table
    order: Rows


def assemble(
    parts: list[Part],
    *,
    schema: pa.Schema,
    source_file: str,
    prints: Fingerprints,
    length: Longs,
    notes: Mapping[int, str],
) -> Placed:
    """All rows of one kind, in file order, a repeated record as often as it says.

    `length` and `notes` belong to the rows of the stretch: bytes, and the text that continues it.
    """
    if not parts:
        return Placed(schema.empty_table(), np.empty(0, np.int64))
    order = np.concatenate([part.order for part in parts])
    columns = _together(parts)
    raw = pa.concat_arrays([_raw(part.records) for part in parts])
    if "event_type" in columns:
        if notes:
            raw = _annotate(columns, raw, order, notes)
        enrich(columns, raw, prints, wanted=frozenset(schema.names), source_file=source_file)
    else:
        columns.pop("attempt", None)
        redact_columns(columns)
    columns["line_no"] = pa.array(np.concatenate([part.records.line_no for part in parts]))
    columns["byte_offset"] = pa.array(np.concatenate([part.records.offset for part in parts]))
    columns["byte_length"] = pa.array(np.minimum(length[order], _LONGEST))
    columns["source_file"] = pa.repeat(pa.scalar(source_file), len(order))
    repeat = np.concatenate([part.records.repeat for part in parts])
    in_order = np.argsort(order, kind="stable")
    chosen = np.repeat(in_order, repeat[in_order])
    table = fit(columns, schema, len(order))
    if not np.array_equal(chosen, np.arange(len(order))):
        table = table.take(pa.array(chosen))
    return Placed(table, order[chosen])


def _raw(records: Records) -> pa.Array:
    """All that was logged of each record and may hold a secret."""
    if records.header is None or "host" not in records.header.fields:
        return records.text
    return pc.coalesce(
        join_present([records.header.fields["host"], records.text], " "), records.text
    )


def _annotate(
    columns: dict[str, pa.Array], raw: pa.Array, order: Rows, notes: Mapping[int, str]
) -> pa.Array:
    """Append what continues a record to its message and to its raw text."""
    rows = [at for at, row in enumerate(order.tolist()) if row in notes]
    if not rows:
        return raw
    mask = np.zeros(len(order), bool)
    mask[rows] = True
    texts = pa.array([notes[int(order[at])] for at in rows], pa.string())
    message = columns.get("message", pa.nulls(len(order), pa.string()))

    def longer(column: pa.Array) -> pa.Array:
        before = column.filter(pa.array(mask))
        both = join_present([before, texts], "\n")
        return pc.replace_with_mask(column, pa.array(mask), both)

    columns["message"] = longer(message)
    return longer(raw)


def _together(parts: list[Part]) -> dict[str, pa.Array]:
    if len(parts) == 1:
        return _alone(parts[0])
    names = dict.fromkeys(name for part in parts for name in part.filled.columns)
    columns: dict[str, pa.Array] = {}
    for name in names:
        kind = next(p.filled.columns[name].type for p in parts if name in p.filled.columns)
        pieces = [part.filled.columns.get(name, pa.nulls(len(part.order), kind)) for part in parts]
        columns[name] = pa.concat_arrays(pieces)
    columns["extra"] = pa.concat_arrays([part.filled.extra for part in parts])
    columns["format"] = pa.concat_arrays(
        [pa.repeat(pa.scalar(part.format_name), len(part.order)) for part in parts]
    )
    tries = [part.filled.attempt for part in parts]
    if any(one is not None for one in tries):
        columns["attempt"] = pa.concat_arrays(
            [
                pa.nulls(len(part.order), pa.string()) if one is None else one
                for part, one in zip(parts, tries, strict=True)
            ]
        )
    return columns


def _alone(part: Part) -> dict[str, pa.Array]:
    columns = dict(part.filled.columns)
    columns["extra"] = part.filled.extra
    columns["format"] = pa.repeat(pa.scalar(part.format_name), len(part.order))
    if part.filled.attempt is not None:
        columns["attempt"] = part.filled.attempt
    return columns


def fit(columns: dict[str, pa.Array], schema: pa.Schema, rows: int) -> pa.Table:
    """Columns in the order and types of a schema; what is missing is null."""
    arrays = []
    for field in schema:
        column = columns.get(field.name)
        if column is None:
            column = pa.nulls(rows, field.type)
        elif field.type == WORD and column.type == pa.string():
            column = column.dictionary_encode()
        elif column.type != field.type:
            column = column.cast(field.type)
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)


UNSHOWN = "[redacted:cells]"
"""What is shown of a record whose heading names a secret: which cell holds it is not certain."""
SHOWN = 120
"""Characters of a reject that are kept."""


def rejects(records: Records, reasons: list[str] | str, source_file: str) -> pa.Table:
    """Rows for records that gave none: where they stand, why, and how they begin."""
    rows = len(records)
    begin = pc.utf8_slice_codeunits(redact(records.text), 0, SHOWN)
    if records.cells and name_secrets(tuple(records.cells)):
        begin = pa.repeat(pa.scalar(UNSHOWN), rows)
    printable = pc.replace_substring_regex(
        begin, r"[\x00-\x1f\x7f-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]", "\u00b7"
    )
    words = [reasons] * rows if isinstance(reasons, str) else reasons
    columns = {
        "source_file": pa.repeat(pa.scalar(source_file), rows),
        "line_no": pa.array(records.line_no),
        "byte_offset": pa.array(records.offset),
        "byte_length": pa.array(np.minimum(records.length, _LONGEST)),
        "reason": pa.array(words, pa.string()),
        "first_bytes": printable,
    }
    return fit(columns, REJECTS, rows)
