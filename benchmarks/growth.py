"""How time and memory grow with the input: read, store and roll-up at a series of sizes.

    python benchmarks/growth.py [--sizes 20000,40000,80000,160000] [--kind nginx]

prints one JSON object: the seconds of each step at each size, the exponent of their growth (the
slope of log time on log size, 1 where twice the lines take twice the time), and the peak memory of
`authlogs parse --out STORE`. Whatever would not fit into memory is null.
"""

import argparse
import json
import shutil
import tempfile
from math import log
from pathlib import Path
from statistics import linear_regression
from typing import Final

from library import few, parse, read
from measuring import HERE, Told, alone, in_turns, machine, measured, rates

_STEPS: Final = ("store", "rollup", "read")
_FREE: Final = 0.6
"""The share of the free memory that `read` may be expected to take."""


def one_size(kind: str, lines: int, place: Path, *, repeat: int, before: Told | None) -> Told:
    """Every step at one size; `read` only where the size before says that it will fit."""
    path, out = place / f"{kind}.log", place / "store"
    made = alone(HERE / "made_logs.py", kind, str(path), "--lines", str(lines))
    steps = [name for name in _STEPS if name != "read" or _fits(before, lines)]
    cases = {name: (name, "--path", str(path), "--out", str(out)) for name in steps}
    told = in_turns(Path(__file__), cases, repeat)
    path.unlink()
    shutil.rmtree(out, ignore_errors=True)
    return made | {
        name: rates(told[name], made["lines"]) if name in told else None for name in _STEPS
    }


def _fits(before: Told | None, lines: int) -> bool:
    if before is None:
        return True
    if not before["read"] or "peak_mib" not in before["read"]:
        return False
    wanted = before["read"]["peak_mib"] * lines / before["lines"]
    return wanted < _FREE * _free_mib()


def _free_mib() -> float:
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return float("inf")
    return next(int(line.split()[1]) for line in told.splitlines() if "Available" in line) / 1024


def exponent(sizes: list[Told], step: str, clock: str) -> float | None:
    """The least-squares slope of log seconds on log lines."""
    points = [(one["lines"], one[step][clock]) for one in sizes if clock in (one[step] or {})]
    if len(points) < 2:
        return None
    logs = [(log(lines), log(max(seconds, 1e-3))) for lines, seconds in points]
    return round(linear_regression(*zip(*logs, strict=True)).slope, 3)


def run(case: str, path: Path, out: Path) -> Told:
    """One step in this process; the roll-up asks the store that the step before it has written."""
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        some, small = few(path, Path(place)), Path(place, "few")
        if case == "read":
            return measured(lambda: read(path), warm=lambda: read(some))
        if case == "rollup":
            parse(some, small)
            return measured(lambda: _rolled(out), warm=lambda: _rolled(small))
        shutil.rmtree(out, ignore_errors=True)
        return measured(lambda: parse(path, out), warm=lambda: parse(some, small))


def _rolled(store: Path) -> Told:
    import authlogs as al

    return {"groups": al.rollup(al.load(store), "1m").num_rows}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="20000,40000,80000,160000", help="lines, ascending")
    options.add_argument("--kind", default="nginx")
    options.add_argument("--repeat", type=int, default=1)
    options.add_argument("--place", help="folder for the made logs, if not the usual one")
    options.add_argument("--case", help=argparse.SUPPRESS)
    options.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case:
        print(json.dumps(run(asked.case, asked.path, asked.out)))
        return
    sizes: list[Told] = []
    with tempfile.TemporaryDirectory(dir=asked.place) as place:
        for lines in map(int, asked.sizes.split(",")):
            before = sizes[-1] if sizes else None
            told = one_size(asked.kind, lines, Path(place), repeat=asked.repeat, before=before)
            sizes.append(told)
    told = {
        "benchmark": "growth",
        "machine": machine(),
        "kind": asked.kind,
        "exponents": {step: exponent(sizes, step, "wall_s") for step in _STEPS},
        "cpu_exponents": {step: exponent(sizes, step, "cpu_s") for step in _STEPS},
        "sizes": sizes,
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
