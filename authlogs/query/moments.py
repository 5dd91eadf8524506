"""Times in a query: a day, a minute, a second or an instant, with a zone; or back from the end."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall, QueryError
from authlogs.query.conditions import Compare, Condition
from authlogs.window import parse_duration, parse_moment, stands_alone

Refuse = Callable[[str, str], QueryError]

EDGES: Final = 'SELECT min("time") AS first, max("time") AS last FROM events'
_NOW: Final = re.compile(r"now(?:-(\w+))?$")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d$")
_FRACTION: Final = re.compile(r":\d\d[.,]\d+")
_SECOND: Final = re.compile(r"\d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Span:
    """A half-open stretch of time: what a written time names."""

    start: datetime
    end: datetime


class Clock:
    """What times that are typed lack: the zone of a caller, and the days that the data are of."""

    def __init__(self, events: Any, zone: tzinfo | None) -> None:
        self.zone, self._events = zone, events
        self._edges: tuple[datetime | None, datetime | None] | None = None

    def edges(self) -> tuple[datetime | None, datetime | None]:
        """The first and the last time in the data; asked for once, and only where it is needed."""
        if self._edges is None:
            row = run_sql(EDGES, events=self._events).to_pylist()[0]
            self._edges = (row["first"], row["last"])
        return self._edges

    def day(self) -> date | None:
        """The only date of the data, in the zone; None where there are several."""
        first, last = self.edges()
        if first is None or last is None or self.zone is None:
            return None
        days = {moment.astimezone(self.zone).date() for moment in (first, last)}
        return days.pop() if len(days) == 1 else None


def since_until(since: str | None, until: str | None, clock: Clock) -> tuple[Condition, ...]:
    """The conditions of a stretch of time as a command line has it; raises BadCall."""
    parts: list[Condition] = []
    end = None
    if until is not None:
        end = _moment(until, clock, None)
        parts.append(Compare("time", "<", end))
    if since is not None:
        parts.append(Compare("time", ">=", _moment(since, clock, end)))
    return tuple(parts)


def _moment(text: str, clock: Clock, end: datetime | None) -> datetime:
    if stands_alone(text):
        return parse_moment(text, zone=clock.zone)
    return parse_moment(text, zone=clock.zone, day=clock.day(), end=end or clock.edges()[1])


def span_of(text: str, clock: Clock, refuse: Refuse) -> Span:
    """The stretch that a typed time names; `now` is the last time in the data."""
    try:
        if found := _NOW.match(text):
            return _instant(_back(found[1], text, clock, refuse))
        if (length := parse_duration(text)) is not None:
            return _instant(_end(clock, refuse) - length)
        day = None if stands_alone(text) else clock.day()
        start = parse_moment(text, zone=clock.zone, day=day)
        return Span(start, _end_of(text, start, clock.zone))
    except BadCall as error:
        raise refuse(error.what, error.next_step) from None
    except (OverflowError, ValueError):
        raise refuse(f"{text[:40]!r} lies outside of any calendar", "") from None


def _end(clock: Clock, refuse: Refuse) -> datetime:
    last = clock.edges()[1]
    if last is None:
        raise refuse("there is no time in the data to count back from", "")
    return last


def _back(length: str | None, text: str, clock: Clock, refuse: Refuse) -> datetime:
    away = timedelta(0) if length is None else parse_duration(length)
    if away is None:
        raise refuse(f"{text[:40]!r} is no time", "write now-30m, now-2h or now-1d")
    try:
        return _end(clock, refuse) - away
    except OverflowError:
        raise refuse(f"{text[:40]!r} lies outside of any calendar", "") from None


def _instant(moment: datetime) -> Span:
    return Span(moment, moment + timedelta(microseconds=1))


def _end_of(text: str, start: datetime, zone: tzinfo | None) -> datetime:
    """Where the day, minute, second or instant that a text names ends."""
    if _DAY.match(text.strip()):
        local = start.astimezone(zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), local.time(), tzinfo=zone)
        return midnight.astimezone(UTC)
    if _FRACTION.search(text):
        return start + timedelta(microseconds=1)
    return start + (timedelta(seconds=1) if _SECOND.search(text) else timedelta(minutes=1))
