"""One file per question put to a suspect. Each has `look(case, suspect) -> Finding | None`.

A new piece of evidence is a new file here and its name in `QUESTIONS`. Log Bayes factors are
ablations: how much the suspect gains over an unlisted change by this part alone.
"""

from collections.abc import Callable

from authlogs.analysis.case import Case
from authlogs.analysis.evidence import (
    dose_response,
    issuing_path,
    novelty,
    proximity,
    reach,
    recovery,
    version_split,
)
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Weighed

QUESTIONS: tuple[Callable[[Case, Weighed], Finding | None], ...] = (
    version_split.look,
    recovery.look,
    proximity.look,
    dose_response.look,
    issuing_path.look,
    novelty.look,
    reach.look,
)


def gather(case: Case, suspect: Weighed) -> tuple[Finding, ...]:
    """Put every question to a suspect; the most telling answers come first."""
    found = [finding for question in QUESTIONS if (finding := question(case, suspect))]
    return tuple(sorted(found, key=lambda f: -abs(f.log_bayes_factor or 0.0)))
