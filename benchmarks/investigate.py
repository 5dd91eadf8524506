"""From a folder of logs to a verdict: seconds a stage, lines a second and peak memory.

    python benchmarks/investigate.py [FOLDER] [--repeat 3] [--tz ZONE] [--year YEAR]

prints one JSON object; the sample incident is the default.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import HERE, Told, machine, measured


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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    sample = HERE.parent / "sample_logs" / "login-lockout"
    options.add_argument("folder", nargs="?", type=Path, default=sample)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--tz", default="America/Bogota")
    options.add_argument("--year", type=int, default=2024)
    asked = options.parse_args()
    told = measured(lambda: stages(asked.folder, tz=asked.tz, year=asked.year, repeat=asked.repeat))
    head = {"benchmark": "investigate", "machine": machine(), "folder": asked.folder.name}
    print(json.dumps(head | told, indent=1))


if __name__ == "__main__":
    main()
