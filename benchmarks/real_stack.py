"""Incidents from real software on loopback: make their logs, or score what authlogs says of them.

    python benchmarks/real_stack.py --make [NAME …] --out DIR [--seconds 900] [--together 7]
    python benchmarks/real_stack.py --score [NAME …] [--logs DIR]

prints one JSON object. Making needs nginx, libfaketime and benchmarks/stack/requirements.txt.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from stack import scoring

HERE = Path(__file__).parent
KEPT = HERE / "real_stack_logs"
FIRST_PORT = 21000


def stories() -> list[str]:
    """The names of all stories; to score the logs, none of what plays them is needed."""
    import stack.incidents  # noqa: F401  (registers them)
    from stack.plan import PLANS

    return list(PLANS)


def made_alone(name: str, out: Path, seconds: float, pace: float) -> dict[str, Any]:
    """Play one story in this process and pack its logs into `out`."""
    from stack.packing import pack
    from stack.performance import play

    number = stories().index(name)
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        place = Path(folder) / "run"
        place.mkdir()
        Path(folder).chmod(0o755)
        told = play(
            name, place, port=FIRST_PORT + 40 * number, seconds=seconds, seed=number, pace=pace
        )
        pack(place, out, name)
    return told


def made_together(
    names: list[str], out: Path, seconds: float, pace: float, together: int
) -> list[str]:
    """Play several stories at once, each in a process of its own; return those that failed."""
    waiting, failed = list(names), list[str]()
    running: dict[str, subprocess.Popen[bytes]] = {}
    while waiting or running:
        while waiting and len(running) < together:
            name = waiting.pop(0)
            command = [sys.executable, __file__, "--make", name, "--alone", "--out", str(out)]
            running[name] = subprocess.Popen(
                [*command, "--seconds", str(seconds), "--pace", str(pace)]
            )
            time.sleep(15)  # starting ten processes is the heaviest part
        time.sleep(1)
        ended = [name for name, child in running.items() if child.poll() is not None]
        failed += [name for name in ended if running.pop(name).returncode]
    return failed


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="all, unless some are named")
    what = options.add_mutually_exclusive_group(required=True)
    what.add_argument("--make", action="store_true")
    what.add_argument("--score", action="store_true")
    options.add_argument("--out", type=Path, default=KEPT)
    options.add_argument("--logs", type=Path, default=KEPT)
    options.add_argument("--seconds", type=float, default=900)
    options.add_argument("--pace", type=float, default=1, help="below 1 the story comes sooner")
    options.add_argument("--together", type=int, default=7)
    options.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    if asked.score:
        print(json.dumps(scoring.scored(asked.logs, asked.names), indent=1))
        return
    names = asked.names or stories()
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.alone:
        print(json.dumps(made_alone(names[0], asked.out, asked.seconds, asked.pace)))
        return
    failed = made_together(names, asked.out, asked.seconds, asked.pace, asked.together)
    print(json.dumps({"made": [n for n in names if n not in failed], "failed": failed}))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
