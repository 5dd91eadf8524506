"""lnav and goaccess on the same access log (`apt-get install lnav goaccess`)."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

Told = dict[str, Any]

_QUERY: Final = ";SELECT count(*) FROM access_log WHERE sc_status = 401"


def lnav_index(path: Path) -> Told:
    """Recognise, index, and answer a query that looks at no line."""
    return _lnav(path, ";SELECT 1")


def lnav_query(path: Path) -> Told:
    """Index, then read one field of every line."""
    return _lnav(path, _QUERY)


def _lnav(path: Path, query: str) -> Told:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            ["lnav", "-n", "-c", query, str(path)],
            capture_output=True, check=True, text=True, env=os.environ | {"HOME": home},
        )  # fmt: skip
    return {"answer": int(done.stdout.split()[-1])}


def goaccess(path: Path) -> Told:
    """Parse every line and write its report as JSON."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place, "report.json")
        command = ["goaccess", str(path), "--log-format=COMBINED", "--no-progress", "-o", str(out)]
        subprocess.run(command, capture_output=True, check=True)
        return {"bytes": out.stat().st_size}
