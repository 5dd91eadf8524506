"""Results at a glance, as notebooks show them. A record that knows no zone tells times in UTC."""

from collections.abc import Iterator

from authlogs.analysis.result import Incident, Investigation, Suspect
from authlogs.analysis.words import (
    Clock,
    chance,
    change_title,
    clock_of,
    headline,
    people_counted,
    span,
    theory_name,
)
from authlogs.cards import Share, card
from authlogs.window import parse_zone

MOST_CAUSES = 4


def of_suspect(suspect: Suspect) -> str:
    """Return a suspect with what speaks for and against it."""
    clock = Clock(parse_zone("UTC"), suspect.change.time.date())
    facts = [
        f"{clock.time(suspect.change.time)}, {chance(suspect.probability)} probable; "
        f"Bayes factor {suspect.bayes_factor:.3g} over a prior of {chance(suspect.prior)}",
        suspect.change.description or "",
    ]
    order = sorted(suspect.evidence, key=lambda f: -abs(f.log_bayes_factor or 0.0))
    rows = (
        (
            finding.direction,
            finding.kind.replace("_", " "),
            finding.statement,
            "" if finding.log_bayes_factor is None else f"{finding.log_bayes_factor:+.1f}",
        )
        for finding in order
    )
    heads = ("", "question", "what was seen", "ln Bayes factor")
    return card(change_title(suspect.change), facts, heads=heads, rows=rows)


def of_incident(incident: Incident) -> str:
    """Return an incident with its likeliest causes; times are UTC."""
    clock = Clock(parse_zone("UTC"), incident.onset.date())
    return card(
        f"{incident.signal.reason} on {incident.signal.service or 'every service'}",
        _facts(incident, clock),
        heads=("cause", "probability"),
        rows=_causes(incident, clock),
    )


def of_investigation(investigation: Investigation) -> str:
    """Return each incident on a line of its own, and what was read for it."""
    counts = investigation.accounting
    clock = clock_of(investigation)
    read = (
        f"{counts.get('files', 0):,} files, {counts.get('events', 0):,} events, "
        f"{counts.get('rejected', 0):,} rejects; {clock.stretch(investigation.analysed)}"
    )
    found = investigation.incidents
    if not found:
        return card("No incident was found", [clock.weekday(), read])
    if len(found) > 1:
        lines = ((headline(investigation, incident),) for incident in found)
        return card(f"{len(found)} incidents", [read], heads=("",), rows=lines)
    there = clock_of(investigation, found[0])
    facts = [there.weekday(), *_facts(found[0], there), read]
    heads, rows = ("cause", "probability"), _causes(found[0], there)
    return card(headline(investigation, found[0]), facts, heads=heads, rows=rows)


def _facts(incident: Incident, clock: Clock) -> Iterator[str]:
    end = clock.time(incident.recovered) if incident.recovered else "still going on"
    lasts = ""
    if incident.recovered:
        lasts = f", {span((incident.recovered - incident.onset).total_seconds())}"
    yield f"onset {clock.time(incident.onset)}, until {end}{lasts}"
    if impact := incident.impact:
        yield (
            f"{impact.users_affected:,} of {impact.users_attempting:,} {people_counted(impact)} "
            f"affected, {impact.rejected_tokens:,} tokens rejected"
        )


def _causes(incident: Incident, clock: Clock) -> list[tuple[str, Share]]:
    causes = [
        (f"{change_title(s.change)} of {clock.time(s.change.time)}", s.probability)
        for s in incident.suspects
    ]
    causes += [(theory_name(theory.name), theory.probability) for theory in incident.theories]
    causes.sort(key=lambda cause: -cause[1])
    return [(name, Share(sure, chance(sure))) for name, sure in causes[:MOST_CAUSES]]
