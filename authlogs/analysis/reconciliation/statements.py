"""From passages to claims: which clause a time belongs to, on which day, in which zone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from authlogs.analysis.reconciliation.days import SaidDay, days_said
from authlogs.analysis.reconciliation.kinds import LASTING, edge_of, kind_of
from authlogs.analysis.reconciliation.passages import Passage
from authlogs.analysis.reconciliation.records import Claim
from authlogs.analysis.reconciliation.times import Clock, clocks
from authlogs.analysis.reconciliation.zones import SaidZone, zone_needed
from authlogs.errors import BadCall

MOST_TEXT = 160
EXACT, ROUGH, HOURLY = timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30)
"""How far a time may be off and still be meant: as written, with `about`, as a bare hour."""
NEXT_DAY = timedelta(hours=12)
"""A list whose times fall back by this much has passed midnight, unless the one time before stands
out (without it, the list would still rise) or the next day lies beyond the data."""
PARTS = re.compile(r"(?:[;,]|\s[–—-]|\band\b|\bthen\b|\bwhile\b)\s+")
ENDS_OPEN = re.compile(r"\?\s*$")


@dataclass(frozen=True)
class Setting:
    """What the text as a whole says of its times: zone, day, and where it stands."""

    source: str
    zone: SaidZone | None
    tz: tzinfo | None
    shown: str
    days: tuple[date, ...]
    year: int
    incident_day: date | None
    latest: datetime
    """When the data end."""
    day: date | None = None


@dataclass
class Place:
    """Where the reading stands: the day of the section, and the last two times of the list."""

    section: date | None = None
    last: datetime | None = None
    before: datetime | None = None
    assumed: set[str] = field(default_factory=set)


def read_statements(told: Sequence[Passage], setting: Setting) -> tuple[list[Claim], set[str]]:
    """Return the timed claims of the passages, and what had to be assumed to read them.

    Raises ZoneNeeded for a bare time in a text that names no zone; BadCall for a bare time where
    the text names several days.
    """
    place, claims = Place(), []
    pending = ""
    for passage in told:
        text = passage.text
        days = [d for d in days_said(text, year=setting.year) if d.day]
        timed = bool(clocks(text))
        if passage.heading or not timed:
            place.last = place.before = None
        if passage.heading and days:
            place.section = _one(days, setting)
        if passage.heading and timed and kind_of(text) == "other":
            pending = text  # a heading that is but a time speaks for what stands below it
            continue
        if pending and not timed:
            text = f"{pending} {text}"
        pending = ""
        if not ENDS_OPEN.search(text):
            claims += list(_claims(text, passage, days, place, setting))
    return claims, place.assumed


def _one(days: list[SaidDay], setting: Setting) -> date | None:
    named = {d.day for d in days if d.day}
    if setting.day in named or len(named) > 1:
        return setting.day
    return next(iter(named))


def _claims(
    text: str, passage: Passage, days: list[SaidDay], place: Place, setting: Setting
) -> Iterator[Claim]:
    found = clocks(text)
    if passage.chat and found and kind_of(text[: found[0].first]) == "other":
        text, found = _spoken(text, found)
    where = f"{setting.source}:{passage.line}"
    if not found:
        kind = kind_of(text)
        if passage.sent and kind != "other":  # what a chat says happens about when it is said
            yield Claim(
                place=where, text=text[:MOST_TEXT], kind=kind, time=passage.sent, slack=ROUGH,
                said=f"{passage.sent:%H:%M} UTC", edge=edge_of(text, kind),
            )  # fmt: skip
        return
    for clock, clause in _clauses(text, found):
        kind = kind_of(clause)
        if kind == "other" and clock.until and LASTING.search(clause):
            kind = "onset"
        day = _own_day(days, clock, text)
        begun = _moment(clock, day, passage, place, setting)
        named: dict[str, Any] = {"place": where, "text": text[:MOST_TEXT]}
        if clock.until is None:
            yield Claim(kind=kind, edge=edge_of(clause, kind), **named, **_told(clock, begun))
            continue
        ended = _moment(clock.until, day, passage, place, setting)
        if begun and ended and ended < begun:
            ended += timedelta(days=1)
        yield Claim(kind=kind, edge="start", **named, **_told(clock, begun))
        last = "recovery" if kind == "onset" else kind
        yield Claim(kind=last, edge="end", **named, **_told(clock.until, ended))


def _spoken(text: str, found: list[Clock]) -> tuple[str, list[Clock]]:
    """Return the times that a message itself tells; where it tells none, about when it was said."""
    if len(found) > 1:
        words = text[found[0].last :]
        return words.strip(), clocks(words.strip())
    return text, [replace(found[0], about=True)]


def _told(clock: Clock, moment: datetime | None) -> dict[str, Any]:
    """Return what a clock says, and how closely."""
    slack = ROUGH if clock.about else HOURLY if clock.whole_hour else EXACT
    return {"time": moment, "said": clock.said, "slack": slack}


def _clauses(text: str, found: list[Clock]) -> Iterator[tuple[Clock, str]]:
    """Give each clock with the words around it that belong to no other clock."""
    if len(found) == 1:
        clock = found[0]
        first = _piece(text, clock)
        yield clock, first if kind_of(first) != "other" else text
        return
    cuts = [0]
    for before, after in pairwise(found):
        end = (before.until or before).last
        gaps = list(PARTS.finditer(text, end, after.first))
        leads = after.first if _leads(text, found) else None
        cuts.append(gaps[-1].end() if gaps and leads is None else leads or after.first)
    for clock, low, high in zip(found, cuts, [*cuts[1:], len(text)], strict=True):
        yield clock, text[low:high]


def _leads(text: str, found: list[Clock]) -> bool:
    """Tell whether times stand before what they time, as in `09:45 alert, 09:50 acknowledged`."""
    return not text[: found[0].first].strip(" [(-–—*")


def _piece(text: str, clock: Clock) -> str:
    """Return the part of a sentence, between commas, in which a clock stands with its words."""
    end = (clock.until or clock).last
    before = [m.end() for m in PARTS.finditer(text, 0, clock.first)]
    after = [m.start() for m in PARTS.finditer(text, end) if text[end : m.start()].strip(" -–—:)]")]
    return text[before[-1] if before else 0 : after[0] if after else len(text)]


def _own_day(days: list[SaidDay], clock: Clock, text: str) -> date | None:
    """Return the date that stands nearest before a clock, else the first of the sentence."""
    before = [d.day for d in days if d.day and 0 <= text.find(d.said) < clock.first]
    return before[-1] if before else next((d.day for d in days if d.day), None)


def _moment(
    clock: Clock, own: date | None, passage: Passage, place: Place, setting: Setting
) -> datetime | None:
    if clock.at is None:
        return None
    zone = clock.zone or (setting.zone.zone if setting.zone else None) or setting.tz
    if zone is None:
        raise zone_needed(setting.source, setting.shown)
    if not clock.zone and not setting.zone:
        place.assumed.add(f"times that name no zone were read as {setting.tz}")
    if own is None and passage.sent:
        return _near(clock.at, zone, passage.sent)
    day = own or place.section or _only_day(setting, place)
    moment = datetime.combine(day, clock.at, tzinfo=zone)
    if passage.listed:
        beyond = moment + timedelta(days=1) > setting.latest + NEXT_DAY / 2
        if own is None and not beyond and _past_midnight(moment, place):
            moment += timedelta(days=1)
        place.before, place.last = place.last, moment
        place.section = moment.astimezone(zone).date() if own else place.section
    return moment.astimezone(UTC)


def _past_midnight(moment: datetime, place: Place) -> bool:
    """Tell whether a list went on into the next day, even where one of its entries stands out."""
    last, before = place.last, place.before
    if last is None or moment >= last:
        return False
    if before is None:
        return last - moment >= NEXT_DAY
    return before - moment >= NEXT_DAY or (last - moment >= NEXT_DAY and moment < before)


def _near(at: time, zone: tzinfo, sent: datetime) -> datetime:
    """Return the last moment that a clock showed this before a message was sent."""
    moment = datetime.combine(sent.astimezone(zone).date(), at, tzinfo=zone).astimezone(UTC)
    return moment - timedelta(days=1) if moment > sent + timedelta(hours=1) else moment


def _only_day(setting: Setting, place: Place) -> date:
    if setting.day:
        return setting.day
    if len(setting.days) == 1:
        return setting.days[0]
    if setting.days:
        raise BadCall(
            f"the text names several days: {', '.join(map(str, setting.days))}",
            where=setting.source,
            next_step=f"say which its times are of: day= (--day {setting.days[0]})",
        )
    if setting.incident_day is None:
        raise BadCall(
            "its times name no day, and no incident was found whose day it could be",
            where=setting.source,
            next_step="say which day: day= (--day 2024-05-03)",
        )
    place.assumed.add(f"its times name no day: taken as {setting.incident_day}, the incident's")
    return setting.incident_day
