"""One simulated incident through the real command line, and what came of it, as one JSON object."""

import contextlib
import io
import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from measuring import Told

import authlogs as al
from authlogs.cli.entry import main as command_line
from authlogs.schema import MARKS

KEPT_SUSPECTS = 5
KEPT_THEORIES = 4
TRUTH = (
    "guilty_change_id", "cause", "cause_class", "onset", "ramp_s", "recovered", "users_affected",
    "failed_logins", "attempts_per_min", "versions_logged", "successes_logged", "tokens_logged",
    "change_records", "lines", "oracle",
)  # fmt: skip


def run_case(kind: str, seed: int, lines: int, keep: Path | None = None) -> Told:
    """Simulate, investigate by the command line, and keep what scoring needs.

    With `keep`, the logs and their store stay in `keep/kind-seed` and are used again if they stand
    there: what changed in the analysis is then measured on the very same logs.
    """
    if keep is None:
        with tempfile.TemporaryDirectory() as folder:
            return _run(kind, seed, lines, Path(folder))
    return _run(kind, seed, lines, keep / f"{kind}-{seed}")


def _run(kind: str, seed: int, lines: int, folder: Path) -> Told:
    logs, store, told = folder / "logs", folder / "store", folder / "logs.truth.json"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        al.simulate(kind, logs, seed=seed, lines=lines)
    truth = json.loads(told.read_text())
    began = time.perf_counter()
    parsed = 0
    if not store.exists():
        parsed, _ = _commanded("parse", str(logs), "--out", str(store), *_zone(truth))
    code, result = _commanded("investigate", str(store), "--json")
    took = time.perf_counter() - began
    case = {"kind": kind, "seed": seed, "exit": [parsed, code], "seconds": round(took, 2)}
    return case | {
        "truth": {name: truth[name] for name in TRUTH},
        "span_s": _span(result),
        "incidents": [_kept(incident) for incident in result["incidents"]],
        "records": _records(store),
        "minutes": _minutes(store),
    }


def _zone(truth: Told) -> list[str]:
    zone = ["--tz", truth["tz"]] if truth.get("naive_times") else []
    return zone + (["--year", str(truth["year"])] if truth.get("year") else [])


def _commanded(*arguments: str) -> tuple[int, Told]:
    """What a command prints, and its exit code."""
    spoken = io.StringIO()
    with contextlib.redirect_stdout(spoken), contextlib.redirect_stderr(io.StringIO()):
        code = command_line(list(arguments))
    text = spoken.getvalue()
    return code, json.loads(text) if text.startswith("{") else {}


def _minutes(store: Path) -> list[list[float]]:
    """The failing share by minute: [epoch seconds, share]."""
    rows = al.rollup(store, "1m", by=("outcome",)).to_pylist()
    counts: dict[float, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["time"].timestamp(), {})[row["outcome"]] = row["people"]
    told = ((at, c.get("failure", 0), c.get("success", 0)) for at, c in sorted(counts.items()))
    return [[at, round(bad / (bad + good), 4)] for at, bad, good in told if bad + good]


def _records(store: Path) -> list[list[Any]]:
    """Every recorded change that is no mark: [id, epoch seconds]."""
    return [
        [row["change_id"] or f"{row['source_file']}:{row['line_no']}", row["time"].timestamp()]
        for row in al.load(store).changes.to_pylist()
        if row["time"] and row["change_type"] not in MARKS
    ]


def _kept(incident: Told) -> Told:
    plain = ("onset", "onset_interval", "recovered", "verdict", "cause_class", "none_probability")
    return {name: incident[name] for name in plain} | {
        "onset_s": datetime.fromisoformat(incident["onset"]).timestamp(),
        "signal": incident["signal"],
        "failed_logins": (incident["impact"] or {}).get("failed_logins"),
        "suspects": [
            {"id": s["change"]["id"], "p": s["probability"], "group": s["group"]}
            for s in incident["suspects"][:KEPT_SUSPECTS]
        ],
        "theories": [
            {"name": t["name"], "p": t["probability"]} for t in incident["theories"][:KEPT_THEORIES]
        ],
        "starts": {
            s["change"]["id"]: [s["change"]["time"], _split(s)] for s in incident["suspects"]
        },
    }


def _split(suspect: Told) -> float | None:
    """The log Bayes factor of the version split alone, for the baseline that knows nothing else."""
    found = [e for e in suspect["evidence"] if e["kind"] in ("version_split", "token_lineage")]
    return found[0]["log_bayes_factor"] if found else None


def _span(result: Told) -> float:
    if not result.get("analysed"):
        return 0.0
    first, last = (datetime.fromisoformat(when) for when in result["analysed"])
    return (last - first).total_seconds()
