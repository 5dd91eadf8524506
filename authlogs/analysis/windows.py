"""Find the stretches in which a series fails more than it should: a scan over every window.

The score of a window is the natural log of a Bayes factor (two rates against one, beta-binomial),
divided by the overdispersion that the series itself shows, less the log of the windows tried. It is
a score, not evidence of a level: error rates wander on their own.
"""

from dataclasses import dataclass, replace

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints, log_beta_binomial, log_factorials
from authlogs.analysis.series import Series

LEAST_SCORE = 12.0
LEAST_RATIO = 2.0
LEAST_PEOPLE_PER_BIN = 0.2
LEAST_PEOPLE = 10
CALM_PEOPLE = 10
"""A calm is believed where at least this many would have failed at the stretch's rate."""
MOST_BLOCKS = 600
BLOCKS = (1, 5, 15, 60)


@dataclass(frozen=True)
class Stretch:
    """A window of a series: bins `first` to `last` (past the end), its score and its two rates."""

    first: int
    last: int
    score: float
    inside: float
    outside: float


def find_stretches(series: Series, *, quiet_bins: int = 15) -> list[Stretch]:
    """Return the abnormal stretches of a series, in order of time.

    A stretch is cut where the failures are back at their usual level for `quiet_bins`.
    """
    bins = len(series.failed)
    factor = -(-bins // MOST_BLOCKS)
    failed, tried = _coarse(series.failed, factor), _coarse(series.tried, factor)
    tried = np.maximum(tried, failed)
    table = log_factorials(int(tried.sum()) + 1)
    found = _search(failed, tried, 0, len(failed), table)
    quiet = max(1, quiet_bins // factor)
    cut = [part for stretch in found for part in _cut(failed, tried, stretch, quiet)]
    scaled = [
        Stretch(s.first * factor, min(bins, s.last * factor), s.score, s.inside, s.outside)
        for s in cut
    ]
    return sorted(scaled, key=lambda s: s.first)


def dispersion(failed: Ints, tried: Ints) -> float:
    """Return the overdispersion of the counts at their worst block length, at least 1.

    The rate is that of the median block and the worst fifth of the blocks is left out: a second
    incident among them must not hide the first.
    """
    worst = 1.0
    for length in BLOCKS:
        k, n = _coarse(failed, length), _coarse(tried, length)
        k, n = k[n > 0], n[n > 0]
        if len(n) < 4:
            continue
        rate = float(np.median(k / n))
        if not 0 < rate < 1:
            continue
        spread = np.sort((k - n * rate) ** 2 / (n * rate * (1 - rate)))
        kept = spread[: len(spread) - -(-len(spread) // 5)]
        worst = max(worst, float(kept.mean()))
    return worst


def _search(failed: Ints, tried: Ints, first: int, last: int, table: Floats) -> list[Stretch]:
    """Take the best window, then look left and right of it."""
    best = _best_window(failed[first:last], tried[first:last], table)
    if best is None:
        return []
    here = Stretch(best.first + first, best.last + first, best.score, best.inside, best.outside)
    left = _search(failed, tried, first, here.first, table)
    return [*left, here, *_search(failed, tried, here.last, last, table)]


def _best_window(failed: Ints, tried: Ints, table: Floats) -> Stretch | None:
    bins = len(failed)
    if bins < 4 or failed.sum() < LEAST_PEOPLE:
        return None
    k, n = (np.concatenate(([0], np.cumsum(x))) for x in (failed, tried))
    i, j = np.triu_indices(bins + 1, k=1)
    inside_k, inside_n = k[j] - k[i], n[j] - n[i]
    outside_k, outside_n = k[-1] - inside_k, n[-1] - inside_n
    score = (
        log_beta_binomial(inside_k, inside_n, table)
        + log_beta_binomial(outside_k, outside_n, table)
        - log_beta_binomial(k[-1:], n[-1:], table)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        inside, outside = inside_k / inside_n, (outside_k + 0.5) / (outside_n + 1.0)
    excess = inside_k - inside_n * outside
    enough = (inside >= LEAST_RATIO * outside) & (excess >= LEAST_PEOPLE)
    enough &= excess >= LEAST_PEOPLE_PER_BIN * (j - i)
    score = np.where(enough & (outside_n > 0), score, -np.inf)
    best = int(np.argmax(score))
    if not np.isfinite(score[best]):
        return None
    rest = np.r_[0 : i[best], j[best] : bins]
    tempered = score[best] / dispersion(failed[rest], tried[rest]) - np.log(len(score))
    if tempered < LEAST_SCORE:
        return None
    first, last = int(i[best]), int(j[best])
    return Stretch(first, last, float(tempered), float(inside[best]), float(outside[best]))


def _cut(failed: Ints, tried: Ints, stretch: Stretch, quiet: int) -> list[Stretch]:
    """Cut a stretch in two where enough people tried and no more failed than outside it."""
    first, last = stretch.first, stretch.last
    k, n = (np.concatenate(([0], np.cumsum(x[first:last]))) for x in (failed, tried))
    if len(k) <= quiet:
        return [stretch]
    k, n = k[quiet:] - k[:-quiet], n[quiet:] - n[:-quiet]
    usual = n * stretch.outside
    calm = (n * stretch.inside >= CALM_PEOPLE) & (k <= usual + 2.33 * np.sqrt(usual) + 1)
    runs = np.zeros(last - first, dtype=bool)
    for place in np.flatnonzero(calm).tolist():
        runs[place : place + quiet] = True
    loud = np.flatnonzero(~runs)
    if not len(loud) or not calm.any():
        return [stretch]
    parts = np.split(loud, np.flatnonzero(np.diff(loud) > 1) + 1)
    return [replace(stretch, first=first + int(p[0]), last=first + int(p[-1]) + 1) for p in parts]


def _coarse(values: Ints, factor: int) -> Ints:
    """Sum blocks of `factor` bins; the last block may be short."""
    return values if factor == 1 else np.add.reduceat(values, np.arange(0, len(values), factor))
