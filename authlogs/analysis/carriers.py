"""What carries the failures: one client, browser, region, provider, host or version, or nobody.

Each dimension is held against "no difference" by the conditional split of `split`, for the value
that stands out most. The log Bayes factor pays for having chosen the value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from authlogs.analysis.split import Attempts, log_split_of
from authlogs.analysis.units import Bools, Units, Words

if TYPE_CHECKING:
    from authlogs.analysis.likelihood import Floats

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "client": ("client",),
    "browser": ("browser",),
    "region": ("region",),
    "idp": ("idp",),
    "tenant": ("tenant",),
    "instance": ("use_instance", "issue_instance"),
    "key": ("kid",),
}
OLD, NEW = "old", "new"
MOST_VALUES = 400
TRIED = 3
"""Values of a dimension that are tried: those with the greatest excess."""
LEAST_FAILED = 5
ALL = 0.98
"""A part bears a dimension alone where so many of its units do, and so few others."""
CLEAR = 3.0
"""A carrier is named from this log Bayes factor on."""


@dataclass(frozen=True, eq=False)
class Carrier:
    """The value of a dimension that stands out, with its log Bayes factor and four counts.

    `here` tells which units bear the value.
    """

    dimension: str
    value: str
    gain: float
    failed: int
    tried: int
    failed_beside: int
    beside: int
    here: Bools
    verb: str = "fail"

    @property
    def statement(self) -> str:
        hit = f"{self.failed} of {self.tried} {self.verb}"
        rest = f"{self.failed_beside} of {self.beside} others"
        return f"{hit} on {self.dimension} {self.value}, and {rest}"


def find_carriers(units: Units, attempts: Attempts, start_us: float) -> dict[str, Carrier]:
    """Return the best value of each dimension that the logs tell, by dimension.

    The age of a token is `old` (issued before the incident) or `new`, a dimension each.
    """
    found: dict[str, Carrier] = {}
    told: dict[str, Bools] = {}
    for dimension, words in _told(units, start_us):
        for value in _loudest(words, attempts):
            tried = _weigh(dimension, value, words, attempts)
            name = value if dimension == "age" else dimension
            if name not in found or tried.gain > found[name].gain:
                found[name], told[name] = tried, _named(words) & attempts.chosen
    return {
        name: replace(carrier, gain=carrier.gain + _around(name, told[name], found, attempts))
        for name, carrier in found.items()
    }


def _around(name: str, told: Bools, found: Mapping[str, Carrier], attempts: Attempts) -> float:
    """Return the gain of a part that bears this dimension alone, as browsers are told on the web.

    Where only one browser fails, no application without a browser does: what speaks for the part
    speaks for the value that clearly fails inside it, where the split by value was made.
    """
    gains = [0.0]
    if found[name].gain < CLEAR:
        return 0.0
    for other, carrier in found.items():
        here = carrier.here & attempts.chosen
        both = (here & told).sum()
        if other != name and both and both >= ALL * max(here.sum(), told.sum()):
            gains.append(carrier.gain)
    return max(gains)


def told_dimensions(units: Units, attempts: Attempts, start_us: float) -> frozenset[str]:
    """Return the dimensions of which the logs tell more than one value near the incident."""
    told: set[str] = set()
    for dimension, words in _told(units, start_us):
        if len(set(words[attempts.chosen & _named(words)].tolist())) > 1:
            told |= {OLD, NEW} if dimension == "age" else {dimension}
    return frozenset(told)


def _told(units: Units, start_us: float) -> Iterator[tuple[str, Words]]:
    if units.kind == "token":
        known = np.isfinite(units.issued_us)
        age = np.where(units.issued_us < start_us, OLD, NEW).astype(object)
        age[~known] = None
        yield "age", age
    for dimension, names in DIMENSIONS.items():
        yield from ((dimension, units.dimensions[name]) for name in names)
    yield from (("version", words) for words in units.builds.values())


def _loudest(words: Words, attempts: Attempts) -> list[str]:
    """Return the values with the most failures beyond what the whole would give them."""
    told = attempts.chosen & _named(words)
    values, place = np.unique(words[told].astype(str), return_inverse=True)
    if not 2 <= len(values) <= MOST_VALUES:
        return []
    failed = attempts.failed[told]
    hit = np.bincount(place, weights=failed, minlength=len(values))
    excess = hit - np.bincount(place, minlength=len(values)) * failed.mean()
    order = np.argsort(-excess, kind="stable")[:TRIED]
    return [str(values[k]) for k in order if excess[k] > 0 and hit[k] >= LEAST_FAILED]


def _weigh(dimension: str, value: str, words: Words, attempts: Attempts) -> Carrier:
    told = _named(words)
    here = words == value
    reached: Floats = np.where(told, here.astype(np.float64), np.nan)
    number = len(set(words[told & attempts.chosen].tolist()))
    inside = attempts.inside & told
    failed, tried = _count(inside & here, attempts)
    failed_beside, beside = _count(inside & ~here, attempts)
    gain = (log_split_of(attempts, reached) or 0.0) - float(np.log(max(1, number)))
    return Carrier(dimension, value, gain, failed, tried, failed_beside, beside, here)


def _named(words: Words) -> Bools:
    told: Bools = words != None  # noqa: E711 (elementwise)
    return told


def _count(chosen: Bools, attempts: Attempts) -> tuple[int, int]:
    return int(attempts.failed[chosen].sum()), int(chosen.sum())
