"""How many sign-ins would have gone well without the incident, with an interval.

With earlier days the same hours of those days tell, scaled by the stretch before the onset; with
none, the stretch of the same day before the onset, if it is an hour or more; else nothing does.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from authlogs.analysis.case import NEW_S, Case
from authlogs.analysis.likelihood import Floats
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Units

DAY_US = 86_400 * MICROS
ANCHOR_S = 3 * 3_600
"""The stretch before the onset that says how busy this day is."""
LEAST_ANCHOR = 30
"""Sign-ins that an anchor must hold; without them days are compared as they are."""
LEAST_BEFORE_S = 3_600
LEAST_DAYS, ALIKE_DAYS = 2, 3
MOST_DAYS = 60
T90 = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812)
"""Student's t for 90 % two-sided, 1 to 10 degrees of freedom; beyond them the normal 1.645."""
NONE = "not estimable: no history"

Count = Callable[[float, float], float]


@dataclass(frozen=True)
class Expected:
    """Sign-ins that would have gone well in the incident, the 90 % interval, and the basis."""

    sign_ins: float
    low: float
    high: float
    basis: str


def expect(case: Case, history: Units | None) -> Expected | None:
    """Return the counterfactual; null where nothing tells it."""
    found = good_sign_ins(case.units)
    earlier = good_sign_ins(history) if history is not None else found
    heard = history.used_us if history is not None else case.units.used_us
    days = _days(case, _counting(earlier), _first(heard))
    if len(days) >= LEAST_DAYS:
        return _by_days(case, _counting(found), days)
    return _by_level(case, _counting(found))


def good_sign_ins(units: Units) -> Floats:
    """Return when each sign-in that went well was first used, in order."""
    age = np.nan_to_num(units.used_us - units.issued_us, nan=np.inf)
    return np.sort(units.used_us[(age <= NEW_S * MICROS) & ~units.failed])


def _counting(times: Floats) -> Count:
    def count(start_us: float, end_us: float) -> float:
        low, high = np.searchsorted(times, [start_us, end_us])
        return float(high - low)

    return count


def _first(times: Floats) -> float:
    return float(times.min()) if len(times) else math.inf


def _days(case: Case, count: Count, first_us: float) -> list[tuple[float, float]]:
    """Return (sign-ins in the same hours, sign-ins in the anchor) of each earlier day.

    Days of the same weekday count alone where there are three of them; else those of the same kind
    (weekend or not) where there are three; else all.
    """
    start, end = case.start_us, case.end_us
    if end - start > DAY_US:
        return []
    told: dict[int, tuple[float, float]] = {}
    for back in range(1, MOST_DAYS + 1):
        shift = back * DAY_US
        begun = start - shift - ANCHOR_S * MICROS
        if begun < first_us:
            break
        told[back] = count(start - shift, end - shift), count(begun, start - shift)
    weekday = int(start // DAY_US + 3) % 7
    same = [pair for back, pair in told.items() if back % 7 == 0]
    kind = [p for back, p in told.items() if ((weekday - back) % 7 >= 5) == (weekday >= 5)]
    chosen = next((part for part in (same, kind) if len(part) >= ALIKE_DAYS), list(told.values()))
    return [pair for pair in chosen if pair[0] > 0]


def _by_days(case: Case, count: Count, days: list[tuple[float, float]]) -> Expected:
    """Scale the same hours of earlier days by how busy this day was before the onset."""
    anchor = count(case.start_us - ANCHOR_S * MICROS, case.start_us)
    anchored = min([anchor, *(before for _, before in days)]) >= LEAST_ANCHOR
    scale = anchor if anchored else 1.0
    logs = np.log([inside / (before if anchored else 1.0) for inside, before in days])
    middle = scale * math.exp(float(logs.mean()))
    n = len(days)
    spread = float(logs.std(ddof=1)) * math.sqrt(1 + 1 / n)
    # Counts themselves vary too: Poisson, for this day and for its anchor.
    noise = math.hypot(spread, math.sqrt(1 / max(1.0, middle) + (1 / anchor if anchored else 0.0)))
    reach = (T90[n - 2] if n - 2 < len(T90) else 1.645) * noise
    hours = "scaled by the three hours before" if anchored else "as they are"
    basis = f"the same hours of {n} earlier days, {hours}"
    return Expected(middle, middle * math.exp(-reach), middle * math.exp(reach), basis)


def _by_level(case: Case, count: Count) -> Expected | None:
    """Carry the level before the onset on; its spread is that of quarters of an hour."""
    seen_s = (case.start_us - case.grid.start_us) / MICROS
    if seen_s < LEAST_BEFORE_S:
        return None
    width = 900 * MICROS
    quarters = int(seen_s // 900)
    counts = np.array(
        [count(case.start_us - (k + 1) * width, case.start_us - k * width) for k in range(quarters)]
    )
    level, bins = float(counts.mean()), (case.end_us - case.start_us) / width
    if level <= 0:
        return None
    over = max(1.0, float(counts.var(ddof=1)) / level)
    error = 1.645 * math.sqrt(over * level * bins * (1 + bins / quarters))
    middle = level * bins
    basis = f"the level of the {seen_s / 3600:.1f} hours before the onset, carried on"
    return Expected(middle, max(0.0, middle - error), middle + error, basis)
