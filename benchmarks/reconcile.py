"""How many planted slips `reconcile` finds, and how much that is right it flags, on made texts.

`python benchmarks/reconcile.py --texts 300` prints one JSON object; one investigation, some
milliseconds a text.
"""

import argparse
import json
from pathlib import Path

from lockout_course import course
from made_postmortems import Written, write

import authlogs as al

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--show", action="store_true", help="print what was missed")
    asked = parser.parse_args()
    logs = al.read(SAMPLE, tz="America/Bogota", year=2024)
    investigation = al.investigate(logs, display_zone="America/Bogota")
    happened = course()
    sums = [0, 0, 0, 0]
    for seed in range(asked.first, asked.first + asked.texts):
        counts = score(write(happened, seed), investigation)
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        if asked.show and (counts[0] != counts[1] or counts[3]):
            print(seed, counts)
    slips, found, right, flagged = sums
    told = {"texts": asked.texts, "slips": slips, "recall": round(found / slips, 4)}
    print(json.dumps(told | {"right": right, "false_flags": round(flagged / right, 4)}))


if __name__ == "__main__":
    main()
