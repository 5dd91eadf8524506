"""Stretches of time, zones that are always named, and moments as people type them."""

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from authlogs.errors import BadCall

_OFFSET = re.compile(r"^([+-])(\d{1,2})(?::?(\d\d))?$")
_SIGNED_NAME = re.compile(r"^(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d\d))?$", re.IGNORECASE)
_DURATION = re.compile(r"^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d\d)(?::(\d\d))?$")


@dataclass(frozen=True)
class Window:
    """A half-open stretch of time, [start, end), both aware and held in UTC.

    >>> day = datetime(2024, 5, 3, tzinfo=UTC)
    >>> Window(day, day + timedelta(hours=1)).duration
    datetime.timedelta(seconds=3600)
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            moment: object = getattr(self, name)
            if not isinstance(moment, datetime):
                raise BadCall(
                    f"{name} is {moment!r}, and no datetime",
                    where="Window",
                    next_step="write datetime.fromisoformat('2024-05-03T09:41-05:00')",
                )
            if moment.tzinfo is None:
                raise BadCall(
                    f"{name} {moment.isoformat()} has no zone",
                    where="Window",
                    next_step="give an aware datetime, such as datetime(…, tzinfo=UTC)",
                )
            object.__setattr__(self, name, moment.astimezone(UTC))
        if self.end < self.start:
            raise BadCall(
                f"ends {self.end.isoformat()}, before it starts {self.start.isoformat()}",
                where="Window",
                next_step="swap the two, or check their zones",
            )

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def overlaps(self, other: "Window") -> bool:
        return self.start < other.end and other.start < self.end


def parse_zone(text: str) -> tzinfo:
    """The zone of an IANA name or an offset; raises BadCall for anything else.

    >>> parse_zone("-05:00").utcoffset(None)
    datetime.timedelta(days=-1, seconds=68400)
    """
    wanted = text.strip()
    if wanted.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    if offset := _OFFSET.match(wanted):
        return _fixed(*offset.groups(), text=text)
    if signed := _SIGNED_NAME.match(wanted):
        sign, hours, minutes = signed.groups()
        raise BadCall(
            f"the zone {text!r} can be meant two ways (POSIX counts its sign westward)",
            next_step=f"write the offset alone: {sign}{int(hours):02d}:{minutes or '00'}",
        )
    try:
        return ZoneInfo(wanted)
    except (KeyError, ValueError, OSError):
        near = difflib.get_close_matches(wanted, sorted(available_timezones()), n=3, cutoff=0.6)
        raise BadCall(
            f"no time zone is called {text!r}",
            next_step=(f"did you mean {', '.join(near)}? " if near else "")
            + "an IANA name (America/Bogota) or an offset (-05:00) will do",
        ) from None


def _fixed(sign: str, hours: str, minutes: str | None, *, text: str) -> timezone:
    away = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if away > timedelta(hours=14) or int(minutes or 0) > 59:
        raise BadCall(f"no place on Earth is {text} from UTC", next_step="write it like -05:00")
    return timezone(-away if sign == "-" else away)


def zone_label(zone: tzinfo, at: datetime) -> str:
    """The offset of a zone at a moment, such as `UTC-05:00`."""
    away = at.astimezone(zone).utcoffset() or timedelta(0)
    seconds = int(away.total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{sign}{hours:02d}:{minutes:02d}"


def show_time(moment: datetime, zone: tzinfo, *, dated: bool = False) -> str:
    """A moment for people, never without its offset: `09:41:15 (UTC-05:00)`."""
    local = moment.astimezone(zone)
    shape = "%Y-%m-%d %H:%M:%S" if dated else "%H:%M:%S"
    return f"{local.strftime(shape)} ({zone_label(zone, moment)})"


def parse_duration(text: str) -> timedelta | None:
    """`30m`, `2h`, `1h30m`, `1d`, `90s` as a length of time; None if it is something else."""
    found = _DURATION.match(text.strip())
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if days > 36_500:
        raise BadCall(f"{text!r} is longer than any log", next_step="write it like 30m or 2h")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def stands_alone(text: str) -> bool:
    """Whether a moment is one by itself: neither a length of time nor a bare time of day."""
    return not _CLOCK.match(text.strip()) and parse_duration(text) is None


def parse_moment(
    text: str, *, zone: tzinfo | None = None, day: date | None = None, end: datetime | None = None
) -> datetime:
    """A moment as people type it, in UTC; raises BadCall when something is missing to read it.

    ISO with an offset stands alone; ISO without one needs `zone`; `30m` counts back from `end`;
    a bare `09:41` needs `zone` and `day`.

    >>> parse_moment("09:41", zone=parse_zone("-05:00"), day=date(2024, 5, 3)).isoformat()
    '2024-05-03T14:41:00+00:00'
    """
    wanted = text.strip()
    if (length := parse_duration(wanted)) is not None:
        if end is None:
            raise BadCall(f"{text!r} counts back from the end of the data, which has none")
        return end.astimezone(UTC) - length
    if clock := _CLOCK.match(wanted):
        return _on_day(text, clock, zone=zone, day=day)
    try:
        moment = datetime.fromisoformat(wanted)
    except ValueError:
        raise BadCall(
            f"{text!r} is no moment in time",
            next_step="write 2024-05-03T09:41:00-05:00, 09:41 (with --tz) or 30m",
        ) from None
    if moment.tzinfo is None:
        if zone is None:
            raise _zone_missing(text)
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _on_day(text: str, clock: re.Match[str], *, zone: tzinfo | None, day: date | None) -> datetime:
    if zone is None:
        raise _zone_missing(text)
    if day is None:
        raise BadCall(
            f"{text!r} names no day, and the data spans more than one (or none)",
            next_step=f"write the day too, such as 2024-05-03T{text}",
        )
    hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    try:
        at = time(hours, minutes, seconds)
    except ValueError:
        raise BadCall(f"{text!r} is no time of day", next_step="write it like 09:41") from None
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _zone_missing(text: str) -> BadCall:
    return BadCall(
        f"{text!r} names no zone",
        next_step="give one with tz= (--tz America/Bogota), or add an offset: …-05:00",
    )
