"""Who was hit, in people and tokens, beyond what is normal."""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.result import Impact
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import MICROS
from authlogs.analysis.windows import dispersion
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


def measure_impact(case: Case) -> Impact:
    """Count people attempting and affected, rejected tokens, and sign-ins that never came to be."""
    signal = case.incident.signal
    key = [int(case.start_us), int(case.end_us), signal.service, signal.event_type, signal.reason]
    people = run_sql(PEOPLE, key, events=case.events).to_pylist()[0]
    failing = case.inside & case.units.failed
    normal = case.baseline * float(case.inside.sum())
    units = max(0, round(float(failing.sum()) - normal))
    lost, interval = _lost(case)
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


def _lost(case: Case) -> tuple[int | None, tuple[int, int] | None]:
    """Return the deficit of good new sign-ins against the level before the onset.

    The level is that of the stretch before the incident, its spread that of the counts themselves;
    null where less than an hour was seen before.
    """
    if case.incident.signal.denominator == "none":
        return None, None
    well = case.per_bin(case.fresh & ~case.units.failed)
    width = case.grid.width_s * MICROS
    first = int((case.start_us - case.grid.start_us) // width)
    last = min(case.grid.bins, int((case.end_us - case.grid.start_us) // width))
    before = well[:first]
    if first * case.grid.width_s < 3_600:
        return None, None
    level, bins = float(before.mean()), last - first
    spread = dispersion(before, np.full_like(before, max(1, int(before.max()) * 10)))
    error = 1.645 * np.sqrt(spread * level * bins * (1 + bins / first))
    lost = level * bins - float(well[first:last].sum())
    return max(0, round(lost)), (max(0, round(lost - error)), max(0, round(lost + error)))
