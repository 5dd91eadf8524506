"""A folder as incidents leave it: every format, bare or wrapped, under names that say nothing."""

import gzip
import os
import random
from datetime import timedelta
from itertools import cycle

import pytest

import authlogs as al
from authlogs.parse.registry import load_registry

ZONE = "America/Bogota"
ALIKE = ("time", "event_type", "outcome", "reason", "user", "source_ip", "change_type", "change_id")
BARE = "bare"
WRAPS = {
    "cri": lambda line: f"2024-05-03T14:41:15.123456789Z stdout F {line}",
    "syslog": lambda line: f"2024-05-03T09:41:15.123456-05:00 host-7 app[311]: {line}",
}
EVERY = bool(os.environ.get("AUTHLOGS_THOROUGH"))
"""Every format in every wrap: `make fuzz` asks for it."""


def lines_of(one):
    """The samples of a format that are read in one zone and stand for themselves."""
    good = [s for s in one.samples if not (s.reject or s.filtered) and s.zone in (None, ZONE)]
    return [s.line for s in good]


def files():
    """Name, wrap and content: each format bare, and wrapped in turn where a line is a record."""
    made, wraps = [], cycle(WRAPS)
    for one in load_registry().formats:
        lines = lines_of(one)
        alone = [line for line in lines if "\n" not in line]
        if one.shape in ("csv", "w3c", "xml") or not alone:
            made += [(one.name, BARE, line) for line in lines[:1]]
            continue
        made.append((one.name, BARE, "\n".join(alone)))
        for how in WRAPS if EVERY else [next(wraps)]:
            made.append((one.name, how, "\n".join(map(WRAPS[how], alone))))
    random.Random(5).shuffle(made)
    return {f"{number:03}.log.gz": each for number, each in enumerate(made)}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """The folder, read once, and what each file is."""
    folder = tmp_path_factory.mktemp("mixed")
    told = files()
    for name, (_, _, content) in told.items():
        (folder / name).write_bytes(gzip.compress(content.encode() + b"\n"))
    return al.read(folder, tz=ZONE, year=2024), told


def rows_by_file(logs, columns):
    """The cells of every row, in the order of lines, by file."""
    rows = {}
    for table in (logs.events, logs.changes):
        there = ["source_file", *(name for name in columns if name in table.column_names)]
        for row in table.select(there).to_pylist():
            rows.setdefault(row.pop("source_file"), []).append(row)
    return rows


def test_no_file_is_taken_for_another_format(mixed):
    logs, told = mixed
    seen = {
        file: {r["format"] for r in rows} for file, rows in rows_by_file(logs, ["format"]).items()
    }
    assert {file: names for file, names in seen.items() if names != {told[file][0]}} == {}
    assert set(seen) == set(told)


def differ(bare, wrapped):
    """Whether two rows differ; a wrap tells the time of a record that has none, or no zone."""
    ours, theirs = bare.pop("time"), wrapped.pop("time")
    return bare != wrapped or (ours is not None and abs(theirs - ours) > timedelta(seconds=1))


def test_what_is_in_a_wrap_is_what_it_is_without(mixed):
    logs, told = mixed
    rows = rows_by_file(logs, ALIKE)
    bare = {name: rows[file] for file, (name, how, _) in told.items() if how == BARE}
    wrong = [
        (name, how, ours, theirs)
        for file, (name, how, _) in told.items()
        for ours, theirs in zip(bare[name], rows[file], strict=True)
        if how != BARE and differ(dict(ours), dict(theirs))
    ]
    assert wrong == []


def test_every_line_is_accounted_for(mixed):
    logs, told = mixed
    tally = logs.tally()
    assert tally.holds and all(counts.holds for counts in tally.files.values())
    lines = {row["source_file"]: row["lines"] for row in logs.sources.to_pylist()}
    assert lines == {file: content.count("\n") + 1 for file, (_, _, content) in told.items()}
    assert not len(logs.rejects)
