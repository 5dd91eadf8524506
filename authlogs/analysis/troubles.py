"""What any log says of troubles with a dependency, held against an incident, bin by bin."""

from dataclasses import dataclass

from authlogs.analysis.case import Case
from authlogs.analysis.roles import per_bin, places, usual
from authlogs.analysis.symptoms import SHOWS, Symptom

WORSE = 5.0
"""Bins with more than this many times the usual lines are a burst."""
_TEXT = "lower(coalesce(message, '') || ' ' || coalesce(reason_text, ''))"


@dataclass(frozen=True)
class Trouble:
    """What lines say of it (`words`, an expression that both engines know), and who would say so.

    `shows` is how often they would say so. A bin speaks where lines fit the SQL condition `heard`;
    a burst is more than `least` lines.
    """

    name: str
    words: str
    least: float
    heard: str
    shows: float = SHOWS

    @property
    def condition(self) -> str:
        """Which events tell of it, in SQL."""
        return f"regexp_like({_TEXT}, '{self.words}')"

    def symptom(self, case: Case) -> Symptom:
        """Return where the logs tell of it many more times than usual."""
        lines = per_bin(case, self.condition, lines="count(*)")["lines"]
        others = per_bin(case, self.heard, lines="count(*)")["lines"]
        level = usual(case, lines)
        burst = lines > max(self.least, WORSE * (level or 0.0))
        speaks = ((others > 0) | (lines > 0)) & (level is not None)
        return Symptom(self.name, burst, speaks, places(case, self.condition), self.shows)
