"""How fast logs become events, beside those who do the same work and those who do less.

    python benchmarks/parse.py [--lines 100000] [--repeat 2] [--only nginx,json] [--goaccess]

prints one JSON object. For each kind of log: `al.read` into memory on all cores and on one, and
`authlogs parse --out STORE`; for nginx and JSON the peers too. Peers that are not installed are
null (`pip install 'authlogs[bench]'`, `apt-get install lnav goaccess`).
"""

import argparse
import gc
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import log_viewers
import raw_engines
from library import few, parse, read
from measuring import (
    HERE,
    Told,
    alone,
    in_turns,
    installed,
    machine,
    measured,
    one_core,
    rates,
    ratio,
)

_KINDS: Final = (
    "nginx", "json", "sshd", "logfmt", "keycloak", "python_logging", "postgresql", "nginx_error",
    "java_traces", "python_traces", "mixed",
)  # fmt: skip


def to_store(path: Path) -> Told:
    """Into a store that is thrown away."""
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        return parse(path, Path(place, "store"))


def hand_written(path: Path, kind: str) -> Told:
    """The equal work in plain Python; an expert lets no garbage collector run in a batch."""
    from python_json import read_json
    from python_nginx import read_nginx

    gc.disable()
    events, rejects = {"nginx": read_nginx, "json": read_json}[kind](path)
    return {"rows": len(events), "rejected": len(rejects)}


CASES: Final[dict[str, Callable[[Path], Told]]] = {
    "authlogs": read,
    "authlogs_one_core": read,
    "authlogs_to_store": to_store,
    "python_re": partial(hand_written, kind="nginx"),
    "python_orjson": partial(hand_written, kind="json"),
    "polars_raw": raw_engines.polars_text,
    "duckdb_raw": raw_engines.duckdb_json,
    "lnav_index": log_viewers.lnav_index,
    "lnav_query": log_viewers.lnav_query,
    "goaccess": log_viewers.goaccess,
}
_OURS: Final = ("authlogs", "authlogs_one_core", "authlogs_to_store")
PEERS: Final = {
    "nginx": ("python_re", "polars_raw", "lnav_index", "lnav_query", "goaccess"),
    "json": ("python_orjson", "duckdb_raw"),
}
_NEEDS: Final = {"python_orjson": "orjson", "polars_raw": "polars", "duckdb_raw": "duckdb"}
_VIEWERS: Final = ("lnav", "goaccess")


def compare(kind: str, place: Path, lines: int, repeat: int, *, slow: bool) -> Told:
    """All cases of one kind of log, in turns, and how many times faster authlogs is."""
    path = place / (kind if kind == "mixed" else f"{kind}.log")
    made = alone(HERE / "made_logs.py", kind, str(path), "--lines", str(lines))
    wanted = [*_OURS, *PEERS.get(kind, ())]
    notes = {name: why for name in wanted if (why := _missing(name, slow=slow))}
    cases = {name: (name, "--path", str(path)) for name in wanted if name not in notes}
    told = in_turns(Path(__file__), cases, repeat)
    told = {name: rates(told[name], made["lines"]) if name in told else None for name in wanted}
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    peers = PEERS.get(kind, ())
    ours = told["authlogs"]
    return made | {
        "records_per_s": round(made["records"] / ours["wall_s"]) if "wall_s" in ours else None,
        "cases": told,
        "not_measured": notes,
        "times_faster_than": {name: ratio(ours, told[name]) for name in peers},
        "times_less_cpu_than": {name: ratio(ours, told[name], "cpu_s") for name in peers},
    }


def _missing(name: str, *, slow: bool) -> str | None:
    """Why a case cannot be measured here."""
    program = name.partition("_")[0]
    if name == "goaccess" and not slow:
        return "takes minutes: ask with --goaccess"
    if program in _VIEWERS:
        return None if shutil.which(program) else f"apt-get install {program}"
    package = _NEEDS.get(name)
    return None if package is None or installed(package) else f"pip install {package}"


def run(case: str, path: Path) -> Told:
    """One case in this process; a first small run loads what is loaded late."""
    if case.endswith("one_core"):
        one_core()
    work = CASES[case]
    if case.startswith(_VIEWERS):
        return measured(lambda: work(path))
    with tempfile.TemporaryDirectory() as place:
        return measured(lambda: work(path), warm=lambda: work(few(path, Path(place))))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--repeat", type=int, default=2)
    options.add_argument("--only", default=",".join(_KINDS), help="kinds, with commas between")
    options.add_argument("--goaccess", action="store_true", help="measure it too; it takes minutes")
    options.add_argument("--place", help="folder for the made logs, if not the usual one")
    options.add_argument("--case", help=argparse.SUPPRESS)
    options.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case:
        print(json.dumps(run(asked.case, asked.path)))
        return
    with tempfile.TemporaryDirectory(dir=asked.place) as place:
        kinds = {
            kind: compare(kind, Path(place), asked.lines, asked.repeat, slow=asked.goaccess)
            for kind in asked.only.split(",")
        }
    print(json.dumps({"benchmark": "parse", "machine": machine(), "kinds": kinds}, indent=1))


if __name__ == "__main__":
    main()
