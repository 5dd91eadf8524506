"""What simpler rules would have blamed, on the same minutes and the same records.

Each rule sees the detected onset, the recorded changes and the failing share by minute; the split
alone also sees the version evidence of the investigation.
"""

import math
import random
from collections.abc import Callable

from measuring import Told

AROUND_MIN = 30
SIGNIFICANT = 0.001


def latest(case: Told, onset: float) -> str:
    """The latest change before the onset."""
    before = [(at, name) for name, at in case["records"] if at <= onset]
    return max(before)[1] if before else "none"


def nearest(case: Told, onset: float) -> str:
    """The change nearest to the onset, before or after."""
    near = [(abs(at - onset), name) for name, at in case["records"]]
    return min(near)[1] if near else "none"


def mann_whitney(case: Told, _: float) -> str:
    """The change after which failing shares differ most from before, by Mann and Whitney's test."""
    found = [(_rank_p(case["minutes"], at), name) for name, at in case["records"]]
    best = min(found, default=(1.0, "none"))
    return best[1] if best[0] < SIGNIFICANT else "none"


def split_alone(case: Told, onset: float) -> str:
    """The change whose version the failures keep to most."""
    told = [i for i in case["incidents"] if abs(i["onset_s"] - onset) < 1]
    gains = [(s[1], name) for i in told for name, s in i["starts"].items() if s[1]]
    best = max(gains, default=(0.0, "none"))
    return best[1] if best[0] > math.log(20) else "none"


def at_random(case: Told, _: float) -> str:
    """Any recorded change, or none."""
    names = [name for name, _ in case["records"]] + ["none"]
    return random.Random(case["seed"]).choice(names)


BASELINES: dict[str, Callable[[Told, float], str]] = {
    "latest_change": latest,
    "nearest_change": nearest,
    "mann_whitney": mann_whitney,
    "version_split": split_alone,
    "random": at_random,
}


def _rank_p(minutes: list[list[float]], at: float) -> float:
    """The two-sided p of the half hours before and after, by the normal approximation."""
    reach = AROUND_MIN * 60
    before = [share for when, share in minutes if at - reach <= when < at]
    after = [share for when, share in minutes if at <= when < at + reach]
    n, m = len(before), len(after)
    if n < 5 or m < 5:
        return 1.0
    wins = sum((b < a) + 0.5 * (b == a) for a in after for b in before)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(wins - n * m / 2) / spread / math.sqrt(2))
