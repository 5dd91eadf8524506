"""What a theory that is no recorded change declares: how often it happens, and what it predicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from authlogs.analysis.case import Case
from authlogs.analysis.symptoms import Fit

Table = Mapping[str, float]
ALIKE: Table = {"none": 0.90, "client": 0.02, "browser": 0.01, "region": 0.03, "instance": 0.02}
"""Who fails when a cause hits everybody who passes."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One theory, as data.

    `per_day`: how often it happens. `reasons`: how likely each reason, or each group of reasons
    (shared among its members), is under it. `carriers`: how likely the failures keep to one value
    of a dimension (`none`: to no value). `stages`: how likely they show at an event type, other
    steps being unlikely; 1 for all where empty. `judge`: what else must be seen, held against the
    case; null where nothing else tells. `predicts` ends the sentence "it predicts …".
    """

    name: str
    cause_class: str
    per_day: float
    predicts: str
    reasons: Table
    carriers: Table = field(default_factory=lambda: ALIKE)
    stages: Table = field(default_factory=dict)
    judge: Callable[[Case], Fit] | None = None
