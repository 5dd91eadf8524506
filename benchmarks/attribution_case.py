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

KEPT_SUSPECTS = 5
KEPT_THEORIES = 4
TRUTH = (
    "guilty_change_id", "cause", "cause_class", "onset", "ramp_s", "recovered", "users_affected",
    "failed_logins", "attempts_per_min", "versions_logged", "successes_logged", "tokens_logged",
    "change_records", "lines", "oracle",
)  # fmt: skip


def run_case(kind: str, seed: int, lines: int) -> Told:
    """Simulate, investigate by the command line, and keep what scoring needs."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        al.simulate(kind, logs, seed=seed, lines=lines)
        truth = json.loads(logs.with_name("logs.truth.json").read_text())
        began = time.perf_counter()
        code, result = _investigated(logs, truth)
        took = time.perf_counter() - began
    case = {"kind": kind, "seed": seed, "exit": code, "seconds": round(took, 2)}
    return case | {
        "truth": {name: truth[name] for name in TRUTH},
        "span_s": _span(result),
        "incidents": [_kept(incident) for incident in result.get("incidents", ())],
        "changes": _times(result),
    }


def _investigated(logs: Path, truth: Told) -> tuple[int, Told]:
    arguments = ["investigate", str(logs), "--json"]
    if truth.get("naive_times"):
        arguments += ["--tz", truth["tz"]]
    if truth.get("year"):
        arguments += ["--year", str(truth["year"])]
    spoken = io.StringIO()
    with contextlib.redirect_stdout(spoken), contextlib.redirect_stderr(io.StringIO()):
        code = command_line(arguments)
    return code, json.loads(spoken.getvalue() or "{}")


def _kept(incident: Told) -> Told:
    plain = ("onset", "onset_interval", "recovered", "verdict", "cause_class", "none_probability")
    return {name: incident[name] for name in plain} | {
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


def _times(result: Told) -> list[Any]:
    """Every considered change that is no mark, with its start where it stayed a suspect."""
    return [
        c["id"] for i in result.get("incidents", ())[:1] for c in i["changes_considered"]
        if not (c["excluded_because"] or "").startswith("it marks")
    ]  # fmt: skip


def _span(result: Told) -> float:
    if not result.get("analysed"):
        return 0.0
    first, last = (datetime.fromisoformat(when) for when in result["analysed"])
    return (last - first).total_seconds()
