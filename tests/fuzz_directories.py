"""Random folders of broken logs, read one after the other; prints what was counted as JSON.

python tests/fuzz_directories.py --directories 1000 --seed 1
"""

import argparse
import bz2
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
import tempfile
import traceback
import zipfile
from pathlib import Path

import pyarrow as pa

import authlogs as al
from authlogs.errors import NothingToRead
from authlogs.parse.registry import load_registry

SAMPLES = [s.line.encode() for one in load_registry().formats for s in one.samples]
SPECIAL = b" \"'\\[](){}=:;,.-/0aZ\xc3\xa9\x00\r\n\xff"
TRACE = b"\tat com.acme.Login.step(Login.java:41)"
ENDINGS = (".log", ".json", ".csv", ".txt", ".md", "")


def mutated(line, dice):
    """A line as it stands, cut short, or with a few bytes changed."""
    if dice.random() < 0.4:
        return line
    told = bytearray(line[: dice.randrange(len(line) + 1)] if dice.random() < 0.3 else line)
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(told) + 1)
        end = at + dice.randrange(3)
        told[at:end] = bytes([dice.choice(SPECIAL)]) * dice.randrange(3)
    return bytes(told)


def content(dice):
    """Lines of one format or of all, with noise among them."""
    if dice.random() < 0.08:
        return dice.randbytes(dice.randrange(3000))
    own = dice.sample(SAMPLES, dice.choice((1, 3, len(SAMPLES))))
    end = dice.choice((b"\n", b"\n", b"\n", b"\r\n", b"\n\n", b"\r"))
    lines = [mutated(dice.choice(own), dice) for _ in range(dice.randrange(60))]
    for _ in range(dice.randrange(4)):
        noise = dice.choice((b"\0" * 40, dice.randbytes(50), b"long " * 60_000, b"", TRACE))
        lines.insert(dice.randrange(len(lines) + 1), noise)
    marked = dice.choice((b"", b"", b"", b"\xef\xbb\xbf"))
    return marked + end.join(lines) + dice.choice((b"", end))


def tarred(data, name):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def zipped(data, name):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


PACKERS = {
    ".gz": lambda data, _: gzip.compress(data),
    ".bz2": lambda data, _: bz2.compress(data),
    ".xz": lambda data, _: lzma.compress(data),
    ".zst": lambda data, _: pa.compress(data, "zstd", asbytes=True),
    ".zip": zipped,
    ".tar": tarred,
    ".tar.gz": lambda data, name: gzip.compress(tarred(data, name)),
}


def fill(folder, dice):
    """Writes some files; gives how many, and the content of those that are plain."""
    plain, count = {}, dice.randint(1, 6)
    for number in range(count):
        name, data = f"f{number}{dice.choice(ENDINGS)}", content(dice)
        if dice.random() < 0.5:
            (folder / name).write_bytes(data)
            plain[name] = data
            continue
        ending = dice.choice(list(PACKERS))
        packed = PACKERS[ending](data, name)
        cut = dice.randrange(len(packed) + 1) if dice.random() < 0.5 else len(packed)
        (folder / (name + ending)).write_bytes(packed[:cut])
    return count, plain


def broken(logs, plain):
    """The files whose accounts do not hold, or whose lines are not as many as they are."""
    tally = logs.tally()
    faults = [name for name, counts in tally.files.items() if not counts.holds]
    faults += [] if tally.holds or faults else ["total"]
    for row in logs.sources.to_pylist():
        data = plain.get(row["source_file"])
        if data is None or (row["error"] and not row["lines"]):  # binary: refused, and said
            continue
        own = data.removeprefix(b"\xef\xbb\xbf")
        if row["encoding"] == "utf-8":
            lines = own.count(b"\n") + (own[-1:] not in (b"", b"\n"))
            faults += [row["source_file"]] if row["lines"] != lines else []
    return faults


def say(words):
    sys.stderr.write(words + "\n")


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--directories", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked = asked.parse_args()
    told = dict.fromkeys(("directories", "files", "lines", "exceptions", "identity_broken"), 0)
    for number in range(asked.directories):
        dice = random.Random(f"{asked.seed} {number}")
        with tempfile.TemporaryDirectory() as place:
            count, plain = fill(Path(place), dice)
            told["directories"] += 1
            told["files"] += count
            try:
                logs = al.read(place, tz="America/Bogota", year=2024)
            except NothingToRead:
                continue
            except Exception:  # noqa: BLE001  # whatever it is, it is counted and shown
                told["exceptions"] += 1
                say(f"seed {asked.seed}, directory {number}\n{traceback.format_exc()}")
                continue
            told["lines"] += logs.tally().total.lines
            if faults := broken(logs, plain):
                told["identity_broken"] += 1
                say(f"seed {asked.seed}, directory {number}: {faults}")
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(bool(told["exceptions"] or told["identity_broken"]))


if __name__ == "__main__":
    main()
