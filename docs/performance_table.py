"""Write the figures of docs/performance.md: `python docs/performance_table.py out/bench/*.json`.

Each file is what one script of benchmarks/ printed; a script that was not run leaves no table.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from generated import filled, table

Told = dict[str, Any]

_PAGE: Final = Path(__file__).resolve().parent / "performance.md"


def machine(told: Told) -> str:
    """One sentence: what it was measured on and with."""
    packages = ", ".join(f"{name} {version}" for name, version in told["packages"].items())
    viewers = ", ".join(told[name] for name in ("lnav", "goaccess") if told[name])
    where = f"{told['cores']} cores ({told['processor']}), {told['system']}"
    return f"{where}; Python {told['python']}, {packages}{', ' if viewers else ''}{viewers}."


def parse(told: Told) -> str:
    """Kinds of logs, each with its cases, and how many times faster authlogs is than the peers."""
    rows = []
    for kind, one in told["kinds"].items():
        for name, case in one["cases"].items():
            if case is None or "wall_s" not in case:
                continue
            faster = one["times_faster_than"].get(name)
            rows.append([
                kind, f"{one['lines']:,}", f"`{name}`", f"{case['wall_s']:.2f}",
                f"{case['cpu_s']:.2f}", f"{case['lines_per_s']:,}",
                f"{one['records'] / case['wall_s']:,.0f}", f"{case['peak_mib']:,}",
                "" if faster is None else f"{faster:.2f}",
            ])  # fmt: skip
    heads = [
        "log",
        "lines",
        "case",
        "s",
        "CPU s",
        "lines/s",
        "records/s",
        "peak MiB",
        "authlogs: times",
    ]
    return table(heads, rows)


def store(told: Told) -> str:
    """What is done with a store of so many events."""
    rows = [
        [f"`{name}`", f"{case['wall_s']:.3f}", f"{case['cpu_s']:.3f}", f"{case['peak_mib']:,}"]
        for name, case in told.items()
        if isinstance(case, dict) and "wall_s" in case
    ]
    size = f"{told['save']['store_mib']:,} MiB, {told['save']['bytes_per_event']} bytes an event"
    figures = table(["case", "s", "CPU s", "peak MiB"], rows)
    return f"{told['events']:,} events: {size}.\n\n{figures}"


def growth(told: Told) -> str:
    """Seconds and peak memory at each size, and the exponents."""
    steps = list(told["exponents"])
    rows = [
        [
            f"{size['lines']:,}",
            f"{size['bytes'] / 2**30:.2f}",
            *(_cell(size[step]) for step in steps),
        ]
        for size in told["sizes"]
    ]
    for name, words in (("exponents", "exponent"), ("cpu_exponents", "exponent of CPU s")):
        rows.append([words, "", *(str(told[name][step]) for step in steps)])
    return table(["lines", "GiB", *(f"{step}: s, peak MiB" for step in steps)], rows)


def _cell(case: Told | None) -> str:
    if case is None or "wall_s" not in case:
        return ""
    return f"{case['wall_s']:.2f}, {case['peak_mib']:,}"


def investigate(told: Told) -> str:
    """A folder to a verdict, stage by stage."""
    names = ("read_s", "pseudonymise_s", "investigate_s", "lines_per_s", "peak_mib")
    return table(["folder", "lines", *names], [
        [f"`{told['folder']}`", f"{told['lines']:,}", *(str(told[name]) for name in names)]
    ])  # fmt: skip


TABLES: Final[dict[str, Callable[[Told], str]]] = {
    "parse": parse,
    "store": store,
    "growth": growth,
    "investigate": investigate,
}


def page(files: list[Path]) -> str:
    """The part of the page that the figures make."""
    told = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    by_name = {one["benchmark"]: one for one in told}
    parts = [f"### {name}\n{TABLES[name](by_name[name])}" for name in TABLES if name in by_name]
    return "\n\n".join([machine(told[0]["machine"]), *parts])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    figures = page([Path(name) for name in sys.argv[1:]])
    text = filled(_PAGE.read_text(encoding="utf-8"), {"performance": lambda: figures})
    _PAGE.write_text(text, encoding="utf-8")
