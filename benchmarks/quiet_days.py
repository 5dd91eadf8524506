"""How often is a quiet day called an incident? Simulated days on which nothing happens.

    python benchmarks/quiet_days.py [--days 300] [--first-seed 5000] [--workers 2]

prints one JSON object: days searched, false incidents, and what each looked like.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from measuring import Told, machine

BATCH = 1
"""Days a search: what an investigator hands over is a day or two."""


def search_batch(seed: int) -> list[Told]:
    """Search one batch of days; every incident found is a false one."""
    import authlogs as al
    from authlogs.simulation.incidents.quiet import quiet_days

    found = al.detect(quiet_days(seed, BATCH))
    return [
        {
            "seed": seed,
            "onset": i.onset.isoformat(),
            "recovered": i.recovered.isoformat() if i.recovered else None,
            "signal": [i.signal.service, i.signal.event_type, i.signal.reason],
        }
        for i in found
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=300)
    options.add_argument("--first-seed", type=int, default=5_000)
    options.add_argument("--workers", type=int, default=2)
    asked = options.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.days // BATCH)
    with ProcessPoolExecutor(asked.workers, mp_context=get_context("spawn")) as pool:
        false = [one for batch in pool.map(search_batch, seeds) for one in batch]
    head = {"benchmark": "quiet_days", "machine": machine(), "days": asked.days}
    print(json.dumps(head | {"false_incidents": len(false), "found": false}, indent=1))


if __name__ == "__main__":
    main()
