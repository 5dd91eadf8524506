"""Questions to a store of millions of events: how long each takes, with ripgrep's time beside it.

    python benchmarks/search.py [--events 2000000] [--repeat 3] [--keep FOLDER]

prints one JSON object. The events are made as Arrow tables with a message each and saved with
`Logs.save`; the same events stand as lines in a text file, which ripgrep searches where it is
installed. What `--keep` left in a folder is asked again and not made anew. Each case runs in a
process of its own. `shell` is the time from the start of a process of `authlogs search STORE
--limit 10` to the end of its first line, with its bytecode there, as that of an installed package.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from library import mebibytes
from measuring import Told, alone, in_turns, machine, measured

_WARM: Final = 1_000
_NEEDLE: Final = "certificate chain of issuer 77"
_SHAPE: Final = r"issuer [0-9]*77 after 1[0-9]{2} ms"
_USER: Final = "user77"
_FROM: Final = datetime(2024, 5, 3, 12, tzinfo=UTC)
_SHOWN: Final = ("time", "service", "outcome", "reason", "user", "source_ip", "message")
TARGETS_S: Final = {"field": 0.3, "substring": 1.5, "regex": 2.0, "user": 1.0, "shell": 1.0}
"""What is wanted of 20 million events."""


def make(events: int, place: Path) -> Told:
    """Write the store, and the same events as lines."""
    import pyarrow.dataset as ds
    from made_events import make_tables

    import authlogs as al

    place.mkdir(parents=True, exist_ok=True)
    tables = make_tables(events)
    told = tables.pop("events")
    at = told.schema.get_field_index("message")
    told = told.set_column(at, told.schema.field(at), _messages(len(told)))
    al.Logs(dataset=ds.dataset(told), **tables, key=b"0" * 32).save(place / "store")
    _write_lines(told, place / "made.log")
    return {}


def sizes(place: Path) -> Told:
    """What the store and the lines take."""
    text = (place / "made.log").stat().st_size
    return {"store_mib": mebibytes(place / "store"), "text_mib": round(text / 2**20)}


def _messages(rows: int) -> "object":
    """Messages of a service that calls others: 200,000 different ones, one a row."""
    import numpy as np
    import pyarrow as pa

    dice = np.random.default_rng(2)
    kinds = ("upstream answered", "session refreshed for", "certificate chain of", "retrying with")
    drawn = zip(
        dice.integers(0, 4, 200_000).tolist(),
        dice.integers(0, 5_000, 200_000).tolist(),
        dice.integers(1, 900, 200_000).tolist(),
        strict=True,
    )
    texts = [f"{kinds[kind]} issuer {issuer} after {took} ms" for kind, issuer, took in drawn]
    return pa.chunked_array([pa.array(texts).take(pa.array(dice.integers(0, 200_000, rows)))])


def _write_lines(events: "object", file: Path) -> None:
    """The events as key=value lines."""
    from pyarrow import csv

    columns = events.select(list(_SHOWN))  # type: ignore[attr-defined]
    options = csv.WriteOptions(include_header=False, quoting_style="none", delimiter="\t")
    csv.write_csv(columns, file, options)


def field(store: Path) -> Told:
    """A field in ten minutes of the day."""
    import authlogs as al

    window = al.Window(_FROM, _FROM + timedelta(minutes=10))
    query = "outcome:failure AND service:gateway"
    return {"found": al.search(store, query, window=window, columns=_SHOWN).num_rows}


def substring(store: Path) -> Told:
    return _found(store, f'message:"{_NEEDLE}"')


def regex(store: Path) -> Told:
    return _found(store, f"message:/{_SHAPE}/")


def user(store: Path) -> Told:
    return _found(store, f"user.name:{_USER}")


def trail(store: Path) -> Told:
    """One user's way through all services, where the library has trails."""
    import authlogs as al

    return {"found": len(al.trail(al.load(store), user=_USER))}


def shell(store: Path) -> Told:
    """From the start of the command to its first line."""
    command = [sys.executable, "-m", "authlogs", "search", "outcome:failure", str(store)]
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(store.parents[1] / "pyc")}
    with subprocess.Popen(
        [*command, "--limit", "10"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | compiled,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
    return {"found": int(bool(line))}


def _found(store: Path, query: str) -> Told:
    import authlogs as al

    return {"found": al.search(store, query, columns=_SHOWN).num_rows}


CASES: Final[dict[str, Callable[[Path], Told]]] = {
    "field": field,
    "substring": substring,
    "regex": regex,
    "user": user,
    "trail": trail,
    "shell": shell,
}
PEERS: Final = {"substring": ("-iF", _NEEDLE), "regex": ("-i", _SHAPE), "user": ("-w", _USER)}
"""What ripgrep is asked of the lines, for the cases that it can answer."""


def ripgrep(case: str, text: Path) -> Told:
    """ripgrep's answer to the same question, of a file that was read once before."""
    option, pattern = PEERS[case]
    command = ["rg", "--count", option, "--", pattern, str(text)]

    def work() -> Told:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return {"found": int(done.stdout or 0)}

    subprocess.run(["cat", str(text)], stdout=subprocess.DEVNULL, check=True)
    return measured(work)


def compare(events: int, repeat: int, place: Path) -> Told:
    """Make a small store to warm up and a large one, then put each question in turns."""
    script = Path(__file__)
    for name, count in (("few", _WARM), ("many", events)):
        if not (place / name / "made.log").exists():
            alone(script, "--case", "make", "--events", str(count), "--place", str(place / name))
    import authlogs as al

    there = [name for name in CASES if name != "trail" or hasattr(al, "trail")]
    cases = {name: (name, "--place", str(place)) for name in there}
    told = in_turns(script, cases, repeat)
    if shutil.which("rg"):
        for name in PEERS:
            told[name]["ripgrep"] = ripgrep(name, place / "many" / "made.log")
    made = sizes(place / "many") | {"load": round(os.getloadavg()[0], 1)}
    return {"events": events, "made": made, "targets_s_of_20_million": TARGETS_S, **told}


def run(case: str, events: int, place: Path) -> Told:
    """One case in this process."""
    if case == "make":
        return make(events, place)
    work = CASES[case]
    return measured(
        lambda: work(place / "many" / "store"), warm=lambda: work(place / "few" / "store")
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--place", type=Path, help="folder for the stores, if not the usual one")
    options.add_argument("--keep", type=Path, help="folder in which the stores stay, or are")
    options.add_argument("--case", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case:
        print(json.dumps(run(asked.case, asked.events, asked.place)))
        return
    with tempfile.TemporaryDirectory(dir=asked.place) as passing:
        told = compare(asked.events, asked.repeat, asked.keep or Path(passing))
    print(json.dumps({"benchmark": "search", "machine": machine()} | told, indent=1))


if __name__ == "__main__":
    main()
