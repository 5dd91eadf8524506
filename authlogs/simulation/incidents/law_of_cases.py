"""What the generator would expect before it looks at a case: shares, types, lags, decoys."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.declarations import Way, declared
from authlogs.simulation.incidents.deeds import ERRORS
from authlogs.simulation.incidents.schedule import BESIDE, DECOY, TYPES
from authlogs.simulation.incidents.waits import PLAYED, first_hit

STEP: Final = 2.0
GRID: Final[Floats] = np.arange(-1800.0, 7200.0, STEP)
"""Seconds from the recorded start of a change to the onset."""
SHARP_UNTIL: Final = 300.0
SMOOTH: Final = 21
"""Steps over which the tail is averaged: few of the played gaps are that long."""


@dataclass(frozen=True)
class Law:
    """Shares over all kinds of incident, each kind equally frequent."""

    guilty: float
    """share of incidents that a recorded change caused"""
    types: dict[str, float]
    """types of the guilty changes"""
    lags: dict[str, dict[str, float]]
    """by type: the laws of the lag with their shares"""
    decoys: float
    """share of the innocent incidents that follow close upon an innocent deploy"""
    overlaps: float
    """share of the guilty incidents in which a second deploy overlaps"""


def _ways() -> list[tuple[float, Way]]:
    kinds = [kind for kind in declared().values() if kind.ways]
    found = []
    for kind in kinds:
        total = sum(way.weight for way in kind.ways)
        found += [(way.weight / total / len(kinds), way) for way in kind.ways]
    return found


@cache
def law() -> Law:
    """Return the law that the declared kinds make together."""
    guilty = [(share, way) for share, way in _ways() if way.guilty]
    innocent = [(share, way) for share, way in _ways() if not way.guilty]
    whole = sum(share for share, _ in guilty)
    types: dict[str, float] = {}
    lags: dict[str, dict[str, float]] = {}
    for share, way in guilty:
        for change_type, weight in way.changes.items():
            part = share / whole * weight / sum(way.changes.values())
            types[change_type] = types.get(change_type, 0.0) + part
            of_type = lags.setdefault(change_type, {})
            of_type[way.lag] = of_type.get(way.lag, 0.0) + part
    rest = sum(share for share, _ in innocent) or 1.0
    return Law(
        guilty=whole,
        types=types,
        lags=lags,
        decoys=sum(share for share, way in innocent if way.plot == "decoy") / rest,
        overlaps=sum(share for share, way in guilty if way.plot == "overlap") / whole,
    )


def _together(one: Floats, other: Floats) -> Floats:
    """Return the density of the sum of a lag on the grid and a deviation centred on zero."""
    size = one.size + other.size - 1
    spectrum = np.fft.rfft(one, size) * np.fft.rfft(other, size)
    full = np.fft.irfft(spectrum, size) * STEP
    middle = other.size // 2
    return np.asarray(np.maximum(full[middle : middle + one.size], 0.0))


def _error(record_law: str) -> Floats:
    """Return the density of (true - recorded) start, symmetric about zero."""
    reach = np.arange(-1500.0, 1500.0 + STEP, STEP)
    bell = np.exp(-0.5 * (reach / ERRORS[record_law]) ** 2)
    bell /= bell.sum() * STEP
    if record_law == "exact":
        return np.asarray(bell)
    rounding = (abs(reach) <= 30).astype(np.float64)
    return _together(bell, rounding / (rounding.sum() * STEP))


def _density(gaps: Floats) -> Floats:
    """Return the density on the grid of gaps that were played; their tail is smoothed."""
    counts, _ = np.histogram(gaps, bins=np.append(GRID, GRID[-1] + STEP))
    sharp = counts / (gaps.size * STEP)
    smooth = np.convolve(sharp, np.full(SMOOTH, 1 / SMOOTH), mode="same")
    return np.where(GRID < SHARP_UNTIL, sharp, smooth)


def rounded(a_second: float) -> float:
    """Return a rate to a tenth, so that laws can be kept."""
    return float(np.exp(np.round(np.log(a_second) * 10) / 10))


@cache
def onset_after(change_type: str, record_law: str, a_second: float) -> Floats:
    """Return the density on `GRID` of the onset after a guilty change of this type."""
    rng = np.random.default_rng(7)
    shares = law().lags[change_type]
    total = sum(shares.values())
    parts = [
        share / total * _density(first_hit(rng, name, change_type, a_second))
        for name, share in shares.items()
    ]
    return _together(np.asarray(sum(parts)), _error(record_law))


@cache
def decoy_before(record_law: str, a_second: float) -> Floats:
    """Return the density on `GRID` of the onset after an innocent deploy that is a decoy."""
    rng = np.random.default_rng(8)
    gaps = rng.uniform(*DECOY, PLAYED) + rng.exponential(1 / a_second, PLAYED)
    return _together(_density(gaps), _error(record_law))


@cache
def beside(record_law: str) -> Floats:
    """Return the density on `GRID` of the distance between two recorded overlapping deploys."""
    flat = (np.abs(GRID) <= BESIDE).astype(np.float64)
    error = _error(record_law)
    return _together(_together(flat / (flat.sum() * STEP), error), error)


def innocent_share(change_type: str) -> float:
    """Return the share of this type among innocent changes."""
    return TYPES.get(change_type, 0.0)


def of_count(number: int) -> float:
    """Return the probability of this many innocent changes."""
    return 0.0 if number < 0 else float(np.log((number + 2) / (number + 1)) / np.log(201))
