"""Cases measured by the same rule: each in a process of its own, in turns, the best of several.

A script that measures names its cases; each runs as `python SCRIPT --case NAME …` and prints one
JSON object. Wall-clock time is that of the work alone, without start and imports; peak memory is
what the work added to the process after a first small run had loaded everything.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

Told = dict[str, Any]

HERE: Final = Path(__file__).resolve().parent
_PACKAGES: Final = ("authlogs", "pyarrow", "duckdb", "polars", "orjson", "msgspec", "numpy")
_STATUS: Final = Path("/proc/self/status")


def measured(work: Callable[[], Told], *, warm: Callable[[], object] = lambda: None) -> Told:
    """What `work` says of itself, its seconds of wall-clock and CPU, and the memory it added."""
    warm()
    _forget_peak()
    base, wall, cpu = _memory("VmRSS"), time.perf_counter(), _cpu()
    told = work()
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = max(_memory("VmHWM") - base, child)
    return told | {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3), "peak_mib": round(peak / 1024)}


def in_turns(script: Path, cases: Mapping[str, Sequence[str]], repeat: int) -> dict[str, Told]:
    """Run every case once, then all again: noise of the machine falls on all of them alike."""
    runs: dict[str, list[Told]] = {name: [] for name in cases}
    for _ in range(repeat):
        for name, arguments in cases.items():
            runs[name].append(alone(script, "--case", *arguments))
    return {name: _best(told) for name, told in runs.items()}


def alone(script: Path, *arguments: str) -> Told:
    """What a process of its own prints; its errors are shown, and what failed is told."""
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        return {"failed": done.returncode}
    told: Told = json.loads(done.stdout)
    return told


def _best(runs: list[Told]) -> Told:
    """The run with the least wall-clock time, and the times of all."""
    done = [run for run in runs if "wall_s" in run]
    if not done:
        return runs[0]
    best = min(done, key=lambda run: run["wall_s"])
    cpu = min(run["cpu_s"] for run in done)
    return best | {"cpu_s": cpu, "wall_s_of_all": [run["wall_s"] for run in done]}


def rates(told: Told, lines: int) -> Told:
    """The case with its lines a second."""
    if "wall_s" not in told:
        return told
    wall, cpu = max(told["wall_s"], 1e-3), max(told["cpu_s"], 1e-3)
    return told | {"lines_per_s": round(lines / wall), "lines_per_cpu_s": round(lines / cpu)}


def ratio(ours: Told | None, theirs: Told | None, name: str = "wall_s") -> float | None:
    """How many times faster ours is than theirs."""
    if not ours or not theirs or not ours.get(name) or not theirs.get(name):
        return None
    return round(theirs[name] / ours[name], 2)


def one_core() -> None:
    """Keep this process, and every thread it will start, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def machine() -> Told:
    """What the figures were measured on and with; figures of two machines do not compare."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: found for name in _PACKAGES if (found := installed(name))},
        "lnav": _said("lnav", "-V"),
        "goaccess": _said("goaccess", "--version"),
    }


def installed(name: str) -> str | None:
    """The version of a package, if it is there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _said(*command: str) -> str | None:
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    return done.stdout.partition("\n")[0].strip(" .") or None


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def _cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _forget_peak() -> None:
    """Let the highest mark of memory begin anew (Linux): imports have their own peak."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _memory(name: str) -> int:
    """KiB in use now (VmRSS) or at most (VmHWM); elsewhere than on Linux the most there was."""
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
