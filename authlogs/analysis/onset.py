"""When did it begin, to the second: a posterior over step and ramp.

Half the prior lies on a step, half on ramps up to the lifetime of a token: a step alone misses the
start of a slow ramp nearly always. The onset is the first attempt that the fault made fail, so that
it is a thing that happened and can be pointed at.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from authlogs.analysis.likelihood import Floats, Ints, log_sum, weighted_quantile
from authlogs.analysis.result import Interval
from authlogs.analysis.series import moment

BIN_S = 5
RAMPS_S = (0, 60, 120, 180, 300, 480, 780, 1_200, 1_800)
SHARES = (0.05, 0.5, 0.95)
TOPS = (0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.3)
"""Plateaus tried, as multiples of the rate that was seen inside the window."""


@dataclass(frozen=True, eq=False)
class Instants:
    """A posterior over an instant: `times` (µs since the epoch) and their `weights` (sum 1).

    `slack_s` widens the interval to either side, for clocks that differ.
    """

    times: Floats
    weights: Floats
    bin_s: int = BIN_S
    slack_s: float = 0.0

    @property
    def median(self) -> datetime:
        return moment(float(weighted_quantile(self.times, self.weights, (0.5,))[0]))

    @property
    def interval(self) -> Interval:
        """The central 90 %, out to the edges of its bins."""
        low, high = weighted_quantile(self.times, self.weights, (SHARES[0], SHARES[2]))
        half = (self.bin_s / 2 + self.slack_s) * 1e6
        return moment(float(low) - half), moment(float(high) + half)


def first_failure(
    times: Floats,
    failed: Ints,
    tried: Ints,
    *,
    before: float,
    inside: float,
    temper: float = 1.0,
    bin_s: int = BIN_S,
) -> Instants:
    """Return the posterior of the first attempt that the fault made fail.

    `times` are bin middles in µs, ascending; `failed` of `tried` people in each; `before` and
    `inside` are the failure rates without the fault and on its plateau; `temper` divides the
    likelihood where counts are overdispersed. Every start and ramp hands its weight to the failures
    that follow it, in order, each for the share of it that the fault explains.
    """
    priors = [0.5 if ramp == 0 else 0.5 / (len(RAMPS_S) - 1) for ramp in RAMPS_S]
    felt = [_felt(len(times), ramp, bin_s) for ramp in RAMPS_S]
    scores = np.stack(
        [
            _score(reach, failed, tried, before, inside) / temper + np.log(prior)
            for reach, prior in zip(felt, priors, strict=True)
        ]
    )
    weights = np.exp(scores - log_sum(scores))
    mass = np.zeros(len(times))
    for reach, weight in zip(felt, weights, strict=True):
        fault = max(inside - before, 1e-9) * _by_start(reach)
        share = np.minimum(fault / np.maximum(before + fault, 1e-12), 1 - 1e-12)
        mass += weight @ _first(share, failed)
    if not mass.sum():
        return Instants(times, weights.sum(axis=0), bin_s)
    return Instants(times, mass / mass.sum(), bin_s)


def _score(felt: Floats, failed: Ints, tried: Ints, low: float, inside: float) -> Floats:
    """Return the log likelihood of each start, averaged over plateaus around `inside`."""
    tops = [_log_likelihood(felt, failed, tried, low, inside * top) for top in TOPS]
    return np.asarray(log_sum(np.stack(tops), axis=0))


def _first(share: Floats, failed: Ints) -> Floats:
    """Return P(the first failure that is the fault's lies in this bin), by start and bin."""
    spared = np.cumsum(np.log1p(-share) * failed, axis=1)
    earlier = np.concatenate((np.zeros((len(spared), 1)), spared[:, :-1]), axis=1)
    return np.asarray(np.exp(earlier) - np.exp(spared))


def _felt(bins: int, ramp_s: int, bin_s: int) -> Floats:
    """Return how much of the fault a bin feels by its lag from the start, 0 to 1.

    Lags are whole bins from -(bins - 1) to bins - 1: every bin is tried as a start.
    """
    since = np.arange(1 - bins, bins, dtype=np.float64) * bin_s
    if ramp_s == 0:
        return (since >= 0).astype(np.float64)
    return np.clip((since + bin_s / 2) / ramp_s, 0.0, 1.0)


def _by_start(felt: Floats) -> Floats:
    """Return what is felt, by start and bin."""
    bins = (len(felt) + 1) // 2
    return np.lib.stride_tricks.sliding_window_view(felt, bins)[::-1]


def _log_likelihood(felt: Floats, failed: Ints, tried: Ints, low: float, high: float) -> Floats:
    """Return the log likelihood by start: the counts slide along what is felt."""
    top = min(max(high, low * 1.5), 0.995)
    rate = low + (top - low) * felt
    bad, good = failed.astype(np.float64), (tried - failed).astype(np.float64)
    slid = np.correlate(np.log(rate), bad, "valid") + np.correlate(np.log1p(-rate), good, "valid")
    return np.asarray(slid[::-1])
