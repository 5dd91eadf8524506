"""Rows as people and programs read them: aligned lines, JSON lines, CSV, lines of the logs."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from authlogs.cli.terminal import coloured, show, show_painted

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 500
"""Rows that are printed at once."""
WIDEST: Final = 40
"""Signs that a column takes on a line; the last one has no bound."""
COLOURS: Final = {"failure": "red", "success": "green", "challenge": "yellow"}


def show_lines(
    rows: "pa.Table", columns: Sequence[str], zone: str | None, *, by_default: bool
) -> None:
    """Aligned lines; the widths are those of the first rows, so that printing can begin."""
    from authlogs.window import parse_zone

    where = parse_zone(zone or "UTC")
    paint = coloured(sys.stdout)
    told = (_cells(row, columns, where, by_default=by_default) for row in _rows(rows))
    first = list(islice(told, BATCH))
    widths = [
        min(WIDEST, max((len(cells[place]) for cells in first), default=0))
        for place in range(len(columns))
    ]
    for cells in _joined(first, told):
        line = []
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            padded = cell if place == len(widths) - 1 else cell.ljust(width)
            line.append((padded, COLOURS.get(cell) if paint else None))
        show_painted(line)


def _joined(first: list[Any], rest: Iterable[Any]) -> Iterator[Any]:
    yield from first
    yield from rest


def _cells(
    row: dict[str, Any], columns: Sequence[str], zone: tzinfo, *, by_default: bool
) -> list[str]:
    """The values of a row as text on one line."""
    if by_default and row.get("message") is None:
        asked = " ".join(filter(None, (row.get("http_method"), row.get("http_path"))))
        row = row | {"message": row.get("reason_text") or asked or None}
    return [_text(row.get(name), zone) for name in columns]


def _text(value: Any, zone: tzinfo) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).replace("\n", "\\n").replace("\t", "\\t")


def show_json(rows: "pa.Table") -> None:
    """A JSON object a line, what has no value left out; times in UTC."""
    for batch in _batches(_rows(rows)):
        lines = []
        for row in batch:
            told = {name: _plain(value) for name, value in row.items() if value is not None}
            lines.append(json.dumps(told, ensure_ascii=False))
        show("\n".join(lines))


def show_csv(rows: "pa.Table") -> None:
    """CSV with a heading; times in UTC, ISO 8601; no text can be a formula."""
    from authlogs.spreadsheets import csv_bytes

    told = _with_iso_times(rows)
    for start in range(0, max(1, told.num_rows), BATCH):
        page = csv_bytes(told.slice(start, BATCH), heading=start == 0)
        show(page.decode().removesuffix("\n"))


def _with_iso_times(rows: "pa.Table") -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            told = pc.strftime(rows[place], format="%Y-%m-%dT%H:%M:%SZ")
            rows = rows.set_column(place, field.name, told)
    return rows


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _rows(rows: "pa.Table") -> Iterator[dict[str, Any]]:
    for batch in rows.to_batches(max_chunksize=BATCH):
        yield from batch.to_pylist()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
