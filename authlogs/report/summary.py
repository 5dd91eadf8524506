"""The words that `authlogs investigate` prints: what was read first, then what was found."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from authlogs.analysis.result import Incident, Investigation, Suspect, Theory
from authlogs.analysis.words import (
    chance,
    change_names,
    local,
    span,
    stretch,
    suspect_name,
    tail_words,
    theory_name,
)
from authlogs.schema import TALLY
from authlogs.window import parse_zone

WIDTH = 98
STRONGEST = 3
MOST_LISTED = 8


def summary(investigation: Investigation) -> str:
    """Return the readable summary, at most 98 columns wide, free of control characters."""
    blocks = [_read(investigation)]
    if not investigation.incidents:
        blocks.append(_nothing(investigation))
    blocks += [_incident(investigation, incident) for incident in investigation.incidents]
    blocks.append(_unchecked(investigation))
    return "\n\n".join(block for block in blocks if block)


def printable(text: str) -> str:
    """Spell out control and direction characters: log text is written by attackers."""
    return "".join(c if unicodedata.category(c)[0] != "C" else f"\\x{ord(c):02x}" for c in text)


def identity(counts: Mapping[str, int]) -> str:
    """Return the accounting identity with its numbers."""
    told = [f"{counts[name]:,} {name}" for name in TALLY]
    return f"{' + '.join(told[:2])} = {' + '.join(told[2:])}"


def _read(investigation: Investigation) -> str:
    counts = investigation.accounting
    worst = sorted(investigation.sources, key=lambda source: -source["rejected"])
    held = [f"{s['source_file']} {s['rejected']:,}" for s in worst[:4] if s["rejected"]]
    faults = [f"{s['source_file']}: {s['error']}" for s in investigation.sources if s["error"]]
    lines = [f"{counts['files']} files: {identity(counts)}"]
    if held:
        lines.append(f"could not be read: {counts['rejected']:,} lines ({', '.join(held)})")
    return _block("Read", lines + [f"not read: {fault}" for fault in faults])


def _nothing(investigation: Investigation) -> str:
    zone = investigation.display_zone
    said = "no incident: no series of failures stands out from its own level"
    return _block("Found", [said, f"searched: {stretch(investigation.analysed, zone)}"])


def _incident(investigation: Investigation, incident: Incident) -> str:
    zone = investigation.display_zone
    parts = [
        _block("What", _what(incident)),
        _block("When", _when(incident, zone)),
        _block("Who", _who(incident)),
        _block("Most supported", _cause(incident, zone)),
        _block("Ruled out", _ruled_out(investigation, incident)),
        _block("Responders' acts", _acts(investigation, incident)),
    ]
    return "\n\n".join(part for part in parts if part)


def _what(incident: Incident) -> Iterator[str]:
    signal, impact = incident.signal, incident.impact
    yield f"{signal.event_type} at {signal.service or 'an unnamed service'} fails: {signal.reason}"
    if signal.denominator == "none":
        yield "successes are not logged: there are counts, and no rates"
    elif impact and impact.peak_rate is not None:
        yield f"at its peak {impact.peak_rate:.0%} of new sign-ins failed"


def _when(incident: Incident, zone: str) -> Iterator[str]:
    yield (
        f"{incident.onset.astimezone(parse_zone(zone)):%A %d %B %Y}, "
        f"onset {local(incident.onset, zone)} "
        f"(90 % interval {stretch(incident.onset_interval, zone)})"
    )
    for name, words in (("new_sign_ins", "new sign-ins well"), ("existing_sessions", "all well")):
        found = incident.recovery.get(name)
        if found:
            yield f"{words} {local(found.time, zone)} ({stretch(found.interval, zone)})"
        else:
            yield f"{words}: not yet in these logs"
    if tail := tail_words(incident):
        yield tail
    phases = incident.phases
    if phases.detected and phases.ttd_s is not None:
        yield f"first alert {local(phases.detected, zone)}, {span(phases.ttd_s)} after the onset"
    if phases.acknowledged and phases.tta_s is not None:
        yield f"acknowledged {local(phases.acknowledged, zone)}, {span(phases.tta_s)} after it"


def _who(incident: Incident) -> Iterator[str]:
    impact = incident.impact
    if impact is None:
        return
    yield (
        f"{impact.users_affected:,} of the {impact.users_attempting:,} people who tried were "
        f"affected (told apart by {impact.identity_basis})"
    )
    if impact.rejected_tokens:
        yield f"{impact.rejected_tokens:,} issued tokens were rejected at their first use"
    if impact.lost_logins is not None and impact.lost_logins_interval:
        low, high = impact.lost_logins_interval
        yield f"about {impact.lost_logins:,} sign-ins were lost ({low:,} to {high:,})"


def _cause(incident: Incident, zone: str) -> Iterator[str]:
    if incident.verdict == "change":
        yield from _suspect(incident.suspects[0], zone)
        return
    if incident.verdict == "undetermined":
        yield "undetermined: no theory has half of the probability"
    else:
        yield f"no recorded change ({chance(incident.none_probability)} that none is to blame)"
    for theory in incident.theories[:STRONGEST]:
        yield f"{theory_name(theory.name)} ({chance(theory.probability)}): {theory.statement}"


def _suspect(suspect: Suspect, zone: str) -> Iterator[str]:
    factor = (
        f"{suspect.bayes_factor:.0e}"
        if suspect.bayes_factor >= 1e4
        else (f"{suspect.bayes_factor:.3g}")
    )
    yield (
        f"{suspect_name(suspect, zone)}, probability {chance(suspect.probability)} "
        f"(prior {chance(suspect.prior)}, Bayes factor {factor} against an unlisted change)"
    )
    strongest = [f for f in suspect.evidence if f.direction == "for"][:STRONGEST]
    yield from (f"  for: {finding.statement}" for finding in strongest)
    against = [f for f in suspect.evidence if f.direction == "against"][:STRONGEST]
    yield from (f"  against: {finding.statement}" for finding in against)


def _ruled_out(investigation: Investigation, incident: Incident) -> Iterator[str]:
    names = change_names(investigation)
    for theory in incident.theories:
        if theory.verdict == "contradicted":
            yield f"{theory_name(theory.name)} ({chance(theory.probability)}): {theory.statement}"
    for suspect in incident.suspects[1 if incident.verdict == "change" else 0 :][:MOST_LISTED]:
        why = next((f.statement for f in suspect.evidence if f.direction == "against"), "")
        name = names.get(suspect.change.id, suspect.change.id)
        yield f"{name} ({chance(suspect.probability)}): {why or 'other theories fit far better'}"
    gone = [c for c in incident.changes_considered if c.excluded_because and c.id in names]
    gone = [c for c in gone if c.id not in {m.change for m in incident.mitigations}]
    yield from (f"{names[c.id]}: {c.excluded_because}" for c in gone[:MOST_LISTED])
    if len(gone) > MOST_LISTED:
        yield f"and {len(gone) - MOST_LISTED} more changes, see the result"


def _acts(investigation: Investigation, incident: Incident) -> Iterator[str]:
    names = change_names(investigation)
    for act in incident.mitigations:
        name = names.get(act.change, act.change)
        yield f"{name}: effect {act.effect} ({chance(act.probability)})"


def _unchecked(investigation: Investigation) -> str:
    lines: list[str] = []
    for incident in investigation.incidents:
        blind = [t for t in incident.theories if t.verdict == "untestable"]
        lines += [_untested(theory) for theory in blind]
    for entry in investigation.coverage:
        silent = [stretch(gap, investigation.display_zone) for gap in entry["silent"]]
        lines += [f"{entry['source']} is silent {gap}" for gap in silent[:STRONGEST]]
        lines += [f"{entry['source']} is cut off"] if entry["truncated"] else []
    lines += [*investigation.warnings, investigation.calibration]
    return _block("Could not be checked, or was assumed", [line for line in lines if line])


def _untested(theory: Theory) -> str:
    return f"{theory_name(theory.name)} ({chance(theory.probability)}): {theory.statement}"


def _block(title: str, lines: Iterable[str]) -> str:
    told = [_wrapped(printable(line)) for line in lines]
    return "\n".join([title, *told]) if told else ""


def _wrapped(line: str) -> str:
    deep = len(line) - len(line.lstrip())
    first = " " * (2 + deep)
    return textwrap.fill(line.strip(), WIDTH, initial_indent=first, subsequent_indent=f"{first}  ")
