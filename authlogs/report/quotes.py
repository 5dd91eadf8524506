"""The log lines behind the findings: where they stand, their hash, and their redacted text."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from authlogs.analysis.result import Investigation
from authlogs.engine.queries import run_sql
from authlogs.logs import Logs
from authlogs.pseudonyms import PEOPLE, pseudonymise
from authlogs.report.original_bytes import Spot, original_bytes
from authlogs.schema import CHANGES
from authlogs.secrets import redact

MOST: Final = 300
LONGEST: Final = 1_000
"""Characters of a line that are shown; offset, length and hash speak for all of it."""
UNSHOWN: Final = "not shown: give the logs as they were read, with their key, to have it redacted"
GONE: Final = "not shown: the file is not there any more, or is shorter than it was"
EVENTS_AT: Final = """
SELECT events.* FROM events JOIN wanted
ON events.source_file = wanted.source_file AND events.line_no = wanted.line_no
ORDER BY events.source_file, events.line_no, events.byte_offset
"""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """One record of a source.

    `byte_offset` and `byte_length` lie in the uncompressed stream; `sha256` is the hash of those
    very bytes, null where they cannot be read again; `text` is what may be shown of them.
    """

    time: datetime | None = None
    source_file: str
    line_no: int
    byte_offset: int
    byte_length: int
    sha256: str | None
    text: str
    behind: tuple[str, ...]

    @property
    def row(self) -> str:
        """The row as findings name it: `gateway.log:7051`."""
        return f"{self.source_file}:{self.line_no}"


def quotes(
    investigation: Investigation, logs: Logs, *, identities: bool = False
) -> tuple[Quote, ...]:
    """Return the records behind an investigation, changes first, then the rows of its findings.

    `logs` are those that were read: their own names are needed to hide names in raw text. From
    logs that bear pseudonyms already no text is shown. Secrets are always redacted.
    """
    behind = _behind(investigation)
    events = _events(logs, behind)
    changes = _changes(logs, investigation)
    paths = dict(zip(*_columns(logs.sources, "source_file", "path"), strict=True))
    spots = [_spot(row) for table in (changes, events) for row in _places(table)]
    found = original_bytes(spots, paths)
    encodings = dict(zip(*_columns(logs.sources, "source_file", "encoding"), strict=True))
    shown = [
        *_shown(changes, "description", found, encodings, logs, identities=identities),
        *_shown(events, "message", found, encodings, logs, identities=identities),
    ]
    names = _named(changes)
    told = {quote.row: replace(quote, behind=names.get(quote.row, ())) for quote in shown}
    return tuple(
        replace(q, behind=(*q.behind, *behind.get(row, ()))) for row, q in list(told.items())[:MOST]
    )


def _behind(investigation: Investigation) -> dict[str, tuple[str, ...]]:
    """Return every row that a finding names, with the questions it answers."""
    told: dict[str, dict[str, None]] = {}
    for incident in investigation.incidents:
        seen = [f for suspect in incident.suspects for f in suspect.evidence]
        seen += [f for theory in incident.theories for f in theory.evidence]
        for finding in seen:
            for row in finding.rows:
                told.setdefault(row, {})[finding.kind.replace("_", " ")] = None
    return {row: tuple(kinds) for row, kinds in told.items()}


def _events(logs: Logs, behind: Iterable[str]) -> pa.Table:
    named = [row.rpartition(":") for row in behind]
    rows = [(file, int(line)) for file, _, line in named if line.isdigit()]
    wanted = pa.table(
        {
            "source_file": pa.array([file for file, _ in rows], pa.string()),
            "line_no": pa.array([line for _, line in rows], pa.int64()),
        }
    )
    return run_sql(EVENTS_AT, events=logs.dataset, wanted=wanted)


def _changes(logs: Logs, investigation: Investigation) -> pa.Table:
    """Return the records of the changes that were considered and of the responders' acts."""
    ids = {c.id for incident in investigation.incidents for c in incident.changes_considered}
    ids |= {m.change for incident in investigation.incidents for m in incident.mitigations}
    known = pc.is_in(logs.changes["change_id"], value_set=pa.array(sorted(ids), pa.string()))
    return logs.changes.filter(pc.fill_null(known, False)).select(CHANGES.names)


def _named(changes: pa.Table) -> dict[str, tuple[str, ...]]:
    rows = changes.select(["source_file", "line_no", "change_id"]).to_pylist()
    return {f"{r['source_file']}:{r['line_no']}": (f"record {r['change_id']}",) for r in rows}


def _columns(table: pa.Table, *names: str) -> list[list[Any]]:
    return [table[name].to_pylist() for name in names]


def _places(table: pa.Table) -> list[dict[str, Any]]:
    names = ["time", "source_file", "line_no", "byte_offset", "byte_length"]
    rows: list[dict[str, Any]] = table.select(names).to_pylist()
    return rows


def _spot(row: Mapping[str, Any]) -> Spot:
    return row["source_file"], row["byte_offset"], row["byte_length"]


def _shown(
    table: pa.Table,
    column: str,
    found: Mapping[Spot, bytes],
    encodings: Mapping[str, str | None],
    logs: Logs,
    *,
    identities: bool,
) -> Iterator[Quote]:
    """Put each raw line where its record keeps text, so that it is masked as that text is."""
    rows = _places(table)
    raw = [found.get(_spot(row)) for row in rows]
    lines = [
        None
        if data is None
        else data.decode(encodings.get(row["source_file"]) or "utf-8", "replace")
        for row, data in zip(rows, raw, strict=True)
    ]
    texts = _masked(table, column, lines, logs, identities=identities)
    for row, data, text in zip(rows, raw, texts, strict=True):
        told = GONE if data is None else UNSHOWN if text is None else text.rstrip("\r\n")
        yield Quote(
            **row,
            sha256=None if data is None else hashlib.sha256(data).hexdigest(),
            text=told if len(told) <= LONGEST else f"{told[:LONGEST]} …",
            behind=(),
        )


def _masked(
    table: pa.Table, column: str, lines: list[str | None], logs: Logs, *, identities: bool
) -> list[str | None]:
    clean = redact(pa.array(lines, pa.string()))
    if identities or not table.num_rows:
        told: list[str | None] = clean.to_pylist()
        return told
    if not logs.key:
        return [None] * table.num_rows
    place = table.schema.get_field_index(column)
    table = table.set_column(place, pa.field(column, pa.string()), clean)
    of_events = column == "message"
    alone = replace(
        logs,
        dataset=ds.dataset(table if of_events else logs.dataset.schema.empty_table()),
        changes=table if not of_events else logs.changes.slice(0, 0),
        rejects=logs.rejects.slice(0, 0),
    )
    hidden = pseudonymise(alone)
    masked = hidden.events if of_events else hidden.changes
    names = [name for name in PEOPLE if name in table.column_names]
    pairs = zip(table.select(names).to_pylist(), masked.select(names).to_pylist(), strict=True)
    return [
        text and _without_spelt(text, old, new)
        for text, (old, new) in zip(masked[column].to_pylist(), pairs, strict=True)
    ]


def _without_spelt(text: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Replace names that the raw line writes with escapes, as JSON and quoted values do."""
    for column, name in old.items():
        spelt = json.dumps(name)[1:-1] if name else ""
        if spelt != (name or ""):
            text = text.replace(spelt, new[column])
    return text
