"""Which shape the rejected tokens have in the plane of issue and use: it names the kind of fault.

Each shape is a region; the better failures keep to a region and successes stay out of it, the more
it is believed (two failing shares under Jeffreys' prior, against one). Where two regions tell the
same, as when tokens are used as soon as they are issued, none is named.
"""

from dataclasses import dataclass
from math import lgamma, log, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MEANINGS: Final = {
    "vertical band": ("a bad issuer", "what was issued then fails whenever it is used"),
    "horizontal band": ("a bad validator", "what is used then fails whenever it was issued"),
    "older than an instant": (
        "a key rotation", "what was issued before fails, what came after does not",
    ),
    "thin diagonal": ("clock skew", "tokens fail only just after their issue"),
    "block": (
        "issuer, validator or clock", "tokens are used at once, so that these look alike",
    ),
}  # fmt: skip
"""What each shape is the mark of, and why."""
EDGE = 0.005
"""This share of the rejected tokens may lie outside the region at each edge."""
BELIEVED, APART = 10.0, 5.0
"""Natural logarithms: how much better than no shape, and than the next, a shape must tell."""
FEWEST = 10
BANDS = ("vertical band", "horizontal band")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A region of the plane; all bounds are seconds, null where it is open.

    `issued` and `used` are the stretches of time, `age` is the greatest age at use.
    """

    name: str
    cause: str
    meaning: str
    issued: tuple[float | None, float | None]
    used: tuple[float | None, float | None]
    age: float | None
    inside: float
    outside: float


def find_shape(issued: Floats, used: Floats, failed: Bools, weight: Floats) -> Shape | None:
    """Return the shape of the rejected tokens; null where they are few, or keep to none.

    All four have one entry a token: times in seconds, and how many tokens each stands for.
    """
    if failed.sum() < FEWEST:
        return None
    regions = _regions(issued, used, failed)
    base = _told(failed, weight, np.ones(len(failed), dtype=bool))
    gains = {name: _told(failed, weight, inside) - base for name, (_, inside) in regions.items()}
    best, alike = _best(gains)
    bounds, inside = regions[best]
    if gains[best] < BELIEVED or _share(failed, weight, inside) < _share(failed, weight, ~inside):
        return None
    name = "block" if alike else best
    if alike:
        bounds = regions["vertical band"][0][0], regions["horizontal band"][0][1], None
    return Shape(
        name=name,
        cause=MEANINGS[name][0],
        meaning=MEANINGS[name][1],
        issued=bounds[0],
        used=bounds[1],
        age=bounds[2],
        inside=_share(failed, weight, inside),
        outside=_share(failed, weight, ~inside),
    )


def _best(gains: dict[str, float]) -> tuple[str, bool]:
    """Return the shape that tells best, and whether a band across would tell as much.

    A shape of three bounds must tell more than any of two, or it only repeats one of those.
    """
    simple = sorted(BANDS, key=lambda name: -gains[name])
    narrow = max(gains.keys() - set(BANDS), key=lambda name: gains[name])
    if gains[narrow] > gains[simple[0]] + APART:
        return narrow, False
    return simple[0], gains[simple[0]] - gains[simple[1]] < APART


Bounds = tuple[tuple[float | None, float | None], tuple[float | None, float | None], float | None]


def _regions(issued: Floats, used: Floats, failed: Bools) -> dict[str, tuple[Bounds, Bools]]:
    """Return, for each shape, the bounds that the rejected tokens give it, and who lies inside."""
    i0, i1 = (float(v) for v in np.quantile(issued[failed], (EDGE, 1 - EDGE)))
    u0, u1 = (float(v) for v in np.quantile(used[failed], (EDGE, 1 - EDGE)))
    age = used - issued
    most = float(np.quantile(age[failed], 1 - EDGE))
    during = (used >= u0) & (used <= u1)
    return {
        "vertical band": (
            ((i0, i1), (None, None), None), (issued >= i0) & (issued <= i1)
        ),
        "horizontal band": (((None, None), (u0, u1), None), during),
        "older than an instant": (
            ((None, min(i1, u0)), (u0, u1), None), during & (issued <= min(i1, u0))
        ),
        "thin diagonal": (((None, None), (u0, u1), most), during & (age <= most)),
    }  # fmt: skip


def _told(failed: Bools, weight: Floats, inside: Bools) -> float:
    """Return the log marginal likelihood of two failing shares: inside and outside."""
    return sum(_marginal(failed[part], weight[part]) for part in (inside, ~inside))


def _marginal(failed: Bools, weight: Floats) -> float:
    """Return ln B(k + 1/2, n - k + 1/2) - ln B(1/2, 1/2)."""
    n, k = float(weight.sum()), float(weight[failed].sum())
    return lgamma(k + 0.5) + lgamma(n - k + 0.5) - lgamma(n + 1.0) - log(pi)


def _share(failed: Bools, weight: Floats, part: Bools) -> float:
    whole = float(weight[part].sum())
    return float(weight[part & failed].sum()) / whole if whole else 0.0
