"""Theory: a change that nobody recorded, to a service on the path or elsewhere, at any time.

Predicts: nothing about who fails, and an onset and a recovery anywhere; where versions are logged,
an unrecorded deploy would show a version that no record names. Recorded changes are measured
against it.
"""

import math

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Verdict, Weighed
from authlogs.analysis.timing import anywhere

DAY_S = 86_400.0
NAME = "unlisted_change"
KEPT_VERSION = 0.3
"""Share of changes that leave the logged version as it was (configuration, flags, data)."""


def weigh(case: Case) -> list[Weighed]:
    """Return one theory a service on the path, and one for everywhere else."""
    services = sorted({service for _, service in case.units.builds})
    elsewhere = _weigh(case, NAME, len(services) + 1, ())
    return [elsewhere, *(_in_service(case, service, len(services) + 1) for service in services)]


def _in_service(case: Case, service: str, parts: int) -> Weighed:
    words = [w for (_, name), w in case.units.builds.items() if name == service]
    versions = sorted({str(v) for labels in words for v in labels[case.inside] if v is not None})
    listed = {e.change.version for e in case.exposures if e.change.service == service}
    before = {str(v) for labels in words for v in labels[~case.inside] if v is not None}
    fresh = [v for v in versions if v not in listed | before]
    if not versions:
        return _weigh(case, f"{NAME}@{service}", parts, ())
    said = f"{service} ran {', '.join(versions)} throughout the incident; "
    said += (
        f"no record names {', '.join(fresh)}" if fresh else "no version without a record appears"
    )
    score = 0.0 if fresh else math.log(KEPT_VERSION)
    finding = Finding(
        kind="versions",
        direction="for" if fresh else "against",
        statement=said,
        log_bayes_factor=score,
        numbers={"versions": len(versions), "unrecorded": len(fresh)},
    )
    return _weigh(case, f"{NAME}@{service}", parts, (finding,))


def _weigh(case: Case, name: str, shares: int, evidence: tuple[Finding, ...]) -> Weighed:
    parts = {
        "onset": anywhere(case.span_s),
        "reason": math.log(case.priors.of_reason("change", case.reason_group)),
        "symptom": sum(f.log_bayes_factor or 0.0 for f in evidence),
    }
    if case.recovered_us is not None:
        parts["recovery"] = anywhere(case.span_s)
    shown = any(f.direction == "for" for f in evidence)
    verdict: Verdict = "supported" if shown else "untestable"
    said = (
        evidence[0].statement
        if evidence
        else ("a change without a record may have begun at any time: it is weighed, not tested")
    )
    return Weighed(
        name=name,
        cause_class="change",
        prior=case.priors.of_cause(NAME, case.span_s / DAY_S) / shares,
        parts=parts,
        verdict=verdict,
        statement=said,
        evidence=evidence,
    )
