"""What pages show, as plain rows of text: HTML and Markdown only differ in how they set them."""

from collections.abc import Iterator
from dataclasses import dataclass

from authlogs.analysis.result import Finding, Incident, Investigation, Suspect
from authlogs.analysis.words import (
    chance,
    change_names,
    headline,
    local,
    span,
    stretch,
    suspect_name,
    tail_words,
    theory_name,
)
from authlogs.report.summary import identity, printable

Rows = tuple[tuple[str, ...], ...]
SHOWN_SOURCES = ("kind", "format", "lines", "events", "changes", "rejected", "joined")


@dataclass(frozen=True)
class Grid:
    """A table: its title, its headings and its rows, all text."""

    title: str
    heads: tuple[str, ...]
    rows: Rows
    note: str = ""


@dataclass(frozen=True)
class Case:
    """A theory or a suspect with the findings under it."""

    name: str
    probability: str
    statement: str
    findings: Grid


@dataclass(frozen=True)
class Chapter:
    """One incident as a page shows it."""

    title: str
    facts: Grid
    suspects: tuple[Case, ...]
    theories: Grid
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class Page:
    """A whole report: what was read, each incident, what was not checked, what it is made of."""

    title: str
    accounting: str
    chapters: tuple[Chapter, ...]
    grids: tuple[Grid, ...]
    warnings: tuple[str, ...]
    figure_text: str


def page_of(investigation: Investigation) -> Page:
    """Return what a report of the investigation shows."""
    chapters = tuple(_chapter(investigation, incident) for incident in investigation.incidents)
    title = chapters[0].title if chapters else "No incident was found"
    counts = investigation.accounting
    return Page(
        title=title,
        accounting=f"{counts['files']} files: {identity(counts)}",
        chapters=chapters,
        grids=(_sources(investigation), _coverage(investigation), _software(investigation)),
        warnings=tuple(printable(w) for w in (*investigation.warnings, investigation.calibration)),
        figure_text=f"Timeline in {investigation.display_zone}: {title}",
    )


def _chapter(investigation: Investigation, incident: Incident) -> Chapter:
    zone = investigation.display_zone
    return Chapter(
        title=printable(headline(investigation, incident)),
        facts=_facts(incident, zone),
        suspects=tuple(_suspect(s, zone) for s in incident.suspects[:5]),
        theories=_grid(
            "Causes that are no recorded change",
            ("theory", "probability", "verdict", "what was seen"),
            (
                (theory_name(t.name), chance(t.probability), t.verdict, t.statement)
                for t in incident.theories
            ),
        ),
        grids=(
            _mitigations(investigation, incident),
            _considered(investigation, incident),
            _segments(incident),
        ),
    )


def _facts(incident: Incident, zone: str) -> Grid:
    return _grid("In short", ("", ""), _fact_rows(incident, zone))


def _fact_rows(incident: Incident, zone: str) -> Iterator[tuple[str, str]]:
    yield "onset", f"{local(incident.onset, zone)} (90 %: {stretch(incident.onset_interval, zone)})"
    for name, words in (("new_sign_ins", "new sign-ins well"), ("existing_sessions", "all well")):
        found = incident.recovery.get(name)
        told = (
            f"{local(found.time, zone)} ({stretch(found.interval, zone)})" if found else "not yet"
        )
        yield words, told
    if tail := tail_words(incident):
        yield "tail", tail
    phases = incident.phases
    steps = ("detected", "acknowledged", "mitigated", "resolved")
    for name, after in zip(steps, ("ttd_s", "tta_s", "ttm_s", "ttr_s"), strict=True):
        when, seconds = getattr(phases, name), getattr(phases, after)
        if when is not None and seconds is not None:
            yield name, f"{local(when, zone)} ({span(seconds)} after the onset)"
    impact = incident.impact
    if impact:
        yield (
            "people affected",
            f"{impact.users_affected:,} of {impact.users_attempting:,} who tried",
        )
        yield "tokens rejected at first use", f"{impact.rejected_tokens:,}"
        if impact.lost_logins is not None and impact.lost_logins_interval:
            low, high = impact.lost_logins_interval
            yield "sign-ins lost", f"about {impact.lost_logins:,} ({low:,} to {high:,})"
    lineage = incident.lineage
    if lineage.match_rate is not None:
        yield "tokens followed by", f"{lineage.level}, {lineage.match_rate:.1%} of rejects matched"
    yield "no recorded change is to blame", chance(incident.none_probability)


def _suspect(suspect: Suspect, zone: str) -> Case:
    change = suspect.change
    told = change.description or "the record has no description"
    return Case(
        name=printable(suspect_name(suspect, zone)),
        probability=chance(suspect.probability),
        statement=printable(f"{told} (record {change.id}, prior {chance(suspect.prior)})"),
        findings=_findings(suspect.evidence),
    )


def _findings(findings: tuple[Finding, ...]) -> Grid:
    heads = ("", "question", "what was seen", "ln Bayes factor", "rows")
    rows = (
        (
            finding.direction,
            finding.kind.replace("_", " "),
            finding.statement,
            "" if finding.log_bayes_factor is None else f"{finding.log_bayes_factor:+.1f}",
            ", ".join(finding.rows),
        )
        for finding in findings
    )
    return _grid("Evidence", heads, rows)


def _mitigations(investigation: Investigation, incident: Incident) -> Grid:
    names = change_names(investigation)
    rows = (
        (names.get(m.change, m.change), m.effect, chance(m.probability))
        for m in incident.mitigations
    )
    return _grid("What the responders' acts did", ("act", "effect", "probability"), rows)


def _considered(investigation: Investigation, incident: Incident) -> Grid:
    names = change_names(investigation)
    rows = (
        (names.get(c.id, c.id), c.excluded_because or "weighed")
        for c in incident.changes_considered
    )
    return _grid("Changes considered", ("change", "outcome"), rows)


def _segments(incident: Incident) -> Grid:
    rows = (
        (
            ", ".join(f"{name} {value}" for name, value in s.where.items()),
            f"{s.rate:.0%}",
            f"{s.rest:.0%}",
            f"{s.rate_ratio:.2f} ({s.interval[0]:.2f} to {s.interval[1]:.2f})",
        )
        for s in incident.segments
    )
    return _grid("Slices of the traffic", ("slice", "fails", "the rest", "ratio (90 %)"), rows)


def _sources(investigation: Investigation) -> Grid:
    rows = (
        (s["source_file"], *(_cell(s[name]) for name in SHOWN_SOURCES), s["error"] or "")
        for s in investigation.sources
    )
    return _grid("What was read", ("file", *SHOWN_SOURCES, "error"), rows)


def _coverage(investigation: Investigation) -> Grid:
    zone = investigation.display_zone
    rows = (
        (
            entry["source"],
            local(entry["from"], zone),
            local(entry["to"], zone),
            "; ".join(stretch(gap, zone) for gap in entry["silent"]) or "none",
            "yes" if entry["truncated"] else "no",
        )
        for entry in investigation.coverage
    )
    return _grid("Which source spoke when", ("file", "from", "to", "silences", "cut off"), rows)


def _software(investigation: Investigation) -> Grid:
    return _grid("Made with", ("", "version"), investigation.software.items())


def _grid(title: str, heads: tuple[str, ...], rows: object) -> Grid:
    told = tuple(tuple(printable(str(cell)) for cell in row) for row in rows)  # type: ignore[attr-defined]
    return Grid(title, heads, told)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value or "")
