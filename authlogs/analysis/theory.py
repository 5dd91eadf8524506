"""What a file of `causes/` returns: a theory, weighed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from authlogs.analysis.exposure import Exposure
from authlogs.analysis.result import Finding

Verdict = Literal["supported", "contradicted", "untestable"]


@dataclass(frozen=True, eq=False)
class Weighed:
    """A theory with its prior and, part by part, the log likelihood of what was seen under it.

    The parts are `onset` (when it began), `split` (who failed), `recovery` (when it ended),
    `reason` (what the failures say), `reach` (how far they get) and `symptom` (what else the theory
    predicts). Leaving one out is the ablation that evidence reports.
    """

    name: str
    cause_class: str
    prior: float
    parts: Mapping[str, float]
    verdict: Verdict = "untestable"
    statement: str = ""
    evidence: tuple[Finding, ...] = ()
    exposure: Exposure | None = field(default=None)
    excluded_because: str | None = None

    @property
    def log_likelihood(self) -> float:
        return sum(self.parts.values())
