"""Do the failing attempts pass through the changed service at all, and how far do they get?"""

from authlogs.analysis.case import Case
from authlogs.analysis.reach import Reach, reach_of
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Weighed

ENDS = {
    "behind": "it stands behind the step that fails",
    "silent": "it takes part in the step before it is done, and falls silent",
}


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Say so when no failing attempt is known to pass through the service, or none gets there."""
    exposure = suspect.exposure
    if exposure is None or suspect.excluded_because:
        return None
    service = exposure.change.service
    reach = reach_of(case.units, case.inside, service)
    if reach and reach.place != "on":
        return _short(reach, service or "")
    if exposure.on_path:
        return None
    said = f"no failing attempt is known to pass through {service or 'its service'}"
    return Finding(kind="reach", direction="against", statement=said)


def _short(reach: Reach, service: str) -> Finding:
    return Finding(
        kind="reach",
        direction="for" if reach.log_factor > 0 else "against",
        statement=(
            f"{reach.met_failed} of {reach.failed} failing attempts reach {service}, and "
            f"{reach.met_well} of {reach.well} good ones: {ENDS[reach.place]}"
        ),
        log_bayes_factor=reach.log_factor,
        numbers={
            "failed_met": reach.met_failed,
            "failed": reach.failed,
            "well_met": reach.met_well,
            "well": reach.well,
        },
    )
