"""What any log says of troubles with a dependency, held against an incident, bin by bin."""

from authlogs.analysis.case import Case
from authlogs.analysis.roles import per_bin, places, usual
from authlogs.analysis.symptoms import Fit, Symptom, fit

WORSE = 5.0
"""Bins with more than this many times the usual lines are a burst."""
_TEXT = "lower(coalesce(message, '') || ' ' || coalesce(reason_text, ''))"


def told_of(case: Case, name: str, words: str, *, least: float, heard: str) -> Fit:
    """Hold a theory against lines that match `words` (a pattern of both engines' expressions).

    A bin speaks where lines fit the SQL condition `heard`; a burst is more than `least` lines.
    """
    trouble = f"regexp_like({_TEXT}, '{words}')"
    lines = per_bin(case, trouble, lines="count(*)")["lines"]
    others = per_bin(case, heard, lines="count(*)")["lines"]
    level = usual(case, lines)
    burst = lines > max(least, WORSE * (level or 0.0))
    speaks = ((others > 0) | (lines > 0)) & (level is not None)
    return fit(case, Symptom(name, burst, speaks, places(case, trouble)))
