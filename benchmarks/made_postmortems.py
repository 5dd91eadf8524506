"""Postmortems as people write them, made from a known course of events, with slips planted.

One draw gives a text and the entries that were written wrongly on purpose. Times are rounded as
people round; layout, clock, zone and wording vary.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from html import escape

CHANCE = 0.2
"""Share of the entries that get a slip."""
CLEAR = timedelta(minutes=12)
"""A slip moves an entry at least so far from everything that would make it true again."""
BOGOTA = timezone(timedelta(hours=-5))


@dataclass(frozen=True)
class Happened:
    """Something that happened: when (and until when, where a text may mean either), and how
    people put it."""

    at: datetime
    phrases: tuple[str, ...]
    also: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Written:
    """A made postmortem: its text, what was planted (words to line), and the options it needs."""

    text: str
    lines: tuple[str, ...]
    planted: frozenset[int]
    """Places in `lines` that hold a slip."""
    options: dict[str, str] = field(default_factory=dict)


def write(happened: Sequence[Happened], seed: int) -> Written:
    """Draw a postmortem."""
    draw = random.Random(seed)
    zone = draw.choice([BOGOTA, BOGOTA, UTC])
    clock = draw.choice([_plain, _twelve, _seconds, _french, _zoned])
    told, planted = [], set()
    chosen = sorted(
        draw.sample(list(happened), k=draw.randint(min(6, len(happened)), min(20, len(happened)))),
        key=lambda one: one.at,
    )
    for place, one in enumerate(chosen):
        moment = _rounded(one.at, draw)
        if draw.random() < CHANCE and (slipped := _slip(one, moment, zone, draw)):
            moment = slipped
            planted.add(place)
        told.append((moment.astimezone(zone), draw.choice(one.phrases)))
    layout = draw.choice(LAYOUTS)
    day = chosen[0].at.astimezone(zone)
    lines = [layout.line(clock(when), phrase, when) for when, phrase in told]
    named = "UTC" if zone is UTC else draw.choice(["UTC-5", "UTC-05:00", "America/Bogota", "GMT-5"])
    options, said = {}, f"All times are {named}."
    if draw.random() < 0.2:
        options, said = {"tz": "UTC" if zone is UTC else "America/Bogota"}, "Draft."
    date = draw.choice(
        [f"{day.day} {day:%B %Y}", f"{day:%Y-%m-%d}", f"{day:%A}, {day:%B} {day.day}, {day:%Y}"]
    )
    return Written(
        layout.page(f"Incident of {date}", said, lines), tuple(lines), frozenset(planted), options
    )


def _rounded(moment: datetime, draw: random.Random) -> datetime:
    """As people note it: the minute, sometimes the nearest five."""
    if draw.random() < 0.25:
        late = moment + timedelta(minutes=2.5)
        return late.replace(minute=late.minute // 5 * 5, second=0, microsecond=0)
    return moment.replace(second=0, microsecond=0)


def _slip(one: Happened, moment: datetime, zone: tzinfo, draw: random.Random) -> datetime | None:
    """A slip of hours, of half a day or of some minutes; null where it would come true again, or
    fall on another day."""
    hours = draw.choice([1, -1, 2, -2, 5, 12, -12])
    minutes = draw.choice([-1, 1]) * draw.randint(15, 50)
    slipped = moment + draw.choice([timedelta(hours=hours), timedelta(minutes=minutes)])
    near = any(abs(slipped - true) < CLEAR for true in (one.at, *one.also))
    days = {when.astimezone(zone).date() for when in (slipped, one.at)}
    return None if near or len(days) > 1 else slipped


def _plain(when: datetime) -> str:
    return f"{when:%H:%M}"


def _twelve(when: datetime) -> str:
    return f"{when.hour % 12 or 12}:{when:%M} {'am' if when.hour < 12 else 'pm'}"


def _seconds(when: datetime) -> str:
    return f"{when:%H:%M:%S}"


def _french(when: datetime) -> str:
    return f"{when:%H}h{when:%M}"


def _zoned(when: datetime) -> str:
    return f"{when:%H:%M} {'UTC' if not when.utcoffset() else 'UTC-5'}"


@dataclass(frozen=True)
class Layout:
    """How a line and a page look."""

    line: Callable[[str, str, datetime], str]
    page: Callable[[str, str, list[str]], str]


def _markdown(title: str, said: str, lines: list[str]) -> str:
    listed = "\n".join(lines)
    return f"# {title}\n\n{said}\n\n## Timeline\n\n{listed}\n\n## Actions\n\n- [ ] alert earlier\n"


def _text(title: str, said: str, lines: list[str]) -> str:
    return f"{title}\n\n{said}\n\n" + "\n".join(lines) + "\n"


def _page(title: str, said: str, lines: list[str]) -> str:
    return (
        f"<html><body><h1>{title}</h1>\n<p>{said}</p>\n" + "\n".join(lines) + "\n</body></html>\n"
    )


def _chat(_title: str, _said: str, lines: list[str]) -> str:
    return "[" + ",\n".join(lines) + "]\n"


def _message(_clock: str, phrase: str, when: datetime) -> str:
    return json.dumps(
        {"type": "message", "user": "U1", "ts": f"{when.timestamp():.6f}", "text": phrase}
    )


LAYOUTS = (
    Layout(lambda clock, phrase, _when: f"- {clock} {phrase}", _markdown),
    Layout(lambda clock, phrase, _when: f"* **{clock}** – {phrase}", _markdown),
    Layout(lambda clock, phrase, _when: f"| {clock} | {phrase} |", _markdown),
    Layout(lambda clock, phrase, _when: f"{clock}: {phrase}", _text),
    Layout(lambda clock, phrase, _when: f"At {clock} {phrase}.", _text),
    Layout(lambda clock, phrase, when: f"{when:%Y-%m-%d} {clock} {phrase}", _text),
    Layout(lambda clock, phrase, _when: f"<li>{clock} {escape(phrase)}</li>", _page),
    Layout(
        lambda clock, phrase, _when: f"<tr><td>{clock}</td><td>{escape(phrase)}</td></tr>", _page
    ),
    Layout(_message, _chat),
)
