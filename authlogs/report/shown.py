"""What pages show, as plain records of raw text: HTML and Markdown only differ in setting them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pyarrow as pa

from authlogs.analysis.result import Finding, Incident, Investigation, Suspect, Theory
from authlogs.analysis.words import (
    Clock,
    chance,
    change_names,
    clock_of,
    headline,
    people_counted,
    span,
    theory_name,
)
from authlogs.cards import Share
from authlogs.plot.alt_text import alt_text
from authlogs.plot.incidents import main_incident
from authlogs.report import custody_grids, grids
from authlogs.report import sentences as say
from authlogs.report.grids import Grid
from authlogs.report.manifest import UNSEALED
from authlogs.report.quotes import Quote

WEIGHT_SHOWN = 12.0
"""A bar of evidence is full at this natural logarithm: odds of 160,000 to 1."""
MOST_QUOTED = 60_000
"""Characters of quoted lines on a page, as HTML writes them; the table of lines has them all."""
MOST_SUSPECTS = 20
"""So many suspects stand with their evidence; the table of changes names the others."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One number of the first screen."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A finding: its direction, the question, what was seen, its weight, numbers and rows."""

    direction: str
    question: str
    statement: str
    weight: str
    bar: Share | None
    numbers: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A suspect or a theory, with what speaks for and against it."""

    name: str
    probability: Share
    verdict: str
    statement: str
    record: str = ""
    findings: tuple[Seen, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One incident: `grids` are its tables, by question."""

    key: str
    title: str
    heading: str
    period: str
    status: str
    verdict: str
    what: tuple[str, ...]
    when: tuple[str, ...]
    who: tuple[str, ...]
    facts: tuple[Fact, ...]
    reasons: tuple[Seen, ...]
    suspects: tuple[Case, ...]
    ruled_out: tuple[Case, ...]
    untested: tuple[Case, ...]
    phases: Grid
    acts: Grid
    changes: Grid
    segments: Grid
    drawn: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole report."""

    title: str
    zone: str
    analysed: str
    files: str
    read: tuple[str, ...]
    unread: tuple[str, ...]
    equation: tuple[tuple[str, str, str], ...]
    chapters: tuple[Chapter, ...]
    figure_text: str
    sources: Grid
    coverage: Grid
    blind: tuple[str, ...]
    assumed: tuple[str, ...]
    software: tuple[str, ...]
    rejects: Grid
    lines: tuple[Quote, ...]
    lines_left_out: int
    made: Grid
    handled: Grid
    seal: str

    def place_of(self, row: str) -> str | None:
        """Return the name of the element that quotes a row, where the page has one."""
        places = (n for n, quote in enumerate(self.lines, start=1) if quote.row == row)
        return next((f"line-{place}" for place in places), None)


def page_of(
    investigation: Investigation,
    *,
    rejects: pa.Table | None = None,
    lines: Iterable[Quote] = (),
    record: Mapping[str, Any] | None = None,
) -> Page:
    """Return what a report of the investigation shows.

    `rejects` are those of the logs, `lines` the records that it quotes, `record` is what the
    manifest will say of how it was made.
    """
    clock = clock_of(investigation)
    chapters = tuple(_chapters(investigation))
    quoted = tuple(lines)
    kept = _within(quoted)
    return Page(
        title=_title(chapters),
        zone=investigation.display_zone,
        analysed=f"{clock.weekday()}, {clock.stretch(investigation.analysed)}",
        files=say.files_read(investigation),
        read=tuple(say.what_was_read(investigation)),
        unread=tuple(say.what_was_not_read(investigation)),
        equation=grids.equation(investigation),
        chapters=chapters,
        figure_text=alt_text(investigation),
        sources=grids.sources(investigation),
        coverage=grids.coverage(investigation, clock),
        blind=tuple(say.what_is_blind(investigation, clock)),
        assumed=tuple(say.what_was_assumed(investigation)),
        software=tuple(f"{name} {version}" for name, version in investigation.software.items()),
        rejects=grids.rejects(investigation, rejects),
        lines=kept,
        lines_left_out=len(quoted) - len(kept),
        made=custody_grids.made(record),
        handled=custody_grids.handled(record),
        seal=UNSEALED if record else "",
    )


def _title(chapters: tuple[Chapter, ...]) -> str:
    if len(chapters) == 1:
        return chapters[0].title
    return f"{len(chapters)} incidents" if chapters else "No incident was found"


def _within(quoted: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """Keep the first lines whose texts together are no longer than a page can hold."""
    room = MOST_QUOTED
    for place, quote in enumerate(quoted):
        room -= len(escape(quote.text))
        if room < 0:
            return quoted[:place]
    return quoted


def _chapters(investigation: Investigation) -> Iterator[Chapter]:
    drawn = main_incident(investigation)
    for number, incident in enumerate(investigation.incidents, start=1):
        key = f"incident-{number}"
        yield _chapter(investigation, incident, key=key, drawn=incident is drawn)


def _chapter(investigation: Investigation, incident: Incident, *, key: str, drawn: bool) -> Chapter:
    clock = clock_of(investigation, incident)
    suspects = tuple(_suspect(s, clock) for s in incident.suspects[:MOST_SUSPECTS])
    first = incident.blamed
    out = {"contradicted"}
    return Chapter(
        key=key,
        title=headline(investigation, incident),
        heading=next(say.what_failed(incident)),
        period=_period(investigation, incident, clock),
        status="over" if incident.status == "over" else "still going on",
        verdict=say.what_the_verdict_is(incident, clock),
        what=tuple(say.what_failed(incident)),
        when=(*say.when_it_was(incident, clock), *say.how_it_was_met(incident, clock)),
        who=tuple(say.who_was_hit(incident)),
        facts=tuple(_facts(incident, clock)),
        reasons=tuple(_seen(f) for f in say.strongest(first.evidence, "for")) if first else (),
        suspects=suspects,
        ruled_out=tuple(_theory(t) for t in incident.theories if t.verdict in out),
        untested=tuple(_theory(t) for t in incident.theories if t.verdict not in out),
        phases=grids.phases(incident, clock),
        acts=grids.acts(investigation, incident, clock),
        changes=grids.changes(incident, change_names(investigation, clock)),
        segments=grids.segments(incident),
        drawn=drawn,
    )


def _period(investigation: Investigation, incident: Incident, clock: Clock) -> str:
    if incident.recovered is None:
        told = f"since {clock.time(incident.onset)}"
        return f"{clock.weekday()}, {told}, data through {clock.time(investigation.data_through)}"
    lasted = span((incident.recovered - incident.onset).total_seconds())
    return f"{clock.weekday()}, {clock.stretch((incident.onset, incident.recovered))} ({lasted})"


def _facts(incident: Incident, clock: Clock) -> Iterator[Fact]:
    onset = f"90 % interval {clock.stretch(incident.onset_interval)}"
    yield Fact(name="onset", value=clock.time(incident.onset), note=onset)
    for name, who in (("new_sign_ins", "new sign-ins"), ("existing_sessions", "all traffic")):
        found = incident.recovery.get(name)
        note = clock.stretch(found.interval) if found else "not in these logs"
        value = clock.time(found.time) if found else "not yet"
        yield Fact(name=f"{who} well again", value=value, note=note)
    impact = incident.impact
    if impact is None:
        return
    people = people_counted(impact)
    tried = f"of the {impact.users_attempting:,} who tried"
    yield Fact(name=f"{people} affected", value=f"{impact.users_affected:,}", note=tried)
    if impact.rejected_tokens:
        note = "issued, then refused"
        yield Fact(name="tokens rejected", value=f"{impact.rejected_tokens:,}", note=note)
    if impact.lost_logins is not None and impact.lost_logins_interval:
        low, high = impact.lost_logins_interval
        note = f"90 % interval {low:,} to {high:,}"
        yield Fact(name="sign-ins missing", value=f"about {impact.lost_logins:,}", note=note)


def _suspect(suspect: Suspect, clock: Clock) -> Case:
    change = suspect.change
    said = [f"record {change.id}", say.weight(suspect)]
    if change.previous_version:
        said.insert(1, f"before it {change.previous_version}")
    if change.end_time:
        said.insert(1, f"rolled out {clock.stretch((change.time, change.end_time))}")
    return Case(
        name=say.suspect_words(suspect, clock),
        probability=_share(suspect.probability),
        verdict=f"in one group with {suspect.group}" if suspect.group else "",
        statement=change.description or "",
        record="; ".join(said),
        findings=tuple(_seen(finding) for finding in suspect.evidence),
    )


def _theory(theory: Theory) -> Case:
    return Case(
        name=theory_name(theory.name),
        probability=_share(theory.probability),
        verdict=theory.verdict,
        statement=theory.statement,
        findings=tuple(_seen(finding) for finding in theory.evidence),
    )


def _seen(finding: Finding) -> Seen:
    weight = finding.log_bayes_factor
    return Seen(
        direction=finding.direction,
        question=finding.kind.replace("_", " "),
        statement=finding.statement,
        weight="" if weight is None else f"{weight:+.1f}",
        bar=None
        if weight is None
        else Share(min(1.0, abs(weight) / WEIGHT_SHOWN), f"{weight:+.1f}"),
        numbers=tuple(
            (grids.label(name), grids.number(value)) for name, value in finding.numbers.items()
        ),
        rows=finding.rows,
    )


def _share(probability: float) -> Share:
    return Share(probability, chance(probability))
