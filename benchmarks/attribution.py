"""How often is the blame right? Simulated incidents through the real command line, scored.

    python benchmarks/attribution.py --seeds 1000:1025 [--kinds bad-token,canary] [--lines 200000]

prints one JSON object. `--cases FILE` keeps one line a case; cases that stand in it are not run
again, so that a run can be taken up, and scored anew, at any time. `--keep DIR` keeps each case's
logs and store: the next run with it repeats the investigation alone.
"""

import argparse
import json
import sys
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from attribution_case import run_case
from attribution_score import scored, show
from measuring import Told, machine

from authlogs.simulation.folder import SCENARIOS


def main() -> None:
    asked = _asked()
    first, last = (int(n) for n in asked.seeds.split(":"))
    kinds = (
        asked.kinds.split(",") if asked.kinds else [k for k in SCENARIOS if k != "login-lockout"]
    )
    wanted = [(kind, seed) for seed in range(first, last) for kind in kinds]
    done = _kept(asked.cases)
    todo = [pair for pair in wanted if pair not in done]
    context = get_context("spawn")  # polars does not survive a fork
    with ProcessPoolExecutor(asked.workers, mp_context=context) as pool:
        running = {pool.submit(run_case, *pair, asked.lines, asked.keep): pair for pair in todo}
        for finished in as_completed(running):
            done[running[finished]] = _told(finished, running[finished], asked)
    cases = [done[pair] for pair in wanted if "truth" in done[pair]]
    if asked.show:
        for case in cases:
            print(*show(case))
    head = {"benchmark": "attribution", "machine": machine(), "seeds": asked.seeds}
    lost = [[*pair, done[pair]["failed"]] for pair in wanted if "failed" in done[pair]]
    print(json.dumps(head | {"failed": lost} | scored(cases), indent=1))


def _told(finished: Future[Told], pair: tuple[str, int], asked: argparse.Namespace) -> Told:
    try:
        case = finished.result()
    except Exception as error:  # noqa: BLE001 - a case that fails is a result, and is counted
        case = {"kind": pair[0], "seed": pair[1], "failed": repr(error)}
    if asked.cases:
        with asked.cases.open("a") as kept:
            kept.write(json.dumps(case) + "\n")
    print(f"{case['kind']} {case['seed']} {case.get('seconds')}", file=sys.stderr)
    return case


def _kept(file: Path | None) -> dict[tuple[str, int], Told]:
    if file is None or not file.exists():
        return {}
    cases = [json.loads(line) for line in file.read_text().splitlines()]
    return {(case["kind"], case["seed"]): case for case in cases}


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kinds", default="")
    options.add_argument("--seeds", default="1000:1025", help="first:last; below 1000 for fitting")
    options.add_argument("--lines", type=int, default=200_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--cases", type=Path)
    options.add_argument("--keep", type=Path, help="keep each case's logs and store in this folder")
    options.add_argument("--show", action="store_true")
    return options.parse_args()


if __name__ == "__main__":
    main()
