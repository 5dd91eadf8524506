"""From a folder of logs to a verdict: seconds a stage, lines a second and peak memory.

    python benchmarks/investigate.py [FOLDER] [--repeat 3] [--tz ZONE] [--year YEAR]
    python benchmarks/investigate.py --events 2000000 --changes 200

prints one JSON object; the sample incident is the default. With `--events`, a store of so many made
events is investigated, once, in a process of its own: what is measured begins after parsing.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import HERE, Told, alone, machine, measured


def fastest(repeat: int, run: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds that `run` took, and what it returned."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return round(min(times), 3), result


def stages(folder: Path, *, tz: str, year: int, repeat: int) -> Told:
    """Read, pseudonymise and investigate; the fastest of the repeats of each."""
    import authlogs as al

    read_s, logs = fastest(repeat, lambda: al.read(folder, tz=tz, year=year))
    mask_s, masked = fastest(repeat, lambda: al.pseudonymise(logs))
    find_s, found = fastest(repeat, lambda: al.investigate(masked))
    lines = found.accounting["lines"]
    return {
        "lines": lines,
        "incidents": len(found.incidents),
        "read_s": read_s,
        "pseudonymise_s": mask_s,
        "investigate_s": find_s,
        "lines_per_s": round(lines / (read_s + mask_s + find_s)),
    }


def make(store: Path, events: int, changes: int) -> Told:
    """Write a store with a busy day; in a process of its own, whose memory is no part of it."""
    import pyarrow.dataset as ds
    from busy_day import make_day

    import authlogs as al

    tables = make_day(events, changes=changes)
    al.Logs(dataset=ds.dataset(tables.pop("events")), **tables, key=b"0" * 32).save(store)
    return {}


def verdict(store: Path) -> Told:
    """Who is blamed for what happened on that day."""
    import authlogs as al

    found = al.investigate(al.load(store)).incidents
    first = found[0].suspects[0] if found and found[0].suspects else None
    told = {"blamed": first.change.id, "probability": round(first.probability, 3)} if first else {}
    return {"incidents": len(found)} | told


def busy_day(events: int, changes: int) -> Told:
    """Make a day and investigate it, each in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        few, store = Path(place, "few"), Path(place, "store")
        for path, size in ((few, 20_000), (store, events)):
            alone(Path(__file__), str(path), "--case", "make", "--events", str(size),
                  "--changes", str(changes))  # fmt: skip
        return {"events": events, "changes": changes} | alone(
            Path(__file__), str(store), "--case", "verdict"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    sample = HERE.parent / "sample_logs" / "login-lockout"
    options.add_argument("folder", nargs="?", type=Path, default=sample)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--tz", default="America/Bogota")
    options.add_argument("--year", type=int, default=2024)
    options.add_argument("--events", type=int, default=0)
    options.add_argument("--changes", type=int, default=200)
    options.add_argument("--case", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case == "make":
        print(json.dumps(make(asked.folder, asked.events, asked.changes)))
        return
    if asked.case == "verdict":
        few = asked.folder.with_name("few")
        print(json.dumps(measured(lambda: verdict(asked.folder), warm=lambda: verdict(few))))
        return
    if asked.events:
        head = {"benchmark": "investigate", "machine": machine()}
        print(json.dumps(head | busy_day(asked.events, asked.changes), indent=1))
        return
    told = measured(lambda: stages(asked.folder, tz=asked.tz, year=asked.year, repeat=asked.repeat))
    head = {"benchmark": "investigate", "machine": machine(), "folder": asked.folder.name}
    print(json.dumps(head | told, indent=1))


if __name__ == "__main__":
    main()
