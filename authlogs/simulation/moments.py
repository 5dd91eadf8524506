"""Moments of the simulated day, and how each log writes them.

A moment is a whole number of microseconds since local midnight of 3 May 2024 in America/Bogota,
which has been at UTC-5 all year round since 1993.
"""

from datetime import datetime, timedelta, timezone
from typing import Final

ZONE: Final = "America/Bogota"
OFFSET_HOURS: Final = -5
MIDNIGHT: Final = datetime(2024, 5, 3, tzinfo=timezone(timedelta(hours=OFFSET_HOURS)))

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
TO_UTC: Final = -OFFSET_HOURS * HOUR


def at(clock: str) -> int:
    """Return the moment of a wall-clock time.

    >>> at("00:01:30") / SECOND
    90.0
    """
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return hours * HOUR + minutes * MINUTE + sum(seconds) * SECOND


def aware(moment: int) -> datetime:
    """Return the moment as a datetime with its offset."""
    return MIDNIGHT + timedelta(microseconds=moment)


def _clock(moment: int) -> str:
    seconds = moment // SECOND
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def iso_utc(moment: int, digits: int = 6) -> str:
    """Return RFC 3339 in UTC with this many digits of the second (0, 3 or 6)."""
    utc = moment + TO_UTC
    fraction = f".{utc % SECOND:06d}"[: digits + 1] if digits else ""
    return f"2024-05-03T{_clock(utc)}{fraction}Z"


def naive(moment: int, *, comma: str = ",") -> str:
    """Return local time without a zone: `2024-05-03 09:41:15,123`."""
    return f"2024-05-03 {_clock(moment)}{comma}{moment % SECOND // 1000:03d}"


def naive_seconds(moment: int) -> str:
    """Return local time without a zone: `2024-05-03 09:41:15`."""
    return f"2024-05-03 {_clock(moment)}"


def slashes(moment: int) -> str:
    """Return nginx's error-log time, without a zone: `2024/05/03 09:41:15`."""
    return f"2024/05/03 {_clock(moment)}"


def clf(moment: int) -> str:
    """Return the time of the common log format: `03/May/2024:09:41:15 -0500`."""
    return f"03/May/2024:{_clock(moment)} -0500"


def postgres(moment: int) -> str:
    """Return PostgreSQL's `%m`: `2024-05-03 09:41:15.123 -05`."""
    return f"{naive(moment, comma='.')} -05"


def syslog(moment: int) -> str:
    """Return the time of RFC 3164, without zone and year: `May  3 09:41:15`."""
    return f"May  3 {_clock(moment)}"
