"""`formats --test`: the samples of a format, each read as a file of its own."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from authlogs.logs import Logs
    from authlogs.parse.format import Format, Sample


def failures(one: "Format") -> Iterator[str]:
    """One line for each way in which a sample does not give what it wants."""
    for number, sample in enumerate(one.samples, start=1):
        for said in _differences(one, sample):
            yield f"{one.name}, sample {number}: {said}"


def _differences(one: "Format", sample: "Sample") -> Iterator[str]:
    logs = _read(one, sample)
    rows = (logs.events if one.kind == "events" else logs.changes).to_pylist()
    if sample.reject:
        if rows or not logs.rejects.num_rows:
            yield "should be a reject, and is read"
        return
    if sample.filtered:
        if rows or logs.rejects.num_rows:
            yield "should be filtered, and is not"
        return
    if len(rows) != len(sample.wants):
        yield f"gives {len(rows)} rows, not {len(sample.wants)}"
        return
    for row, want in zip(rows, sample.wants, strict=True):
        if row["format"] != one.name:
            yield f"is read as {row['format']}"
        for column, wanted in want.items():
            got = row.get(column)
            if _plain(got) != _plain(_typed(wanted, got)):
                yield f"{column} is {_plain(got)!r}, not {wanted!r}"


def _read(one: "Format", sample: "Sample") -> "Logs":
    from authlogs.logs import read

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"sample.{one.shape}"
        file.write_text(sample.line + "\n", encoding="utf-8")
        return read(file, tz=sample.zone, year=sample.year)


def _typed(wanted: Any, got: Any) -> Any:
    if isinstance(got, datetime) and isinstance(wanted, str):
        return datetime.fromisoformat(wanted)
    return wanted


def _plain(value: Any) -> Any:
    """A cell as samples write it: nothing is an empty text, times are UTC."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    return "" if value is None else value
