"""The zone that a text says its times are in; never one that it does not say.

`UTC-5` in prose is five hours behind UTC. Of abbreviations only those count that one standard or
the zone database gives one meaning: EST and its like as in RFC 5322 section 4.3, CET and its like
as in the IANA zone database; IST or BST have several, and are refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from authlogs.errors import BadCall, ZoneNeeded
from authlogs.window import parse_zone

HOURS: Final = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "JST": 9,
}  # fmt: skip
AMBIGUOUS: Final = {
    "IST": (1, 2, 5.5), "BST": (1, 6, 11), "AST": (-4, 3), "ADT": (-3, 4), "AMT": (-4, 4),
    "GST": (-2, 4), "SST": (-11, 8), "ECT": (-5, -4), "BRT": (-3,), "COT": (-5,), "MSK": (3, 4),
}  # fmt: skip
"""Hours ahead of UTC that each has stood for, in the zone database or in common use."""
OFFSET: Final = r"[+\-−‐–]\s?\d{1,2}(?::?\d\d)?(?!\d|:\d)"
PLACE: Final = r"(?:America|Europe|Asia|Africa|Australia|Atlantic|Pacific|Indian)/[A-Z]\w+(?:/\w+)?"
NAME: Final = rf"(?:UTC|GMT)\s?{OFFSET}|UTC|GMT|{'|'.join(HOURS)}|{'|'.join(AMBIGUOUS)}|{PLACE}"
NAMED: Final = re.compile(rf"(?<![\w/])(?:{NAME})(?![\w/])")
AFTER_CLOCK: Final = re.compile(rf"\s?[(\[]?(?:({NAME})(?![\w/])|(Z)(?!\w))[)\]]?")
NUMERIC: Final = re.compile(r"\s?([+-]\d\d:?\d\d)(?![\d:])")
OF_TIMES: Final = re.compile(r"\b(?:times?|time ?zone|zone|clocks?|hours?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class SaidZone:
    """A zone as the text names it."""

    name: str
    zone: tzinfo


def zone_of(name: str) -> tzinfo:
    """Return the zone of a name in prose. Raises BadCall for one that has several meanings.

    >>> zone_of("UTC-5").utcoffset(None)
    datetime.timedelta(days=-1, seconds=68400)
    """
    wanted = re.sub(r"[−‐–]", "-", name.strip())
    if wanted in AMBIGUOUS:
        raise BadCall(
            f"{wanted} stands for more than one zone, or for none that the zone database knows",
            next_step="name the zone that is meant with tz= (--postmortem-tz; the offset must be "
            f"one of {', '.join(f'{hours:+g} h' for hours in AMBIGUOUS[wanted])}), or write an "
            "offset into the text: UTC-5",
        )
    if wanted in HOURS:
        return timezone(timedelta(hours=HOURS[wanted]))
    if wanted in ("Z", "UTC", "GMT"):
        return UTC
    return parse_zone(re.sub(r"^(?:UTC|GMT)|\s", "", wanted))


def settled(text: str, tz: tzinfo | None, at: datetime) -> tuple[str, frozenset[str]]:
    """Leave out abbreviations with several meanings where `tz` is one of these; return which.

    >>> from zoneinfo import ZoneInfo
    >>> settled("09:45 IST alert", ZoneInfo("Asia/Kolkata"), datetime(2024, 5, 3, tzinfo=UTC))[0]
    '09:45  alert'
    """
    ahead = at.astimezone(tz).utcoffset() if tz else None
    meant = {
        name
        for name, hours in AMBIGUOUS.items()
        if any(timedelta(hours=each) == ahead for each in hours)
    }
    gone = frozenset(found[0] for found in NAMED.finditer(text) if found[0] in meant)
    return NAMED.sub(lambda found: "" if found[0] in gone else found[0], text), gone


def zone_said(texts: Iterable[str], at: datetime) -> SaidZone | None:
    """Return the one zone that the texts name; null where none does.

    A sentence about times outweighs one that only mentions a zone. Raises BadCall where two are
    named that differ at the time of the incident.
    """
    told: dict[bool, dict[str, tzinfo]] = {True: {}, False: {}}
    for text in texts:
        for found in NAMED.finditer(text):
            about_times = bool(OF_TIMES.search(text))
            told[about_times][found[0]] = zone_of(found[0])
    named = told[True] or told[False]
    if len({at.astimezone(zone).utcoffset() for zone in named.values()}) > 1:
        raise BadCall(
            f"the text names several zones: {', '.join(sorted(named))}",
            next_step="say which its times are in: tz= (--tz), or write it beside each time",
        )
    return next((SaidZone(name, zone) for name, zone in named.items()), None)


def zone_needed(source: str, shown: str) -> ZoneNeeded:
    """Return the error for a text with bare times that names no zone, with the choice."""
    choice = ", ".join(dict.fromkeys((shown, "UTC")))
    return ZoneNeeded(
        "its times name no zone, and none is guessed",
        where=source,
        next_step=f"say which they are in: tz= (--tz ZONE), for example {choice}; or write "
        "`all times are UTC-5` into the text",
    )
