"""In the same minutes, did attempts under the change fail and others not?"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import rate_interval
from authlogs.analysis.result import Finding
from authlogs.analysis.roles import places
from authlogs.analysis.split import EXPOSED
from authlogs.analysis.theory import Weighed

FAILING = """
outcome = 'failure' AND event_type = $3 AND reason = $4 AND unix_micros("time") >= $5
"""


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Count units under the change and beside it, in minutes that saw both."""
    exposure = suspect.exposure
    if exposure is None:
        return None
    kind = "token_lineage" if case.units.kind == "token" else "version_split"
    if not exposure.labelled:
        said = "no version or cohort tells which attempts it reached"
        return Finding(kind=kind, direction="unknown", statement=said)
    hit, others = _tables(case, exposure.reached)
    numbers = dict(
        zip(("failed_under", "under", "failed_beside", "beside"), (*hit, *others), strict=True)
    )
    if not hit[1] or not others[1]:
        said = "no minute of the incident holds attempts both under the change and beside it"
        return Finding(kind=kind, direction="unknown", statement=said, numbers=numbers)
    gain = suspect.parts.get("split", 0.0)
    rates = [k / n for k, n in (hit, others)]
    low, high = rate_interval(*hit)
    verb = "issued" if kind == "token_lineage" else "served"
    said = (
        f"in the same minutes {hit[0]} of {hit[1]} {case.units.kind}s {verb} under "
        f"{exposure.change.service} {exposure.change.version} failed ({rates[0]:.1%}, "
        f"90 % interval {low:.1%} to {high:.1%}), and {others[0]} of {others[1]} others "
        f"({rates[1]:.1%})"
    )
    return Finding(
        kind=kind,
        direction="for" if gain > 0 else "against",
        statement=said,
        log_bayes_factor=gain,
        numbers=numbers | {"rate_under": rates[0], "rate_beside": rates[1]},
        rows=places(case, FAILING, *_failing(case)) if gain > 0 else (),
    )


def _tables(case: Case, reached: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    known = case.inside & np.isfinite(reached)
    under = known & (reached > EXPOSED)
    beside = known & (reached <= EXPOSED)
    chosen = np.zeros(len(known), dtype=bool)
    for stratum in (case.attempts.kind, case.attempts.minute):
        both = np.intersect1d(stratum[under], stratum[beside])
        chosen = np.isin(stratum, both)
        if chosen.any():
            break
    cells = [(case.units.failed[m & chosen].sum(), (m & chosen).sum()) for m in (under, beside)]
    return (int(cells[0][0]), int(cells[0][1])), (int(cells[1][0]), int(cells[1][1]))


def _failing(case: Case) -> tuple[str, str, int]:
    signal = case.incident.signal
    return signal.event_type, signal.reason, int(case.start_us)
