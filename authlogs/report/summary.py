"""The words that `authlogs investigate` prints: what was read first, then what was found."""

import textwrap
from collections.abc import Iterable, Iterator

from authlogs.analysis.result import Incident, Investigation
from authlogs.analysis.words import Clock, chance, clock_of
from authlogs.report import sentences as say
from authlogs.report.inert import printable

WIDTH = 98
MOST_LISTED = 8
MARK = "  "
"""Before a line that hangs below the one above it."""


def summary(investigation: Investigation) -> str:
    """Return the readable summary, at most 98 columns wide, free of control characters.

    >>> import authlogs as al
    >>> from authlogs.report.summary import summary
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> summary(al.investigate(logs)).splitlines()[0]
    'Read'
    """
    blocks = [
        _block("Read", say.what_was_read(investigation)),
        _block("Could not be read", say.what_was_not_read(investigation)),
    ]
    several = len(investigation.incidents) > 1
    for number, incident in enumerate(investigation.incidents, start=1):
        if several:
            blocks.append(f"Incident {number} of {len(investigation.incidents)}")
        blocks += _incident(investigation, incident)
    if not investigation.incidents:
        blocks.append(_block("Found", _nothing(investigation)))
    blocks += [
        _block("Could not be checked", _unchecked(investigation)),
        _block("Assumed", say.what_was_assumed(investigation)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _nothing(investigation: Investigation) -> Iterator[str]:
    yield "no incident: no series of failures stands out from its own usual level"
    yield f"searched: {clock_of(investigation).stretch(investigation.analysed)}"


def _incident(investigation: Investigation, incident: Incident) -> list[str]:
    clock = clock_of(investigation, incident)
    when = (*say.when_it_was(incident, clock), *say.how_it_was_met(incident, clock))
    return [
        _block("What", say.what_failed(incident)),
        _block("When", when),
        _block("Who", say.who_was_hit(incident)),
        _block("Cause", _cause(incident, clock)),
        _block("Ruled out", _ruled_out(investigation, incident, clock)),
        _block("Responders' acts", _acts(investigation, incident, clock)),
    ]


def _cause(incident: Incident, clock: Clock) -> Iterator[str]:
    yield say.what_the_verdict_is(incident, clock)
    for place, suspect in enumerate(say.in_question(incident)):
        if place or incident.verdict != "change":
            name = f"{say.suspect_words(suspect, clock)} ({chance(suspect.probability)})"
            yield f"also possible: {name}"
        yield f"{MARK}{say.weight(suspect)}"
        for direction in ("for", "against"):
            for finding in say.strongest(suspect.evidence, direction):
                yield f"{MARK}{direction}: {finding.statement}"
    for name, why in say.theories_possible(incident):
        yield f"also possible: {name}: {why}"


def _ruled_out(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    yield from (f"{name}: {why}" for name, why in say.theories_ruled_out(incident))
    gone = list(say.changes_ruled_out(investigation, incident, clock))
    yield from (f"{name}: {why}" for name, why in gone[:MOST_LISTED])
    if len(gone) > MOST_LISTED:
        yield f"and {len(gone) - MOST_LISTED} more changes, see the result"


def _acts(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    for name, effect, sure in say.what_acts_did(investigation, incident, clock):
        yield f"{name}: {effect} ({chance(sure)})"


def _unchecked(investigation: Investigation) -> Iterator[str]:
    for incident in investigation.incidents:
        yield from (f"{name}: {why}" for name, why in say.theories_untested(incident))
    yield from say.what_is_blind(investigation, clock_of(investigation))


def _block(title: str, lines: Iterable[str]) -> str:
    told = [_wrapped(printable(line)) for line in lines if line]
    return "\n".join([title, *told]) if told else ""


def _wrapped(line: str) -> str:
    """Indent a line under its title and wrap it, never at the minus of an offset."""
    first = MARK + (MARK if line.startswith(MARK) else "")
    return textwrap.fill(
        line.strip(),
        WIDTH,
        initial_indent=first,
        subsequent_indent=f"{first}  ",
        break_on_hyphens=False,
    )
