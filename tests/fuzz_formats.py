"""Damaged records of every format: nothing raises, no line is lost, time grows as bytes do.

python tests/fuzz_formats.py --examples 10000 --seed 1 [--formats sshd,okta_system_log]

Each format's samples are cut, spliced and mutated, some wrapped; they are read in files of a few
hundred. Then fields of a record are drawn out, to see that time grows no faster than bytes.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from fuzz_directories import mutated

import authlogs as al
from authlogs.parse.registry import load_registry

A_FILE = 500
WRAPS = (
    b"%b",
    b"%b",
    b"2024-05-03T14:41:15.123456789Z stdout F %b",
    b"2024-05-03T14:41:15.123456789Z stderr P %b",
    b"<38>1 2024-05-03T14:41:15.123Z host app 311 - - %b",
    b"May  3 14:41:15 host app[311]: %b",
    b"pod/gateway-7 %b",
)
SHORT, LONG = 4_000, 32_000
MOST_GROWTH = 3.0
"""Times the growth of the bytes: what a busy machine may add to linear time."""
LEAST_S = 0.25


def example(one, dice):
    """One damaged record, perhaps spliced with another sample's end, perhaps wrapped."""
    line = mutated(dice.choice(one.samples).line.encode(), dice)
    if dice.random() < 0.2:
        other = dice.choice(one.samples).line.encode()
        line = line[: dice.randrange(len(line) + 1)] + other[dice.randrange(len(other)) :]
    return dice.choice(WRAPS).replace(b"%b", line)


def read(data, name):
    """The logs of one file, and the seconds of processor that they took."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / name).write_bytes(data)
        began = time.process_time()
        logs = al.read(place, tz="America/Bogota", year=2024)
        return logs, time.process_time() - began


def fault_of(data, name):
    """What is wrong with a reading, as text; null where nothing is."""
    try:
        logs, _ = read(data, name)
    except al.NothingToRead:
        return None
    except Exception:  # noqa: BLE001  # whatever it is, it is shown
        return traceback.format_exc()
    told = logs.tally()
    (source,) = logs.sources.to_pylist()
    lines = data.count(b"\n") + (data[-1:] not in (b"", b"\n"))
    known = source["encoding"] == "utf-8" and not source["error"]
    if not told.holds or (known and source["lines"] != lines):
        return f"lines {lines}, counted {source}"
    return None


def smallest(lines, name):
    """As few of the lines as still show the fault."""
    while len(lines) > 1:
        half = len(lines) // 2
        part = next(
            (p for p in (lines[:half], lines[half:]) if fault_of(b"\n".join(p), name)), None
        )
        if part is None:
            return lines
        lines = part
    return lines


def damaged(one, examples, seed):
    """How many damaged records were read, and the faults that they showed."""
    dice, faults = random.Random(f"{seed} {one.name}"), []
    name = f"a.{one.shape}" if one.shape in ("csv", "xml") else "a.log"
    for _ in range(-(-examples // A_FILE)):
        lines = [example(one, dice) for _ in range(A_FILE)]
        if one.shape in ("csv", "w3c"):  # a sheet keeps its heading
            lines.insert(0, one.samples[0].line.split("\n")[0].encode())
        if fault := fault_of(b"\n".join(lines), name):
            faults.append(f"{fault}\n{smallest(lines, name)!r}")
    return examples, faults


def drawn_out(line, length, dice):
    """The line with one stretch of letters, digits or signs repeated up to a length."""
    start = dice.randrange(len(line))
    piece = line[start : start + dice.choice((1, 1, 2, 5, 17))]
    return line[:start] + piece * (length // max(1, len(piece))) + line[start:]


def super_linear(one, seed, tries=6):
    """Drawn-out records whose time grows faster than their bytes."""
    slow = []
    for number in range(tries):
        cost = []
        for length in (SHORT, LONG):
            dice = random.Random(f"{seed} {one.name} {number}")
            line = drawn_out(dice.choice(one.samples).line.encode(), length, dice)
            cost.append(min(read(line + b"\n", "a.log")[1] for _ in range(2)))
        if cost[1] > max(LEAST_S, MOST_GROWTH * cost[0] * LONG / SHORT):
            slow.append(f"{one.name}, try {number}: {cost[0]:.3f} s, then {cost[1]:.3f} s")
    return slow


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=10_000, help="damaged records a format")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--formats", default="", help="some of them, parted by commas")
    asked = asked.parse_args()
    chosen = [o for o in load_registry().formats if o.samples]
    if asked.formats:
        chosen = [one for one in chosen if one.name in asked.formats.split(",")]
    told = dict.fromkeys(("formats", "records", "faults", "super_linear"), 0)
    for one in chosen:
        records, faults = damaged(one, asked.examples, asked.seed)
        slow = super_linear(one, asked.seed)
        told["formats"] += 1
        told["records"] += records
        told["faults"] += len(faults)
        told["super_linear"] += len(slow)
        sys.stderr.write("".join(f"{one.name}: {each}\n" for each in (*faults, *slow)))
        sys.stderr.flush()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(bool(told["faults"] or told["super_linear"]))


if __name__ == "__main__":
    main()
