"""How well a theory's clock fits: the onset given its start, the recovery given its reversal.

All theories share one free severity course, so time speaks only through these two densities. Both
are per second, so that a theory with a clock can be compared with one that could begin at any time.
"""

import math

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import Floats
from authlogs.analysis.onset import Instants
from authlogs.analysis.record_error import RecordError

PROMPT_S, SLOW_S = 120.0, 2_700.0
PROMPT_SHARE = 0.7
"""Lag from a start to the first failure: mostly minutes, sometimes the better part of an hour."""
REVERSED_SHARE = 0.8
SLACK_S = 300.0
EARLY_S = 120.0
LEAST_DENSITY = 1e-9
ROLLOUT_SHARE, ROLLOUT_STEPS = 0.4, 8
"""How often the first failure waits for a later step of a rollout, and the steps that are tried."""


def lag_density(lag_s: Floats) -> Floats:
    """Return the density per second of a lag between a cause's start and the first failure."""
    prompt = PROMPT_SHARE / PROMPT_S * np.exp(-lag_s / PROMPT_S)
    slow = (1 - PROMPT_SHARE) / SLOW_S * np.exp(-lag_s / SLOW_S)
    return np.where(lag_s >= 0, prompt + slow, 0.0)


def onset_given_start(
    onset: Instants, start_us: float, error: RecordError, *, rollout_s: float = 0.0
) -> float:
    """Return the log density of the onset for a cause whose record says `start_us`.

    A rollout of some length may make the first attempt fail at any moment of it.
    """
    starts = start_us + error.places * 1e6
    density = _density(onset, starts, error)
    if rollout_s > PROMPT_S:
        steps = np.linspace(0.0, rollout_s, ROLLOUT_STEPS)
        spread = np.mean([_density(onset, starts + step * 1e6, error) for step in steps])
        density = (1 - ROLLOUT_SHARE) * density + ROLLOUT_SHARE * float(spread)
    return math.log(max(density, LEAST_DENSITY))


def _density(onset: Instants, starts_us: Floats, error: RecordError) -> float:
    lags = (onset.times[:, None] - starts_us[None, :]) / 1e6
    return float(onset.weights @ lag_density(lags) @ error.weights)


def begins_at(
    case: Case, start_us: float, error: RecordError, *, rollout_s: float = 0.0
) -> dict[str, float]:
    """Return the part `onset` of a cause that began at `start_us`; none where it is censored."""
    if case.censored:
        return {}
    return {"onset": onset_given_start(case.onset, start_us, error, rollout_s=rollout_s)}


def begins_anywhere(case: Case) -> dict[str, float]:
    """Return the part `onset` of a cause without a clock; none where the onset is censored."""
    return {} if case.censored else {"onset": anywhere(case.span_s)}


def ends_anywhere(case: Case) -> dict[str, float]:
    """Return the part `recovery` of a cause without a clock; none while the incident goes on."""
    return {} if case.recovered_us is None else {"recovery": anywhere(case.span_s)}


def anywhere(span_s: float) -> float:
    """Return the log density of an instant that may lie anywhere in the analysed span."""
    return -math.log(max(span_s, 60.0))


def chance_before(onset: Instants, start_us: float, error: RecordError) -> float:
    """Return P(true start <= onset)."""
    starts = start_us + error.places * 1e6
    return float(onset.weights @ (starts[None, :] <= onset.times[:, None]) @ error.weights)


def recovery_given_reversal(
    recovered_us: float,
    reversal: tuple[float, float] | None,
    span_s: float,
    *,
    reversed_share: float = REVERSED_SHARE,
) -> float:
    """Return the log density of the recovery for a cause taken back over `reversal`, or never.

    `reversed_share`: how often such a cause ends by being taken back, and not by itself.
    """
    elsewhere = (1 - reversed_share) / max(span_s, 60.0)
    if reversal is None:
        return math.log(elsewhere)
    start, end = reversal
    inside = start - EARLY_S * 1e6 <= recovered_us <= end + SLACK_S * 1e6
    lasts_s = (end - start) / 1e6 + EARLY_S + SLACK_S
    during = reversed_share / lasts_s if inside else 0.0
    return math.log(during + elsewhere)
