"""The days that a text names, read by dateutil; what can be read two ways is an error."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from dateutil import parser

from authlogs.errors import BadCall

MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
WEEKDAY: Final = r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,?\s+(?:the\s+)?)?"
DATE: Final = re.compile(
    rf"(?<![\w./-]){WEEKDAY}(?P<date>"
    r"(?P<iso>\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?=\D|$)"
    r"|(?P<parts>\d{1,2}[/.-]\d{1,2}[/.-]\d{4})(?![\w/])"
    rf"|{DAY}\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}})?(?!\w)"
    rf"|{MONTH}\s+{DAY}(?!:)(?:,?\s+\d{{4}})?(?!\w))",
    re.IGNORECASE,
)
NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class SaidDay:
    """A date as it is written; `day` is null where the calendar has none such."""

    said: str
    day: date | None
    weekday: str | None
    yearless: bool


def days_said(text: str, *, year: int) -> list[SaidDay]:
    """Return the dates of a text in order; one without a year is of `year`.

    Raises BadCall for one like 03/04/2024, whose day and month cannot be told apart.

    >>> [said.day for said in days_said("Friday, 3rd of May 2024", year=2024)]
    [datetime.date(2024, 5, 3)]
    """
    return [_day(found, year) for found in DATE.finditer(text)]


def _day(found: "re.Match[str]", year: int) -> SaidDay:
    said = found["date"]
    dotted = "." in said and bool(found["parts"])
    if found["parts"] and not dotted:
        one, other = (int(part) for part in re.split(r"[/-]", said)[:2])
        if one <= 12 and other <= 12 and one != other:
            raise BadCall(
                f"the date {said!r} can be meant two ways: day or month first",
                next_step="say which day: day=… (--day 2024-05-03), or write the month's name",
            )
        dotted = one > 12
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b", "", said, flags=re.IGNORECASE)
    try:
        day = parser.parse(plain, default=datetime(year, 1, 1, tzinfo=UTC), dayfirst=dotted).date()
    except (ValueError, OverflowError):
        return SaidDay(said, None, found["weekday"], yearless=False)
    return SaidDay(said, day, found["weekday"], yearless=not re.search(r"\d{4}", said))


def wrong_weekday(said: SaidDay) -> str | None:
    """Return the weekday that a date truly has, where the text names another.

    >>> wrong_weekday(days_said("Monday 3 May 2024", year=2024)[0])
    'Friday'
    """
    if not said.weekday or said.day is None or said.yearless:
        return None
    return None if NAMES[said.day.weekday()] == said.weekday.lower() else f"{said.day:%A}"
