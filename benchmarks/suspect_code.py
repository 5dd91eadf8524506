"""How high the guilty commit stands among 200, on made repositories, beside a random order.

`python benchmarks/suspect_code.py --cases 50` prints one JSON object: the share of cases with the
guilty commit in the top 1, 3 and 10, by what the logs show of it, and the same for random orders.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from made_repositories import COMMITS, ONSET, Made, make

import authlogs as al
from authlogs.analysis.result import Incident, Signal
from authlogs.schema import CHANGES, EVENTS, REJECTS, SOURCES

TOPS = (1, 3, 10)


def logs_of(made: Made) -> al.Logs:
    """The rows of a case as Logs."""
    columns = []
    for field in EVENTS:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        columns.append(pa.array([row.get(field.name) for row in made.rows], kind).cast(field.type))
    table = pa.table(columns, schema=EVENTS)
    return al.Logs(ds.dataset(table), *(s.empty_table() for s in (CHANGES, REJECTS, SOURCES)))


def incident_of(made: Made) -> Incident:
    """The incident as detection would report it; what is measured here is the ranking."""
    signal = Signal(
        service="gateway", event_type="token_validate", reason=made.reason, denominator="attempts"
    )
    return Incident(
        incident_id="made",
        status="ongoing",
        onset=ONSET,
        onset_interval=(ONSET, ONSET),
        recovered=None,
        recovered_interval=None,
        signal=signal,
    )


def rank(made: Made) -> int:
    """The place of the guilty commit, from 1."""
    found = al.suspect_code(
        logs_of(made), incident_of(made), repo=made.path, commits=f"{made.first}..{made.last}"
    )
    return [one.commit for one in found.commits].index(made.guilty) + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--hint", choices=["trace", "text", "identifier", "reason"])
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    places: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(asked.first, asked.first + asked.cases):
            made = make(Path(folder) / str(seed), seed, hint=asked.hint)
            places.setdefault(made.hint, []).append(rank(made))
    every = [place for told in places.values() for place in told]
    draw = random.Random(1)
    chance = [draw.randint(1, COMMITS) for _ in range(20_000)]
    told = {"cases": len(every), "commits": COMMITS, "ranked": _shares(every)}
    told |= {"random": _shares(chance), "by_hint": {k: _shares(v) for k, v in places.items()}}
    print(json.dumps(told | {"places": sorted(every)}))


def _shares(places: list[int]) -> dict[str, float]:
    return {f"top_{top}": round(sum(p <= top for p in places) / len(places), 3) for top in TOPS}


if __name__ == "__main__":
    main()
