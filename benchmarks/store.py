"""A store of millions of events: how long it takes to write, open and roll up, and its size.

    python benchmarks/store.py [--events 1000000] [--repeat 3]

prints one JSON object. The events are made as Arrow tables and saved with `Logs.save`; the roll-up
is that by minute, service, version, outcome and reason. Peers put the same question to the same
Parquet files. Logs on their way into a store are measured by parse.py and growth.py.
"""

import argparse
import inspect
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from library import mebibytes
from measuring import Told, alone, in_turns, installed, machine, measured, ratio

_BY: Final = ("service", "service_version", "outcome", "reason")
_WARM: Final = 1_000


def save(events: int, store: Path) -> Told:
    """Make events, then measure their way to disk."""
    import pyarrow.dataset as ds
    from made_events import make_tables

    import authlogs as al

    tables = make_tables(events)
    logs = al.Logs(dataset=ds.dataset(tables.pop("events")), **tables, key=b"0" * 32)
    told = measured(lambda: logs.save(store) or {})
    size = mebibytes(store)
    return told | {"store_mib": size, "bytes_per_event": round(size * 2**20 / events, 1)}


def load(store: Path) -> Told:
    """Open a store, to the point where its tallies are known."""
    import authlogs as al

    return {"lines": al.load(store).tally().total.lines}


def count(store: Path) -> Told:
    """Events a group; with distinct people where the library does not count without them."""
    import authlogs as al

    can = "people" in inspect.signature(al.rollup).parameters
    told = al.rollup(al.load(store), "1m", by=_BY, **({"people": False} if can else {}))
    return {"groups": told.num_rows, "people_too": "people" in told.column_names}


def count_people(store: Path) -> Told:
    """Events and exact distinct people a group."""
    import authlogs as al

    told = al.rollup(al.load(store), "1m", by=_BY)
    return {"groups": told.num_rows, "people_too": "people" in told.column_names}


def duckdb_count(store: Path, people: str = "") -> Told:
    """The same question in SQL, to the files."""
    import duckdb

    files = ", ".join(f"'{file}'" for file in _files(store))
    query = (
        f"SELECT time_bucket(INTERVAL 1 MINUTE, time), {', '.join(_BY)}, count(*) AS events{people}"
        f" FROM read_parquet([{files}]) GROUP BY ALL ORDER BY ALL"
    )
    with duckdb.connect() as connection:
        return {"groups": connection.sql(query).to_arrow_table().num_rows}


def duckdb_people(store: Path) -> Told:
    return duckdb_count(store, ', count(DISTINCT "user") AS people')


def polars_count(store: Path, *, people: bool = False) -> Told:
    """The same question in a stream of polars."""
    import polars as pl

    minute = pl.col("time").dt.truncate("1m")
    counts = [pl.len(), *([pl.col("user").n_unique().alias("people")] if people else [])]
    asked = pl.scan_parquet(_files(store)).group_by(minute, *_BY).agg(counts).sort("time", *_BY)
    return {"groups": asked.collect(engine="streaming").height}


def polars_people(store: Path) -> Told:
    return polars_count(store, people=True)


CASES: Final[dict[str, Callable[[Path], Told]]] = {
    "load": load,
    "rollup": count,
    "rollup_with_people": count_people,
    "duckdb_raw": duckdb_count,
    "duckdb_raw_with_people": duckdb_people,
    "polars_raw": polars_count,
    "polars_raw_with_people": polars_people,
}


def compare(events: int, repeat: int, place: Path) -> Told:
    """Write two stores, then ask the large one; the small one is for warming up."""
    script, store = Path(__file__), place / "store"
    alone(script, "--case", "save", "--events", str(_WARM), "--store", str(place / "few"))
    saved = alone(script, "--case", "save", "--events", str(events), "--store", str(store))
    there = [name for name in CASES if installed("polars") or not name.startswith("polars")]
    told = in_turns(script, {name: (name, "--store", str(store)) for name in there}, repeat)
    ours = {"": told["rollup"], "_with_people": told["rollup_with_people"]}
    return {
        "events": events,
        "save": saved,
        **{name: told.get(name) for name in CASES},
        "times_faster_than": {
            f"{peer}{kind}": ratio(ours[kind], told.get(f"{peer}{kind}"))
            for peer in ("duckdb_raw", "polars_raw")
            for kind in ours
        },
    }


def _files(store: Path) -> list[str]:
    """The Parquet files that hold the store's events."""
    import authlogs as al

    return [str(Path(file)) for file in al.load(store).dataset.files]


def run(case: str, events: int, store: Path) -> Told:
    """One case in this process."""
    if case == "save":
        return save(events, store)
    return measured(lambda: CASES[case](store), warm=lambda: CASES[case](store.parent / "few"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--place", help="folder for the stores, if not the usual one")
    options.add_argument("--case", help=argparse.SUPPRESS)
    options.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case:
        print(json.dumps(run(asked.case, asked.events, asked.store)))
        return
    with tempfile.TemporaryDirectory(dir=asked.place) as place:
        told = compare(asked.events, asked.repeat, Path(place))
    print(json.dumps({"benchmark": "store", "machine": machine()} | told, indent=1))


if __name__ == "__main__":
    main()
