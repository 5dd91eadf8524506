"""What each responder's act did to the failures."""

from typing import Literal

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.exposure import Exposure
from authlogs.analysis.result import Incident, Mitigation
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools

ACTS = (
    "rollback",
    "failover",
    "restart",
    "session_flush",
    "scale",
    "flag",
    "config",
    "key_rotation",
)
LOOK_S = 900
LEAST_UNITS = 10
COMPLETE, PARTIAL = 0.1, 0.7
DRAWS = 4_000


def judge_mitigations(case: Case, incident: Incident) -> tuple[Mitigation, ...]:
    """Compare new sign-ins in the quarter hour before each act began and after it ended.

    Where versions tell which attempts still ran under the blamed change, every act but its own
    reversal is judged on these alone: else a flush in mid-rollback would look like a cure.
    """
    acts = [e for e in case.exposures if is_response(case, e)]
    judged = (_judge(case, act, _still_exposed(case, incident, act)) for act in acts)
    return tuple(mitigation for mitigation in judged if mitigation is not None)


def is_response(case: Case, exposure: Exposure) -> bool:
    """Tell whether a change is an act made while the incident went on."""
    return exposure.change.change_type in ACTS and case.start_us < exposure.start_us < case.end_us


def _still_exposed(case: Case, incident: Incident, act: Exposure) -> Bools:
    blamed = incident.suspects[0].change.id if incident.verdict == "change" else None
    exposure = next((e for e in case.exposures if e.change.id == blamed), None)
    if exposure is None or not exposure.labelled:
        return case.fresh
    if exposure.reversal and exposure.reversal[2] == act.change.id:
        return case.fresh
    return case.fresh & (np.nan_to_num(exposure.reached) > 0.5)


def _judge(case: Case, act: Exposure, judged: Bools) -> Mitigation | None:
    before = _counts(case, judged, act.start_us - LOOK_S * MICROS, act.start_us)
    after = _counts(case, judged, act.end_us, act.end_us + LOOK_S * MICROS)
    if before[1] < LEAST_UNITS or after[1] < LEAST_UNITS:
        return None
    fell = _chances(before, after)
    effect: Literal["complete", "partial", "none"]
    if fell[COMPLETE] >= 0.5:
        effect, chance = "complete", fell[COMPLETE]
    elif fell[PARTIAL] >= 0.5:
        effect, chance = "partial", fell[PARTIAL] - fell[COMPLETE]
    else:
        effect, chance = "none", 1.0 - fell[PARTIAL]
    return Mitigation(change=act.change.id, effect=effect, probability=chance)


def _counts(case: Case, judged: Bools, start_us: float, end_us: float) -> tuple[int, int]:
    used = case.units.used_us
    chosen = judged & (used >= start_us) & (used < end_us)
    return int(case.units.failed[chosen].sum()), int(chosen.sum())


def _chances(before: tuple[int, int], after: tuple[int, int]) -> dict[float, float]:
    """Return P(rate after < share x rate before) under flat priors, for both shares."""
    draw = np.random.Generator(np.random.PCG64(7))
    was, now = (draw.beta(k + 1, n - k + 1, DRAWS) for k, n in (before, after))
    return {share: float((now < share * was).mean()) for share in (COMPLETE, PARTIAL)}
