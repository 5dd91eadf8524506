"""What authlogs says of each incident through its command line, beside the truth."""

import json
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

Told = dict[str, Any]


def investigated(archive: Path) -> Told:
    """Unpack the logs into an empty folder and ask the real command line."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as logs:
            logs.extractall(folder, filter="data")
        command = [sys.executable, "-m", "authlogs", "investigate", f"{folder}/logs"]
        begun = time.perf_counter()
        run = subprocess.run(
            [*command, "--tz", "UTC", "--json"], capture_output=True, text=True, check=False
        )
        seconds = round(time.perf_counter() - begun, 1)
    if not run.stdout.strip():
        raise RuntimeError(f"{archive.name}: exit {run.returncode}: {run.stderr[-800:]}")
    return {"exit": run.returncode, "seconds": seconds, **json.loads(run.stdout)}


def when(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def overlapping(found: Told, truth: Told) -> list[Told]:
    """The incidents that touch the true one, give or take two minutes; nearest onset first."""
    onset = when(truth["onset"])
    if onset is None:
        return []
    last = when(truth["recovered"]) or when(truth["fault_ended"]) or onset + 600

    def touches(one: Told) -> bool:
        start = when(one["onset"]) or 0
        stop = when(one["recovered"]) or float("inf")
        return start <= last + 120 and stop >= onset - 120

    near = [one for one in found["incidents"] if touches(one)]
    return sorted(near, key=lambda one: abs((when(one["onset"]) or 0) - onset))


def blame(one: Told | None, truth: Told) -> str:
    """Right, wrong, abstained (undetermined) or missed."""
    if one is None:
        return "right" if truth["onset"] is None else "missed"
    if one["verdict"] == "undetermined":
        return "abstained"
    if one["verdict"] == "no_change":
        return "right" if truth["guilty"] is None else "wrong"
    return "right" if one["suspects"][0]["change"]["id"] == truth["guilty"] else "wrong"


def scored_one(archive: Path) -> Told:
    name = archive.name.removesuffix(".tar.xz")
    truth = json.loads(archive.with_name(f"{name}.truth.json").read_text())
    found = investigated(archive)
    near = overlapping(found, truth)
    one = near[0] if near else None
    told: Told = {"blame": blame(one, truth), "true_guilty": truth["guilty"]}
    told |= {"true_class": truth["cause_class"], "others": len(found["incidents"]) - len(near)}
    told |= {key: found["accounting"][key] for key in ("lines", "events", "changes", "rejected")}
    told |= {"exit": found["exit"], "seconds": found["seconds"]}
    if one is None:
        return told
    top = one["suspects"][0] if one["suspects"] else None
    theories = sorted(one["theories"], key=lambda theory: -theory["probability"])
    start, onset = when(one["onset"]), when(truth["onset"])
    return told | {
        "verdict": one["verdict"],
        "cause_class": one["cause_class"],
        "class_right": one["cause_class"] == truth["cause_class"],
        "signal": one["signal"],
        "onset_error_s": round(start - onset) if start and onset else None,
        "split_into": len(near),
        "top_suspect": top and f"{top['change']['id']} {top['change']['service']}",
        "probability": top and top["probability"],
        "none_probability": one["none_probability"],
        "best_theory": theories and f"{theories[0]['name']} {theories[0]['probability']:.3f}",
        "lineage": one["lineage"]["level"],
    }


def scored(folder: Path, names: list[str]) -> Told:
    """Score every archive of a folder, or those that are named."""
    archives = sorted(folder.glob("*.tar.xz"))
    chosen = [a for a in archives if not names or a.name.removesuffix(".tar.xz") in names]
    each = {a.name.removesuffix(".tar.xz"): scored_one(a) for a in chosen}
    rows = list(each.values())
    wrong = [r for r in rows if r["blame"] == "wrong"]
    sure = [r for r in wrong if (r["probability"] or 0) >= 0.9 and r["verdict"] == "change"]
    classed = [r for r in rows if "class_right" in r]
    return {
        "benchmark": "real_stack",
        "incidents": len(rows),
        "right": sum(r["blame"] == "right" for r in rows),
        "wrong": len(wrong),
        "wrong_at_0.9": len(sure),
        "abstained": sum(r["blame"] == "abstained" for r in rows),
        "missed": sum(r["blame"] == "missed" for r in rows),
        "class_right": sum(r["class_right"] for r in classed),
        "false_incidents": sum(r["others"] for r in rows),
        "each": each,
    }
