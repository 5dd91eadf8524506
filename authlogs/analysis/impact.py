"""Who was hit, in people and tokens, beyond what is normal."""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.counterfactual import Expected, expect, good_sign_ins
from authlogs.analysis.result import Impact
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.units import gather_units
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

PEOPLE = f"""
SELECT count(DISTINCT {PERSON}) AS attempting,
       count(DISTINCT CASE WHEN outcome = 'failure' AND coalesce(reason, 'unspecified') = $5
                           THEN {PERSON} END) AS affected,
       CASE WHEN count(user_id) > 0 THEN 'user_id' WHEN count("user") > 0 THEN 'user'
            WHEN count(sub) > 0 THEN 'sub' ELSE 'source_ip' END AS basis
FROM events
WHERE outcome IN ('success', 'failure') AND service IS NOT DISTINCT FROM $3 AND event_type = $4
  AND unix_micros("time") >= $1 AND unix_micros("time") < $2
"""
PEAK_BINS = 5
LEAST_TRIED = 10


def measure_impact(case: Case, history: Events | None = None) -> Impact:
    """Count people attempting and affected, rejected tokens, and sign-ins that never came to be.

    `history` are events of healthy days, which tell how many sign-ins there would have been.
    """
    signal = case.incident.signal
    key = [int(case.start_us), int(case.end_us), signal.service, signal.event_type, signal.reason]
    people = run_sql(PEOPLE, key, events=case.events).to_pylist()[0]
    failing = case.inside & case.units.failed
    normal = case.baseline * float(case.inside.sum())
    units = max(0, round(float(failing.sum()) - normal))
    usual = None if history is None else gather_units(history, case.incident)
    lost, interval = deficit(case, expect(case, usual))
    return Impact(
        users_attempting=people["attempting"],
        users_affected=people["affected"],
        failed_logins=units,
        rejected_tokens=int(failing.sum()) if case.units.kind == "token" else 0,
        lost_logins=lost,
        lost_logins_interval=interval,
        peak_rate=_peak(case),
        identity_basis=people["basis"],
    )


def _peak(case: Case) -> float | None:
    """Return the highest failing share of new sign-ins over five bins in a row."""
    if case.incident.signal.denominator == "none":
        return None
    window = np.ones(PEAK_BINS)
    failed = np.convolve(case.per_bin(case.fresh & case.units.failed), window, "valid")
    tried = np.convolve(case.per_bin(case.fresh), window, "valid")
    rates = failed[tried >= LEAST_TRIED] / tried[tried >= LEAST_TRIED]
    return float(rates.max()) if len(rates) else None


def deficit(case: Case, expected: Expected | None) -> tuple[int | None, tuple[int, int] | None]:
    """Return what is missing of the expected good sign-ins, and its 90 % interval."""
    if expected is None or case.incident.signal.denominator == "none":
        return None, None
    well = good_sign_ins(case.units)
    came = float(((well >= case.start_us) & (well < case.end_us)).sum())
    bounds = (expected.low, expected.sign_ins, expected.high)
    low, middle, high = (max(0, round(value - came)) for value in bounds)
    return middle, (low, high)
