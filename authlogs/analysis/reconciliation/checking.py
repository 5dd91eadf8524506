"""`reconcile`: a timeline that people wrote, held against an investigation.

Source of the terms: Google, "Site Reliability Engineering" (2016), chapter 15, on postmortems.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path

from authlogs.analysis.reconciliation.corrected import corrected
from authlogs.analysis.reconciliation.days import days_said
from authlogs.analysis.reconciliation.figures import figures_of
from authlogs.analysis.reconciliation.matching import facts_of
from authlogs.analysis.reconciliation.orders import flags_of
from authlogs.analysis.reconciliation.passages import MOST_TEXT, Passage, bounded, passages
from authlogs.analysis.reconciliation.records import Checked, Reconciliation
from authlogs.analysis.reconciliation.statements import Setting, read_statements
from authlogs.analysis.reconciliation.times import without_clocks
from authlogs.analysis.reconciliation.verdicts import judge
from authlogs.analysis.reconciliation.zones import settled, zone_said
from authlogs.analysis.result import Investigation
from authlogs.analysis.words import Clock, clock_of
from authlogs.errors import BadCall, NothingToRead, UnknownPath
from authlogs.secrets import redact_text
from authlogs.window import parse_zone


def reconcile(
    postmortem: str | Path,
    investigation: Investigation,
    *,
    tz: str | None = None,
    day: str | None = None,
) -> Reconciliation:
    """Hold every timed claim and figure of a written timeline against what the logs say.

    `postmortem` is a file, or the text itself where it has more than one line: Markdown, plain
    text, HTML or a Slack export. `tz` is the zone of its times where it names none, `day` (ISO) the
    day where it names none or several. Nothing is guessed: a text without a zone raises ZoneNeeded,
    one with several days BadCall, one without times NothingToRead; a path that leads nowhere raises
    UnknownPath.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> found = al.reconcile("sample_logs/login-lockout/postmortem.md", al.investigate(logs))
    >>> [flag.kind for flag in found.flags][:1]
    ['alert_before_start']
    """
    source, text = _text(postmortem)
    zone = parse_zone(tz) if tz else None
    text, meant = settled(redact_text(bounded(text)), zone, _about(investigation))
    told = passages(text)
    setting = _setting(source, told, investigation, zone, day)
    claims, assumed = read_statements(told, setting)
    assumed |= {f"{name} was read as {tz}" for name in meant}
    figures = list(figures_of(told, source, investigation.incidents))
    if not claims and not figures:
        raise _nothing(source)
    facts = facts_of(investigation.facts) if investigation.facts is not None else ()
    clock = _clock(investigation)
    checked = [judge(claim, facts, clock) for claim in claims]
    flags = flags_of(checked, facts, told, year=setting.year, source=source)
    return Reconciliation(
        source=source,
        display_zone=investigation.display_zone,
        claims=tuple(sorted([*checked, *(one for one, _ in figures)], key=_line)),
        flags=(*flags, *(flag for _, flag in figures if flag)),
        timeline=corrected(checked, facts, investigation),
        assumed=tuple(sorted(assumed)),
    )


def _nothing(source: str) -> NothingToRead:
    return NothingToRead(
        "no time and no figure of impact is in this text",
        where=source,
        next_step="give a timeline with times, such as `- 09:45 alert fired`",
    )


def _clock(investigation: Investigation) -> Clock:
    """Return the clock of the incident with the most suspects."""
    first = max(investigation.incidents, key=lambda i: len(i.suspects), default=None)
    return clock_of(investigation, first)


def _line(one: Checked) -> int:
    return int(one.claim.place.rpartition(":")[2])


def _text(postmortem: str | Path) -> tuple[str, str]:
    """Return the name and the text of a postmortem."""
    if isinstance(postmortem, str) and "\n" in postmortem:
        return "postmortem", postmortem
    path = Path(postmortem)
    try:
        with path.open("rb") as stream:
            told = stream.read(4 * MOST_TEXT + 1)  # four bytes a character at most
        return path.name, told.decode("utf-8-sig", errors="replace")
    except (OSError, ValueError) as error:
        raise UnknownPath(
            f"the postmortem cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(postmortem)[:200],
            next_step="name a file, or give its text (of more than one line)",
        ) from None


def _setting(
    source: str,
    told: Sequence[Passage],
    investigation: Investigation,
    tz: tzinfo | None,
    day: str | None,
) -> Setting:
    shown = investigation.display_zone
    zone, about = parse_zone(shown), _about(investigation)
    year = about.astimezone(zone).year
    days = {d.day for p in told for d in days_said(p.text, year=year) if d.day}
    return Setting(
        source=source,
        zone=zone_said((without_clocks(passage.text) for passage in told), about),
        tz=tz,
        shown=shown,
        days=tuple(sorted(days)),
        year=year,
        latest=investigation.data_through,
        incident_day=about.astimezone(zone).date() if investigation.incidents else None,
        day=_day(day) if day else None,
    )


def _about(investigation: Investigation) -> datetime:
    """Return the first onset; without one, when the logs begin."""
    first = investigation.incidents[0].onset if investigation.incidents else None
    return first or investigation.analysed[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadCall(f"{text!r} is no day", next_step="write it like 2024-05-03") from None
