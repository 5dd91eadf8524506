"""What an investigation has to say, question by question, as plain sentences.

The terminal's summary and the pages set the same sentences; values in them are still raw text.
"""

from collections.abc import Iterator, Mapping

from authlogs.analysis.result import Finding, Incident, Investigation, Suspect, Theory
from authlogs.analysis.words import (
    Clock,
    chance,
    change_names,
    change_title,
    marks_of,
    people_counted,
    span,
    tail_words,
    theory_name,
)
from authlogs.schema import TALLY

STRONGEST = 3
POSSIBLE = 0.01
"""A suspect or theory above this probability is not ruled out."""
MOST_FACTOR = 1e12
MOST_NAMED = 20
"""So many files are named in a sentence; the table of sources has them all."""


def listed(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def identity(counts: Mapping[str, int]) -> str:
    """Return the accounting identity with its numbers."""
    told = [f"{counts[name]:,} {name}" for name in TALLY]
    return f"{' + '.join(told[:2])} = {' + '.join(told[2:])}"


def what_was_read(investigation: Investigation) -> Iterator[str]:
    """Tell what was read, by the identity that accounts for every line."""
    counts = investigation.accounting
    yield f"{files_read(investigation)}: {identity(counts)}"
    gives = sum(counts[name] for name in TALLY[:2])
    if gives != sum(counts[name] for name in TALLY[2:]):
        yield "these sums do not agree: please report it, with the format of the files"


def files_read(investigation: Investigation) -> str:
    """Return `13 files`."""
    files = investigation.accounting["files"]
    return f"{files:,} {'file' if files == 1 else 'files'}"


def what_was_not_read(investigation: Investigation) -> Iterator[str]:
    """Tell the rejected records with their files, and the files that were not read or not whole."""
    worst = sorted(investigation.sources, key=lambda source: -source["rejected"])
    held = [f"{s['source_file']} {s['rejected']:,}" for s in worst if s["rejected"]]
    if held:
        total = investigation.accounting["rejected"]
        records = "record was" if total == 1 else "records were"
        yield f"{total:,} {records} rejected: {listed(held)}"
    yield from _faults(investigation)
    yield from (w for w in investigation.warnings if w.startswith("not read: "))


def what_was_assumed(investigation: Investigation) -> Iterator[str]:
    """Tell the warnings that are not about unread files, and how far to trust a probability."""
    told = set(_faults(investigation))
    for warning in investigation.warnings:
        if not warning.startswith("not read: ") and f"not read: {warning}" not in told:
            yield warning
    if investigation.calibration:
        yield investigation.calibration


def _faults(investigation: Investigation) -> Iterator[str]:
    for source in investigation.sources:
        if source["error"]:
            yield f"not read: {source['source_file']}: {source['error']}"


def what_failed(incident: Incident) -> Iterator[str]:
    """Tell what fails, where, and how much of it."""
    signal, impact = incident.signal, incident.impact
    kind = signal.event_type.replace("_", " ")
    part = "".join(f", on {name} {word}" for name, word in (signal.where or {}).items())
    yield f"{kind} at {signal.service or 'an unnamed service'} fails: {signal.reason}{part}"
    if signal.denominator == "none":
        yield "successes are not logged: there are counts, and no rates"
    elif impact and impact.peak_rate is not None:
        yield f"at its peak {impact.peak_rate:.0%} of new sign-ins failed"


def when_it_was(incident: Incident, clock: Clock) -> Iterator[str]:
    """Tell onset, recovery of new sign-ins and of all, and the tail; every time with its zone."""
    onset = clock.stretch(incident.onset_interval)
    yield f"{clock.weekday()}, onset {clock.time(incident.onset)} (90 % interval {onset})"
    for name, who in (("new_sign_ins", "new sign-ins"), ("existing_sessions", "all traffic")):
        found = incident.recovery.get(name)
        if found:
            yield f"{who} well again {clock.time(found.time)} ({clock.stretch(found.interval)})"
        else:
            yield f"{who}: not well again in these logs"
    if tail := tail_words(incident):
        yield tail


def how_it_was_met(incident: Incident, clock: Clock) -> Iterator[str]:
    """Tell when it was detected and acknowledged."""
    phases = incident.phases
    if phases.detected and phases.ttd_s is not None:
        early = "before" if phases.ttd_s < 0 else "after"
        yield f"first alert {clock.time(phases.detected)}, {span(abs(phases.ttd_s))} {early} onset"
    if phases.acknowledged and phases.tta_s is not None:
        yield f"acknowledged {clock.time(phases.acknowledged)}, {span(phases.tta_s)} after onset"


def who_was_hit(incident: Incident) -> Iterator[str]:
    """Tell how many people were affected, how many tokens rejected, sign-ins missing."""
    impact = incident.impact
    if impact is None:
        return
    yield (
        f"{impact.users_affected:,} of the {impact.users_attempting:,} {people_counted(impact)} "
        f"who tried were affected (told apart by {impact.identity_basis})"
    )
    if impact.rejected_tokens:
        yield f"{impact.rejected_tokens:,} issued tokens were rejected"
    if impact.lost_logins is not None and impact.lost_logins_interval:
        low, high = impact.lost_logins_interval
        yield (
            f"about {impact.lost_logins:,} sign-ins are missing against the usual level "
            f"(90 % interval {low:,} to {high:,})"
        )
    elif incident.signal.denominator != "none":
        yield "sign-ins missing against the usual level: not estimable: no history"


def what_the_verdict_is(incident: Incident, clock: Clock) -> str:
    """Return the verdict in one sentence, "most supported" or why nothing is."""
    if first := incident.blamed:
        group = [s for s in incident.suspects if first.group and s.group == first.group]
        names = " or ".join(suspect_words(s, clock) for s in group or [first])
        apart = ", which these logs cannot tell apart" if group else ""
        return f"most supported: {names}{apart}, probability {chance(first.probability)}"
    if incident.verdict == "no_change":
        best = max(incident.theories, key=lambda t: t.probability, default=None)
        named = f"; most supported: {theory_name(best.name)}" if best else ""
        sure = chance(incident.none_probability)
        return f"no recorded change is to blame, probability {sure}{named}"
    return "undetermined: nothing has half of the probability"


def suspect_words(suspect: Suspect, clock: Clock) -> str:
    """Return `web deploy 5.13.0 of 09:41:00 UTC-05:00`."""
    return f"{change_title(suspect.change)} of {clock.time(suspect.change.time)}"


def weight(suspect: Suspect) -> str:
    """Return what a suspect's probability came of: its prior and its Bayes factor."""
    factor = suspect.bayes_factor
    said = f"{factor:.3g}" if factor < 1e4 else f"{factor:.0e}".replace("e+", "e")
    said = "1e12 or more" if factor >= MOST_FACTOR else said
    prior = chance(suspect.prior)
    return f"prior {prior}, Bayes factor {said} against a change without a record"


def strongest(evidence: tuple[Finding, ...], direction: str) -> list[Finding]:
    """Return the findings that weigh most in a direction; those without a weight come last."""
    found = [f for f in evidence if f.direction == direction]
    return sorted(found, key=lambda f: -abs(f.log_bayes_factor or 0.0))[:STRONGEST]


def in_question(incident: Incident) -> tuple[Suspect, ...]:
    """Return the suspects that the verdict rests on, or that it leaves possible."""
    first = incident.blamed
    return tuple(
        s
        for s in incident.suspects
        if s is first or s.probability >= POSSIBLE or (first and s.group and s.group == first.group)
    )


def theories_ruled_out(incident: Incident) -> Iterator[tuple[str, str]]:
    """Give each contradicted theory and why; those that only the failures' words tell, together."""
    gone = [theory for theory in incident.theories if theory.verdict == "contradicted"]
    for theory in gone:
        if not _told_by_words(theory):
            yield f"{theory_name(theory.name)} ({chance(theory.probability)})", theory.statement
    worded = [theory for theory in gone if _told_by_words(theory)]
    if worded:
        names = ", ".join(theory_name(theory.name) for theory in worded)
        most = chance(max(theory.probability for theory in worded))
        why = "; ".join(finding.statement for finding in worded[0].evidence)
        yield f"{names} (each {most if most.startswith('<') else 'at most ' + most})", why


def _told_by_words(theory: Theory) -> bool:
    """Tell whether nothing but the reason and who fails speaks on a theory."""
    kinds = {finding.kind for finding in theory.evidence}
    return bool(kinds) and kinds <= {"reason", "carrier"}


def theories_possible(incident: Incident) -> Iterator[tuple[str, str]]:
    """Give each theory that was neither contradicted nor is negligible."""
    for theory in incident.theories:
        if theory.verdict != "contradicted" and theory.probability >= POSSIBLE:
            yield f"{theory_name(theory.name)} ({chance(theory.probability)})", theory.statement


def theories_untested(incident: Incident) -> Iterator[tuple[str, str]]:
    """Give each theory that these logs cannot test, and why."""
    for theory in incident.theories:
        if theory.verdict == "untestable":
            yield f"{theory_name(theory.name)} ({chance(theory.probability)})", theory.statement


def changes_ruled_out(
    investigation: Investigation, incident: Incident, clock: Clock
) -> Iterator[tuple[str, str]]:
    """Give each change that is not to blame and why, in order of time; no marks, no acts."""
    names = change_names(investigation, clock)
    aside = {s.change.id for s in in_question(incident)} | marks_of(investigation)
    aside |= {act.change for act in incident.mitigations}
    why = {s.change.id: _against(s) for s in incident.suspects}
    why |= {c.id: c.excluded_because for c in incident.changes_considered if c.excluded_because}
    order = {name: place for place, name in enumerate(names)}
    for found in sorted(why.keys() - aside, key=lambda c: (order.get(c, len(order)), c)):
        yield names.get(found, found), why[found]


def _against(suspect: Suspect) -> str:
    against = strongest(suspect.evidence, "against")
    said = against[0].statement if against else "other theories fit far better"
    return f"{chance(suspect.probability)}; {said}"


def what_acts_did(
    investigation: Investigation, incident: Incident, clock: Clock
) -> Iterator[tuple[str, str, float]]:
    """Give each responder's act, its effect and the probability of that effect."""
    names = change_names(investigation, clock)
    for act in incident.mitigations:
        effect = {"none": "no effect"}.get(act.effect, f"{act.effect} effect")
        yield names.get(act.change, act.change), effect, act.probability


def what_is_blind(investigation: Investigation, clock: Clock) -> Iterator[str]:
    """Tell the sources that are silent, cut off, or never log a success."""
    for entry in investigation.coverage:
        for gap in entry["silent"][:STRONGEST]:
            yield f"{entry['source']} is silent {clock.stretch(gap)}"
        if more := len(entry["silent"][STRONGEST:]):
            yield f"{entry['source']} is silent {more} more {'time' if more == 1 else 'times'}"
        if entry["truncated"]:
            span = f"{clock.time(entry['from'])} to {clock.time(entry['to'])}"
            yield f"{entry['source']} is cut off: it holds {span}"
    mute = [s["source_file"] for s in investigation.sources if s.get("logs_success") == "never"]
    if mute:
        yield f"no success is ever logged in {listed(mute)}"
