"""Theory: a recorded change did it (deploy, configuration, flag, policy, migration …).

Predicts: failures begin after its start, among the attempts that ran under it, and end when it is
taken back. Needs: a change record; version labels make the split sharp.
"""

import math

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.exposure import Exposure
from authlogs.analysis.split import split_of
from authlogs.analysis.theory import Weighed
from authlogs.analysis.timing import begins_at, chance_before, recovery_given_reversal

LEAST_CHANCE = 0.01


def weigh(case: Case) -> list[Weighed]:
    """Return every recorded change, weighed; excluded ones say why."""
    return [_weigh(case, exposure) for exposure in case.exposures]


def _weigh(case: Case, exposure: Exposure) -> Weighed:
    change = exposure.change
    prior = case.priors.of_change(change.change_type)
    excluded = _exclusion(case, exposure)
    return Weighed(
        name=change.id,
        cause_class="change",
        prior=prior * (1.0 if exposure.on_path else case.priors.off_path),
        parts={} if excluded else parts_of(case, exposure),
        exposure=exposure,
        excluded_because=excluded,
    )


def parts_of(case: Case, exposure: Exposure) -> dict[str, float]:
    """Return the log likelihood, part by part, of what was seen if this change did it."""
    parts = {
        **begins_at(case, exposure.start_us, exposure.uncertainty_s),
        "split": split_of(case, exposure.reached),
        "reason": math.log(case.priors.of_reason("change", case.reason_group)),
    }
    if case.recovered_us is not None:
        back = exposure.reversal[:2] if exposure.reversal else None
        parts["recovery"] = recovery_given_reversal(case.recovered_us, back, case.span_s)
    return parts


def _exclusion(case: Case, exposure: Exposure) -> str | None:
    chance = chance_before(case.onset, exposure.start_us, exposure.uncertainty_s)
    if chance < LEAST_CHANCE:
        late = (exposure.start_us - case.start_us) / 1e6
        return f"it began {_minutes(late)} after the onset (P(start <= onset) = {chance:.3f})"
    failing = case.inside & case.units.failed & exposure.known()
    if exposure.labelled and failing.any() and not np.any(exposure.reached[failing] > 0):
        return f"none of {int(failing.sum())} failing {case.units.kind}s ran under its version"
    return None


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
