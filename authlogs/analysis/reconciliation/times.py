"""The clocks in a sentence: 24 and 12 hours, ranges, zones beside them, times that cannot be."""

from dataclasses import dataclass, replace
from datetime import time, tzinfo
from typing import Final

import regex

from authlogs.analysis.reconciliation.compiling import PATIENCE_S, compiled
from authlogs.analysis.reconciliation.zones import AFTER_CLOCK, NAMED, NUMERIC, zone_of

CLOCK: Final = regex.compile(
    r"(?:(?<=\d{4}-\d\d-\d\dT)|(?<![\w.:/]))"
    r"(?P<hour>\d{1,2})(?:[:h](?P<minute>\d\d)(?!\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?"
    r"(?:\s?(?P<half>[AaPp])\.?\s?[Mm]\b\.?)?(?!\d|:\d)"
)
FOUR: Final = regex.compile(
    r"(?<![\w.:/-])(?P<hour>\d\d)(?P<minute>\d\d)(?=\s?(?:Z|UTC|GMT|hrs?)\b)"
)
NOON: Final = compiled(r"\b(?:noon|midday)\b")
LONG: Final = compiled(r"^\s?(?:h|hrs?|hours?|min|minutes?)\b")
LASTS: Final = compiled(r"\b(?:lasted|lasting|duration(?: of)?:?|for|took|within)\s+(?:about\s+)?$")
LOOSE: Final = compiled(
    r"(?:\b(?:about|around|approx(?:imately)?\.?|roughly|circa|ca\.?|nearly|shortly after|"
    r"shortly before|before|after|by)\s*(?:at\s+)?|~\s*)$"
)
LINKED: Final = compiled(r"^\s*(?:-|–|—|to|until|till|through|and)\s*$")
BETWEEN: Final = compiled(r"\bbetween\s*$")


@dataclass(frozen=True)
class Clock:
    """A time of day as it is written; `at` is null where no clock shows it."""

    said: str
    first: int
    last: int
    at: time | None
    zone: tzinfo | None = None
    about: bool = False
    whole_hour: bool = False
    until: "Clock | None" = None
    """The end of a range that begins here."""


def clocks(text: str) -> list[Clock]:
    """Return the clocks of a sentence in order; a range is one, with its end inside.

    >>> [clock.said for clock in clocks("down from 10:00 to 1:30 pm (UTC-05:00)")]
    ['10:00']
    """
    barred = [found.span() for found in NAMED.finditer(text)]
    found = [
        *(
            _clock(text, hit)
            for hit in CLOCK.finditer(text, timeout=PATIENCE_S)
            if _is_one(text, hit)
        ),
        *(_clock(text, hit) for hit in FOUR.finditer(text)),
        *(Clock(hit[0], hit.start(), hit.end(), time(12)) for hit in NOON.finditer(text)),
    ]
    kept: list[Clock] = []
    for clock in sorted(found, key=lambda clock: clock.first):
        inside = kept and clock.first < kept[-1].last  # the offset of the stamp before it
        if not inside and not any(low <= clock.first < high for low, high in barred):
            kept.append(clock)
    return _ranges(text, kept)


def without_clocks(text: str) -> str:
    """Return a sentence without its clocks and the zones beside them."""
    ends = [one for clock in clocks(text) for one in (clock, clock.until) if one]
    for clock in sorted(ends, key=lambda clock: -clock.first):
        text = f"{text[: clock.first]} {text[clock.last :]}"
    return text


def _is_one(text: str, hit: "regex.Match[str]") -> bool:
    """Tell a time of day from a number or a length of time."""
    if hit["minute"] is None and hit["half"] is None:
        rest = text[hit.end() :]
        return bool(regex.match(r"\s?[-–—]\s?\d{1,2}(?::\d\d)?\s?[AaPp]\.?[Mm]\b", rest))
    return not (LONG.match(text[hit.end() :]) and LASTS.search(text[: hit.start()]))


def _clock(text: str, hit: "regex.Match[str]") -> Clock:
    told = hit.groupdict()
    hour, minute, second = (int(told.get(name) or 0) for name in ("hour", "minute", "second"))
    dated = text[: hit.start()].endswith("T")
    zone, last = _zone(text, hit.end(), numeric=dated or told.get("second") is not None)
    return Clock(
        said=hit[0].strip(),
        first=hit.start(),
        last=last,
        at=_time(hour, minute, second, (told.get("half") or "").lower()),
        zone=zone,
        about=bool(LOOSE.search(text[: hit.start()])),
        whole_hour=told.get("minute") is None,
    )


def _time(hour: int, minute: int, second: int, half: str) -> time | None:
    if half and hour > 12 and half == "a":
        return None
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _zone(text: str, place: int, *, numeric: bool) -> tuple[tzinfo | None, int]:
    """Return the zone that stands right after a clock, and where it ends."""
    found = AFTER_CLOCK.match(text, place)
    if found:
        return zone_of(found[1] or found[2]), found.end()
    offset = NUMERIC.match(text, place) if numeric else None
    return (zone_of(offset[1]), offset.end()) if offset else (None, place)


def _ranges(text: str, found: list[Clock]) -> list[Clock]:
    """Join two clocks that a dash or a word makes one range."""
    joined: list[Clock] = []
    for clock in found:
        before = joined[-1] if joined and joined[-1].until is None else None
        if before and _linked(text, before, clock):
            first = _same_half(before, clock)
            zone = first.zone or clock.zone
            joined[-1] = replace(first, zone=zone, until=replace(clock, zone=clock.zone or zone))
        else:
            joined.append(clock)
    return joined


def _linked(text: str, first: Clock, second: Clock) -> bool:
    link = text[first.last : second.first]
    if link.strip().lower() == "and":
        return bool(BETWEEN.search(text[: first.first]))
    return bool(LINKED.match(link))


def _same_half(first: Clock, second: Clock) -> Clock:
    """`9:00-9:30 pm`: the first clock is of the same half of the day, unless it would lie later."""
    if first.at is None or second.at is None or first.at.hour >= 12 or _halved(first):
        return first
    later = first.at.replace(hour=first.at.hour + 12)
    return replace(first, at=later) if _halved(second) and later <= second.at else first


def _halved(clock: Clock) -> bool:
    return clock.said.lower().rstrip(".")[-1:] == "m"
