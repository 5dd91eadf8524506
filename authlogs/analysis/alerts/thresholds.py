"""Thresholds from normal data alone, and their false alarms on data that did not choose them.

The normal time is cut into four stretches; each is judged by the threshold that the other three
give. So the false alarms that are told are those of the way in which the threshold was chosen, and
not of a threshold that has seen them. The rule itself has the threshold of all the normal time.
"""

import itertools
import math
from dataclasses import replace

import numpy as np

from authlogs.analysis.alerts.evaluation import (
    Steps,
    delayed,
    firings,
    holds,
    share_of,
    window_of,
    without,
)
from authlogs.analysis.alerts.false_alarms import WEEK_S, cumulated, poisson_interval
from authlogs.analysis.alerts.normal import Normal, cut_out
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.analysis.units import Bools

FOLDS = 4
MARGIN = 1.5
"""How far a threshold stands above the worst that was normal."""
SPARE = 2
"""And how many rows at least: two of a reason that never came before are no incident."""
LEAST_SHARE = 0.1
MOST_SHARE = 0.9
ALLOWED_A_WEEK = 0.05
"""Alarms a week that a constant rate, at its upper bound, may give: for short histories."""
OBJECTIVE_STEP = 0.001


def fitted(rule: AlertRule, steps: Steps, normal: Bools) -> AlertRule | None:
    """Return the rule with thresholds from the normal evaluations; null where none would help.

    Counts: over half as many again as the worst window, and two more. Shares likewise, at least
    10 %. Drops: two thirds of the deepest. Objectives: a budget half as large again as is spent.
    """
    width = rule.window_s // steps.step_s
    if rule.kind == "burn_rate":
        return _objective(rule, steps, normal)
    counted = window_of(steps.counted, width)
    if rule.kind == "drop":
        before = delayed(counted, (rule.than_s or 0) // steps.step_s)
        told = normal & (before >= max(1, rule.least))
        lowest = float((counted / np.maximum(1, before))[told].min()) if told.any() else 1.0
        below = math.floor(100 * lowest / MARGIN) / 100
        return replace(rule, below=below) if below > 0 else None
    if rule.kind == "share":
        told = normal & (counted >= rule.least)
        worst = float(share_of(steps, rule.window_s)[told].max()) if told.any() else 0.0
        above = max(LEAST_SHARE, math.ceil(100 * MARGIN * worst) / 100)
        return replace(rule, above=above) if above <= MOST_SHARE else None
    worst = float(counted[normal].max()) if normal.any() else 0.0
    seen = int(steps.counted[normal].sum())
    watched = max(1, int(normal.any(axis=0).sum())) * steps.step_s
    mean = poisson_interval(seen)[1] * rule.window_s / watched
    above = max(math.ceil(MARGIN * worst) + SPARE, _surely_above(mean, rule.window_s))
    return replace(rule, above=float(above))


def alarms_elsewhere(rule: AlertRule, steps: Steps, normal: Bools) -> int:
    """Count the false alarms of thresholds that were chosen on the other three quarters."""
    alarms = 0
    told = np.flatnonzero(normal.any(axis=0))
    if not len(told):
        return 0
    edges = np.linspace(told[0], told[-1] + 1, FOLDS + 1).astype(np.int64)
    places = np.arange(normal.shape[1])
    for first, last in itertools.pairwise(edges.tolist()):
        here = (places >= first) & (places < last)
        chosen = fitted(rule, steps, normal & ~here)
        if chosen is not None:
            alarms += len(firings(chosen, steps, holds(chosen, steps) & normal & here))
    return alarms


def normal_evaluations(rule: AlertRule, steps: Steps, normal: Normal) -> Bools:
    """Return, by group and evaluation, which are normal: warmed up, and no incident in sight."""
    every = np.ones(steps.counted.shape, dtype=bool)
    every[:, : max(0, rule.warm_up_s // steps.step_s - 1)] = False
    return without(steps, every, cut_out(rule, normal))


def _objective(rule: AlertRule, steps: Steps, normal: Bools) -> AlertRule | None:
    """Return a burn-rate rule whose budget is half as large again as what is spent as a rule."""
    spent = steps.counted[normal].sum() / max(1, steps.whole[normal].sum())
    budget = max(OBJECTIVE_STEP, math.ceil(MARGIN * spent / OBJECTIVE_STEP) * OBJECTIVE_STEP)
    burns = tuple(burn for burn in rule.burns if burn.factor * budget <= MOST_SHARE)
    return replace(rule, objective=round(1 - budget, 6), burns=burns) if burns else None


def _surely_above(mean: float, window_s: int) -> int:
    """Return the count that a Poisson of this mean passes at most so often in a week's windows."""
    windows = WEEK_S / window_s
    most = math.floor(mean)
    while windows * (1 - cumulated(most, mean)) > ALLOWED_A_WEEK:
        most += 1
    return most
