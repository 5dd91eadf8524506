"""What a store is after its writer was killed: whole, and never with a row twice.

    python benchmarks/kills.py [--kills 200] [--seed 1]

A process appends to a store or compacts it and is killed (SIGKILL) at a random point: half of the
times after a random time, half of the times at one of its last system calls on files, so that the
few moments of the commit are met as well. After each kill the store is read by another process;
it must be what it was or what it was to become. Prints one JSON object.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from authlogs.errors import AuthlogsError
from authlogs.logs import StoreWriter, compact, load
from authlogs.logs.store import check_files
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES, TALLY

ROWS = 4_000
KEY = b"k" * 32
CONTEXT = multiprocessing.get_context("fork")
WATCHED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(killed(Path(folder) / "store", asked.kills, random.Random(asked.seed))))


def killed(store: Path, kills: int, chance: random.Random) -> dict[str, Any]:
    """Kill writers of one store; a source is tried again until it is there."""
    apart(lambda: append(store, 0))
    steps = int(apart(lambda: write(store, 1, 0)))
    known, source = {0, 1}, 2
    told = dict.fromkeys(("kills", "old_state", "new_state", "damaged_stores", "doubled_rows"), 0)
    while told["kills"] < kills:
        source = source if source not in known else source + 1
        if not kill_one(store, source, steps, chance):
            known.add(source)  # it had ended before
            continue
        told["kills"] += 1
        found, damaged, doubled = json.loads(apart(lambda: look(store)))
        found = set(found)
        if damaged or found - known - {source} or known - found:
            told["damaged_stores"] += 1
        told["doubled_rows"] += doubled
        told["new_state" if source in found else "old_state"] += 1
        known = found
    return {"benchmark": "kills", "rows_of_an_append": ROWS, **told}


def kill_one(store: Path, source: int, steps: int, chance: random.Random) -> bool:
    """Start a writer and kill it; whether it was killed before it ended."""
    step = steps - chance.randrange(20) if chance.random() < 0.5 else 0
    process = CONTEXT.Process(target=write, args=(store, source, step))
    process.start()
    process.join(None if step else chance.random() * 0.3)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def apart(work: Callable[[], Any]) -> str:
    """What a process of its own says: this one never runs a thread, so that it can be forked."""
    here, there = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=lambda: there.send(json.dumps(work())))
    process.start()
    there.close()
    told: str = here.recv()
    process.join()
    return told


def write(store: Path, source: int, step: int) -> int:
    """Append a source, every fifth time after a compaction; die at the given step, if any.

    Gives the number of steps that it took.
    """
    done = 0

    def count(event: str, args: tuple[Any, ...]) -> None:
        nonlocal done
        if event in WATCHED and str(args[0]).startswith(str(store)):
            done += 1
            if done == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    if source % 5 == 0:
        compact(store)
    append(store, source)
    return done


def append(store: Path, source: int) -> None:
    """One source of two days, in blocks."""
    name = f"{source}.log"
    begin = datetime(2024, 5, 3, 12, tzinfo=UTC)
    half = [begin + timedelta(seconds=86_400 * at / ROWS) for at in range(ROWS)]
    numbers = range(ROWS)
    columns = {"time": half, "source_file": [name] * ROWS, "line_no": numbers}
    table = pa.table({**columns, "byte_offset": numbers, "message": [str(at) for at in numbers]})
    row = {"source_file": name, "path": name, "size": ROWS, "sha256": f"{source:064d}"}
    row |= {**dict.fromkeys(TALLY, 0), "lines": ROWS, "events": ROWS}
    with StoreWriter(store, key=KEY) as writer:
        for start in range(0, ROWS, 500):
            piece = table.slice(start, 500)
            full = pa.table(
                [
                    piece[field.name].cast(field.type)
                    if field.name in piece.column_names
                    else pa.nulls(len(piece), field.type)
                    for field in EVENTS
                ],
                schema=EVENTS,
            )
            writer.add(full, CHANGES.empty_table(), REJECTS.empty_table())
        writer.commit(pa.Table.from_pylist([row], SOURCES))


def look(store: Path) -> tuple[list[int], int, int]:
    """The sources of a store, how much is damaged, and how many rows are there twice."""
    try:
        logs = load(store)
        events = logs.events.select(["source_file", "byte_offset"])
    except AuthlogsError:
        return [], 1, 0
    rows = events.group_by(["source_file", "byte_offset"]).aggregate([([], "count_all")])
    each = rows.group_by("source_file").aggregate([([], "count_all")])
    names = set(each["source_file"].to_pylist())
    damaged = bool(check_files(store)) or any(n != ROWS for n in each["count_all"].to_pylist())
    damaged |= names != set(logs.sources["source_file"].to_pylist())
    found = [int(name.removesuffix(".log")) for name in names]
    return found, int(damaged), len(events) - len(rows)


if __name__ == "__main__":
    main()
