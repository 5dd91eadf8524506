"""What an incident took from a service level objective: minutes below it, and error budget.

Source: Google, "The Site Reliability Workbook" (2018), chapters 2 and 5: the budget of a window is
the share of attempts that may fail in it.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.series import MICROS
from authlogs.errors import BadCall


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What was burnt of the budget of `days` days at `objective` (share of people who get through).

    `minutes_below`: minutes of the incident in which the objective was not met. `failed`: people
    failing per minute, summed, beyond what is usual. `allowed`: what may fail in `days` days at the
    usual rate of attempts. `burnt`: their ratio, 1 is the whole budget.
    """

    objective: float
    days: int
    minutes_below: float
    failed: float
    allowed: float
    burnt: float | None


def burn(case: Case, *, objective: float, days: int) -> Budget | None:
    """Return what the incident burnt; null where successes are not logged.

    Raises BadCall for an objective outside (0, 1) or a window under a day.
    """
    if not 0.0 < objective < 1.0 or days < 1:
        raise BadCall(
            f"an objective of {objective:g} over {days} days cannot be kept or missed",
            next_step="give a share below 1, such as 0.999, and whole days, such as 30",
        )
    if case.incident.signal.denominator == "none":
        return None
    width_us = case.grid.width_s * MICROS
    times = case.grid.start_us + np.arange(case.grid.bins) * width_us
    inside = (times + width_us > case.start_us) & (times < case.end_us)
    failed, tried = case.series.failed.astype(float), case.series.tried.astype(float)
    share = np.divide(failed, tried, out=np.zeros_like(failed), where=tried > 0)
    below = float((share[inside] > 1.0 - objective).sum()) * case.grid.width_s / 60
    beyond = max(0.0, float(failed[inside].sum()) - case.baseline * float(tried[inside].sum()))
    well = tried[~inside] if (~inside).any() else tried
    allowed = (1.0 - objective) * float(well.mean()) / case.grid.width_s * 86_400 * days
    return Budget(
        objective=objective,
        days=days,
        minutes_below=below,
        failed=beyond,
        allowed=allowed,
        burnt=beyond / allowed if allowed > 0 else None,
    )
