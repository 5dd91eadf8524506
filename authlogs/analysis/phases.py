"""The course of the response: detected, acknowledged, mitigated, resolved, and the tail."""

import re
from datetime import datetime, timedelta

from authlogs.analysis.case import Case
from authlogs.analysis.result import Incident, Phases

EARLY = timedelta(minutes=10)
ACKNOWLEDGED = re.compile(r"\back(nowledged)?\b", re.IGNORECASE)


def time_phases(case: Case, incident: Incident) -> Phases:
    """Time the phases of an attributed incident; what no record tells stays null.

    Detected is the first alert from ten minutes before the onset; mitigated is when new sign-ins
    were well again, resolved when all traffic was. The tail runs from the end of the blamed
    change's reversal to the end for all traffic.
    """
    marks = [r for r in case.changes.to_pylist() if r["time"] and _near(r["time"], incident)]
    detected = _first(r["time"] for r in marks if r["change_type"] == "alert")
    acknowledged = _first(r["time"] for r in marks if r["change_type"] == "incident" and _acks(r))
    mitigated = incident.recovery.get("new_sign_ins")
    resolved = incident.recovered
    return Phases(
        detected=detected,
        acknowledged=acknowledged,
        mitigated=mitigated.time if mitigated else None,
        resolved=resolved,
        ttd_s=_after(incident, detected),
        tta_s=_after(incident, acknowledged),
        ttm_s=_after(incident, mitigated.time if mitigated else None),
        ttr_s=_after(incident, resolved),
        tail_s=_tail(case, incident),
    )


def _near(when: datetime, incident: Incident) -> bool:
    return when >= incident.onset - EARLY and (not incident.recovered or when <= incident.recovered)


def _acks(row: dict[str, object]) -> bool:
    return bool(ACKNOWLEDGED.search(f"{row['status'] or ''} {row['description'] or ''}"))


def _first(times: object) -> datetime | None:
    return min(times, default=None)  # type: ignore[call-overload, no-any-return]


def _after(incident: Incident, when: datetime | None) -> float | None:
    return (when - incident.onset).total_seconds() if when else None


def _tail(case: Case, incident: Incident) -> float | None:
    if not incident.recovered or incident.verdict != "change":
        return None
    blamed = incident.suspects[0].change.id
    reversals = [e.reversal for e in case.exposures if e.change.id == blamed and e.reversal]
    if not reversals:
        return None
    return max(0.0, (case.end_us - reversals[0][1]) / 1e6)
