"""Figures in a text held against the measured impact: people, shares, failures, lengths of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from authlogs.analysis.reconciliation.compiling import PATIENCE_S, compiled
from authlogs.analysis.reconciliation.passages import Passage
from authlogs.analysis.reconciliation.records import Checked, Claim, Flag
from authlogs.analysis.reconciliation.statements import MOST_TEXT
from authlogs.analysis.result import Incident, hit_most
from authlogs.analysis.words import span

PEOPLE: Final = r"(?:users?|people|customers?|accounts?|persons?|employees)"
LOGINS: Final = r"(?:(?:log|sign)-?\s?ins?|(?:log|sign)-?\s?in attempts|attempts)"
PARTS: Final = {
    "a quarter": 0.25, "one quarter": 0.25, "a third": 1 / 3, "one third": 1 / 3, "half": 0.5,
    "two thirds": 2 / 3, "two-thirds": 2 / 3, "three quarters": 0.75, "three-quarters": 0.75,
}  # fmt: skip
NUMBER: Final = r"(?P<number>\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+|\d+(?:\.\d+)?)\s?(?P<k>k\b)?"
ABOUT: Final = r"(?P<about>(?:about|around|approx(?:imately)?\.?|roughly|some|nearly|almost|~)\s*)?"
WORDED: Final = "|".join(sorted(PARTS, key=len, reverse=True))


SHARE: Final = compiled(
    rf"{ABOUT}(?:(?P<percent>\d{{1,3}}(?:\.\d+)?)\s?(?:%|per\s?cent)|(?P<part>{WORDED}))"
    rf"\s+(?:of\s+)?(?:all\s+|our\s+|the\s+|active\s+)*{PEOPLE}"
)
COUNT: Final = compiled(rf"{ABOUT}{NUMBER}\s+(?:distinct\s+|different\s+|affected\s+)*{PEOPLE}")
FAILED: Final = compiled(
    rf"{ABOUT}{NUMBER}\s+(?:failed\s+{LOGINS}|{LOGINS}\s+(?:failed|were refused)|failures)"
)
REJECTED: Final = compiled(
    rf"{ABOUT}{NUMBER}\s+(?:rejected\s+tokens|tokens?\s+(?:were\s+)?(?:rejected|refused))"
)
LASTED: Final = compiled(
    r"\b(?:lasted|duration(?: of)?:?|down for|for a total of|outage of)\s+"
    r"(?P<about>about\s+|roughly\s+)?"
    r"(?:(?P<hours>\d{1,3}(?:\.\d+)?)\s?(?:hours?|hrs?|h)\b)?(?:\s?(?:and\s+)?(?P<minutes>\d{1,3})"
    r"\s?(?:m|mins?|minutes?)\b)?"
)
PEOPLE_HIT: Final = compiled(r"\b(?:affected|impacted|locked out|could not|unable|hit)\b")
EXACT, ROUGH = 0.05, 0.2
"""How far a figure may be off, relative to the measured one."""
ROUGH_SHARE, EXACT_SHARE = 0.1, 0.03
"""How far a share may be off, in points."""


@dataclass(frozen=True)
class Figure:
    """A figure of the text beside the measured one."""

    said: str
    what: str
    told: float
    measured: float
    slack: float


def figures_of(
    told: Sequence[Passage], source: str, incidents: Sequence[Incident]
) -> Iterator[tuple[Checked, Flag | None]]:
    """Give each figure of impact with its verdict, and a flag where it is contradicted."""
    incident = hit_most(incidents)
    if incident is None:
        return
    for passage in told:
        if passage.text.rstrip().endswith("?"):
            continue
        place = f"{source}:{passage.line}"
        for figure in _found(passage.text, incident):
            yield _judged(figure, passage, place)


def _judged(figure: Figure, passage: Passage, place: str) -> tuple[Checked, Flag | None]:
    right = abs(figure.told - figure.measured) <= figure.slack
    said = f"{figure.what}: {_shown(figure)} measured"
    claim = Claim(
        place=place, text=passage.text[:MOST_TEXT], kind="impact", time=None, said=figure.said
    )
    verdict = "confirmed" if right else "contradicted"
    checked = Checked(claim=claim, verdict=verdict, statement=said, fact="impact")  # type: ignore[arg-type]
    statement = f"“{figure.said}”, but {said}"
    return checked, None if right else Flag(kind="impact", statement=statement, places=(place,))


def _shown(figure: Figure) -> str:
    if figure.what.startswith("share"):
        return f"{figure.measured:.0%}"
    if figure.what.startswith("length"):
        return span(figure.measured)
    return f"{figure.measured:,.0f}"


def _found(text: str, incident: Incident) -> Iterator[Figure]:
    impact = incident.impact
    if impact is None:
        return
    hit = PEOPLE_HIT.search(text, timeout=PATIENCE_S)
    share = SHARE.search(text, timeout=PATIENCE_S)
    if share and hit and impact.users_attempting:
        told = PARTS[share["part"].lower()] if share["part"] else float(share["percent"]) / 100
        rough = bool(share["about"] or share["part"])
        whole = impact.users_affected / impact.users_attempting
        slack = ROUGH_SHARE if rough else EXACT_SHARE
        yield Figure(share[0].strip(), "share of the people who tried", told, whole, slack)
    for pattern, what, measured in (
        (COUNT, "people affected", impact.users_affected if hit else None),
        (FAILED, "failed logins", impact.failed_logins),
        (REJECTED, "rejected tokens", impact.rejected_tokens or None),
    ):
        found = pattern.search(text, timeout=PATIENCE_S)
        if found and measured is not None and not (share and pattern is COUNT):
            told = _number(found)
            slack = (ROUGH if found["about"] or found["k"] else EXACT) * measured
            yield Figure(found[0].strip(), what, told, float(measured), slack)
    yield from _length(text, incident)


def _length(text: str, incident: Incident) -> Iterator[Figure]:
    lasted = LASTED.search(text, timeout=PATIENCE_S)
    if not lasted or not (lasted["hours"] or lasted["minutes"]) or not incident.recovered:
        return
    told = float(lasted["hours"] or 0) * 3_600 + float(lasted["minutes"] or 0) * 60
    measured = (incident.recovered - incident.onset).total_seconds()
    slack = max(600.0, (ROUGH if lasted["about"] else EXACT) * measured)
    yield Figure(lasted[0].strip(), "length of the incident", told, measured, slack)


def _number(found: "regex.Match[str]") -> float:
    plain = regex.sub(r"[,\u202f\u00a0 ]", "", found["number"])
    return float(plain) * (1_000 if found["k"] else 1)
