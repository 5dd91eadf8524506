"""What the benchmarks ask of authlogs itself, through its public names alone."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

Told = dict[str, Any]

_FEW: Final = 200


def read(path: Path) -> Told:
    """Into memory; whether every line is accounted for is told with it."""
    import authlogs as al

    total = al.read(path, tz="UTC", year=2024).tally().total
    return {"rows": total.events, "rejected": total.rejected, "exact": total.holds}


def parse(path: Path, store: Path) -> Told:
    """`authlogs parse PATH --out STORE`."""
    from authlogs.cli import main

    command = ["parse", str(path), "--tz", "UTC", "--year", "2024", "--out", str(store)]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main(command)
    if code:
        raise SystemExit(said.getvalue())
    return {"store_mib": mebibytes(store)}


def mebibytes(folder: Path) -> float:
    """What the files of a folder take."""
    return round(
        sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20, 1
    )


def few(path: Path, place: Path) -> Path:
    """The first lines of a file, or of one file of a folder: a small run that loads everything."""
    file = path if path.is_file() else min(path.glob("*.log"))
    some = place / file.name
    with file.open("rb") as opened:
        some.write_bytes(b"".join(line for line, _ in zip(opened, range(_FEW), strict=False)))
    return some
