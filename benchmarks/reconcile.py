"""How many planted slips `reconcile` finds, and how much that is right it flags, on made texts.

`python benchmarks/reconcile.py --texts 300` prints one JSON object; one investigation, some
milliseconds a text.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from lockout_course import course
from made_postmortems import Happened, Written, write
from simulated_course import simulated_course

import authlogs as al

SEED = 3
NEAR = timedelta(minutes=5)
"""An onset this near to the true one was found; otherwise no text is asked about it."""

SAMPLE = Path(__file__).resolve().parent.parent / "sample_logs" / "login-lockout"


def score(written: Written, investigation: al.Investigation) -> tuple[int, int, int, int]:
    """Return slips, slips found, entries that are right, and those of them that are flagged."""
    found = al.reconcile(written.text + "\n", investigation, **written.options)
    lines = written.text.splitlines()
    wrong = {
        int(one.claim.place.rpartition(":")[2])
        for one in found.claims
        if one.verdict == "contradicted"
    }
    chat = written.text.startswith("[")
    places = {k: k + 1 if chat else lines.index(line) + 1 for k, line in enumerate(written.lines)}
    slips = {places[k] for k in written.planted}
    right = set(places.values()) - slips
    return len(slips), len(slips & wrong), len(right), len(right & wrong)


def cases(kind: str | None, seed: int, room: Path) -> tuple[al.Investigation, Sequence[Happened]]:
    """The sample, or a simulated incident, investigated, and what truly happened in it."""
    if kind is None:
        logs = al.read(SAMPLE, tz="America/Bogota", year=2024)
        return al.investigate(logs, display_zone="America/Bogota"), course()
    folder = room / kind
    al.simulate(kind, folder, seed=seed, lines=8_000)
    truth = json.loads(folder.with_name(f"{kind}.truth.json").read_text(encoding="utf-8"))
    logs = al.read(folder, tz=truth["tz"], year=truth["year"])
    found = al.investigate(logs, display_zone="America/Bogota")
    onset = datetime.fromisoformat(truth["onset"]) if truth["onset"] else None
    seen = onset and any(abs(one.onset - onset) < NEAR for one in found.incidents)
    return found, simulated_course(folder, found=bool(seen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kinds", default="", help="simulated kinds, by commas, not the sample")
    parser.add_argument("--show", action="store_true", help="print what was missed")
    asked = parser.parse_args()
    kinds = asked.kinds.split(",") if asked.kinds else [None]
    sums = [0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as room:
        for kind in kinds:
            investigation, happened = cases(kind, SEED, Path(room))
            for seed in range(asked.first, asked.first + asked.texts // len(kinds)):
                counts = score(write(happened, seed), investigation)
                sums = [a + b for a, b in zip(sums, counts, strict=True)]
                if asked.show and (counts[0] != counts[1] or counts[3]):
                    print(kind, seed, counts)
    slips, found, right, flagged = sums
    told = {"texts": asked.texts, "slips": slips, "recall": round(found / slips, 4)}
    print(json.dumps(told | {"right": right, "false_flags": round(flagged / right, 4)}))


if __name__ == "__main__":
    main()
