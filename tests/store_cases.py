"""What the tests of stores share: a tiny log language, read a line at a time into the tables.

`E <seconds> [text]` is an event, `N <seconds> <times>` one repeated, `C <seconds>` a change, `+ …`
goes on with the record before it, `# …` is a comment, an empty line blank, the rest is rejected.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from authlogs.logs.store import StoreWriter
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

KEY = b"k" * 32
BEGIN = datetime(2024, 5, 3, 23, 0, tzinfo=UTC)


def read_lines(data, name, *, offset=0, line_no=1):
    """Events, changes and rejects from `offset` on as lists of rows, and the tally."""
    rows = {"events": [], "changes": [], "rejects": []}
    tally = dict.fromkeys(TALLY, 0)
    last = None
    for line in data[offset:].splitlines(keepends=True):
        place = {
            "source_file": name, "line_no": line_no, "byte_offset": offset,
            "byte_length": len(line.rstrip(b"\n")),
        }  # fmt: skip
        _read_line(line.decode().rstrip("\n"), place, rows, tally, last)
        if rows["events"] and rows["events"][-1]["line_no"] == line_no:
            last = rows["events"][-1]
        offset, line_no = offset + len(line), line_no + 1
    return rows, tally


def _read_line(text, place, rows, tally, last):
    tally["lines"] += 1
    kind, *words = text.split(" ") if text else [""]
    number = int(words[0]) if words and words[0].isdigit() else None
    if kind == "+" and last is not None:
        tally["joined"] += 1
        last["message"] += "\n" + text
    elif kind in ("E", "N", "C") and number is not None:
        time = BEGIN + timedelta(seconds=number)
        row = {"time": time, **place, "format": "tiny"}
        times = int(words[1]) if kind == "N" and len(words) > 1 and words[1].isdigit() else 1
        times = max(times, 1)
        table = "changes" if kind == "C" else "events"
        if table == "events":
            row |= {"message": text, "service": "web", "time_raw": str(number)}
        rows[table] += [dict(row) for _ in range(times)]
        tally[table] += times
        tally["unpacked"] += times - 1
    elif kind == "#":
        tally["comments"] += 1
    elif not text:
        tally["blank"] += 1
    else:
        rows["rejects"].append({**place, "reason": "unknown", "first_bytes": text[:9]})
        tally["rejected"] += 1


def source_row(path, name, data, rows, tally):
    """The row of `sources` of a file."""
    times = [row["time"] for row in (*rows["events"], *rows["changes"])]
    return {
        "source_file": name, "path": str(path), "kind": "events", "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "compression": "none", "encoding": "utf-8",
        "format": "tiny", "first_time": min(times, default=None),
        "last_time": max(times, default=None), "truncated": False, **tally,
    }  # fmt: skip


def tables(rows):
    """Rows as the three tables."""
    schemas = {"events": EVENTS, "changes": CHANGES, "rejects": REJECTS}
    return [pa.Table.from_pylist(rows[name], schema) for name, schema in schemas.items()]


def append(store, *paths, ask=True):
    """Read files into a store as a reader would; without `ask` all of them whole."""
    with StoreWriter(store, key=KEY) as writer:
        sources = []
        for path in paths:
            data, name, told = path.read_bytes(), path.name, {}
            if ask:
                standing = writer.standing(path.name, path)
                if standing.skip:
                    continue
                name = standing.name
                told = {"offset": standing.offset, "line_no": standing.line_no}
            rows, tally = read_lines(data, name, **told)
            writer.add(*tables(rows))
            sources.append(source_row(path, name, data, rows, tally))
        writer.commit(pa.Table.from_pylist(sources, SOURCES))


def content(logs, *names):
    """The rows of tables as sorted tuples of what tells them apart."""
    wanted = {
        "events": ("source_file", "line_no", "byte_offset", "byte_length", "message", "time"),
        "changes": ("source_file", "line_no", "byte_offset", "time"),
        "rejects": ("source_file", "line_no", "byte_offset", "first_bytes"),
        "sources": ("source_file", "sha256", "size", "first_time", "last_time", *TALLY),
    }
    told = {}
    for name in names or wanted:
        table = getattr(logs, name).select(wanted[name]).to_pylist()
        told[name] = sorted(tuple(map(str, row.values())) for row in table)
    return told


def expected(*files):
    """The same of files (name and bytes) that were read whole."""
    schemas = {"events": EVENTS, "changes": CHANGES, "rejects": REJECTS}
    whole = {name: [] for name in (*schemas, "sources")}
    for name, data in files:
        rows, tally = read_lines(data, name)
        for table in schemas:
            whole[table] += rows[table]
        whole["sources"].append(source_row(Path(name), name, data, rows, tally))

    class Read:
        events, changes, rejects = tables(whole)
        sources = pa.Table.from_pylist(whole["sources"], SOURCES)

    return content(Read)


def files_of(store):
    """Every file of a store by its path, with its bytes."""
    return {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.name != "writer.lock"
    }
