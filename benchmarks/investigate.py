"""Seconds, lines a second and peak memory of the whole path, as JSON.

`python benchmarks/investigate.py [FOLDER] [--repeat 3] [--tz ZONE] [--year YEAR]`; the sample
incident is the default. Times are the fastest of the repeats; the machine is named, since figures
of two machines do not compare.
"""

import argparse
import json
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import authlogs as al

SAMPLE = Path(__file__).resolve().parent.parent / "sample_logs" / "login-lockout"


def fastest(repeat: int, run: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds that `run` took, and what it returned."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def measure(folder: Path, *, tz: str, year: int, repeat: int) -> dict[str, Any]:
    """Read, pseudonymise and investigate `folder`; seconds a stage and lines a second."""
    read_s, logs = fastest(repeat, lambda: al.read(folder, tz=tz, year=year))
    mask_s, masked = fastest(repeat, lambda: al.pseudonymise(logs))
    find_s, found = fastest(repeat, lambda: al.investigate(masked))
    lines = found.accounting["lines"]
    return {
        "benchmark": "investigate",
        "folder": folder.name,
        "lines": lines,
        "incidents": len(found.incidents),
        "read_s": round(read_s, 3),
        "pseudonymise_s": round(mask_s, 3),
        "investigate_s": round(find_s, 3),
        "lines_per_s": round(lines / (read_s + mask_s + find_s)),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """Print one JSON document."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", type=Path, default=SAMPLE)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--tz", default="America/Bogota")
    options.add_argument("--year", type=int, default=2024)
    asked = options.parse_args()
    told = measure(asked.folder, tz=asked.tz, year=asked.year, repeat=asked.repeat)
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
