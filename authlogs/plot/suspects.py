"""The figure of suspects: every cause that was weighed, its probability, and what speaks for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.chart_tables import SUSPECTED
from authlogs.analysis.result import Finding, Incident, Investigation, Suspect, Theory
from authlogs.analysis.words import (
    chance,
    change_names,
    clock_of,
    marks_of,
    suspect_name,
    theory_name,
)
from authlogs.plot.frame import Words, open_frame, room_pt, say_empty
from authlogs.plot.incidents import chosen_incident, seen_when
from authlogs.plot.lettering import literal
from authlogs.plot.rows import AXIS_PT, row_pt
from authlogs.plot.style import Style, ink_rules, look_of
from authlogs.plot.suspect_rows import draw_candidates, plan_candidates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CANDIDATES = pa.schema(
    [
        ("name", pa.string()),
        ("kind", pa.string()),
        ("role", pa.string()),
        ("probability", pa.float64()),
        ("prior", pa.float64()),
        ("bayes_factor", pa.float64()),
        ("reason", pa.string()),
        ("change_id", pa.string()),
    ]
)
EVIDENCE = pa.schema(
    [
        ("candidate", pa.int64()),
        ("direction", pa.string()),
        ("kind", pa.string()),
        ("statement", pa.string()),
        ("log_bayes_factor", pa.float64()),
    ]
)
UNKNOWN = "a cause that no theory describes"


@dataclass(frozen=True, kw_only=True)
class SuspectsData(Words):
    """What `plot_suspects` draws.

    candidates: name, kind (change, theory, unknown), role, probability, prior, bayes_factor,
                reason (why it is out, or cannot be tested), change_id; most probable first
    evidence:   candidate (its row), direction (for, against, unknown), kind, statement,
                log_bayes_factor (natural; null where it was only seen)
    """

    candidates: pa.Table
    evidence: pa.Table


def suspects_data(investigation: Investigation, *, incident_id: str | None = None) -> SuspectsData:
    """Return every cause that was weighed, with its evidence, as `plot_suspects` draws it.

    By default of the incident that hit most people. Raises BadCall for an unknown `incident_id`.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.suspects_data(al.investigate(logs)).candidates["role"][0].as_py()
    'most_supported'
    """
    incident = chosen_incident(investigation, incident_id)
    pairs = _candidates(investigation, incident) if incident else []
    pairs.sort(key=lambda pair: -pair[0]["probability"])
    evidence = [
        {
            "candidate": place, "direction": f.direction, "kind": f.kind,
            "statement": literal(f.statement), "log_bayes_factor": f.log_bayes_factor,
        }
        for place, (_, findings) in enumerate(pairs)
        for f in sorted(findings, key=lambda f: -abs(f.log_bayes_factor or 0.0))
    ]  # fmt: skip
    rows = [row for row, _ in pairs]
    title = _title(rows, incident)
    return SuspectsData(
        title=title,
        subtitle=seen_when(investigation, incident),
        notes=("Bar: probability; stroke: prior, before the data.",) if rows else (),
        alt=_alt(title, rows, evidence),
        candidates=pa.Table.from_pylist(rows, schema=CANDIDATES),
        evidence=pa.Table.from_pylist(evidence, schema=EVIDENCE),
    )


def plot_suspects(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    incident_id: str | None = None,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw the probability of every cause that was weighed, and the evidence of the foremost.

    What is ruled out is grey, with its reason. Returns the axes; the bars are in its `child_axes`.
    With `ax` all but title and notes stands in its box. `style` and `dark` are those of
    `plot_timeline`. Raises BadCall for an unknown incident or style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_suspects(al.investigate(logs), style="slide")
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = suspects_data(investigation, incident_id=incident_id)
        lines = plan_candidates(data.candidates, data.evidence, look, room_pt(ax, look))
        height = (len(lines) or 3) * row_pt(look) + AXIS_PT * look.scale
        frame = open_frame(ax, data, look, height_pt=height)
        if lines:
            draw_candidates(frame, lines)
        else:
            say_empty(frame.host, "nothing was weighed", look)
    return frame.host


Weighed = tuple[dict[str, Any], tuple[Finding, ...]]


def _candidates(investigation: Investigation, incident: Incident) -> list[Weighed]:
    zone = investigation.display_zone
    found = [_suspect(s, incident, zone, first=n == 0) for n, s in enumerate(incident.suspects)]
    found += [_theory(t) for t in incident.theories]
    known = {s.change.id for s in incident.suspects} | marks_of(investigation)
    names = change_names(investigation, clock_of(investigation, incident))
    for change in incident.changes_considered:
        if change.excluded_because and change.id not in known:
            name = literal(names.get(change.id, change.id))
            out = _row(name, "change", "ruled_out", 0.0, reason=change.excluded_because)
            found.append((out | {"change_id": change.id}, ()))
    left = incident.none.get("unknown", 0.0)
    if left:
        found.append((_row(UNKNOWN, "unknown", "unknown", left), ()))
    return found


def _suspect(suspect: Suspect, incident: Incident, zone: str, *, first: bool) -> Weighed:
    blamed = first and incident.verdict == "change"
    seen = suspect.probability >= SUSPECTED
    role = "most_supported" if blamed else "suspect" if seen else "ruled_out"
    why = f"cannot be told apart within group {suspect.group}" if suspect.group else None
    if role == "ruled_out" and why is None:
        against = [f for f in suspect.evidence if f.direction == "against"]
        why = min(against, key=_weight_of).statement if against else None
    row = _row(
        literal(suspect_name(suspect, zone)), "change", role, suspect.probability, reason=why
    )
    told = {"prior": suspect.prior, "change_id": suspect.change.id}
    return row | told | {"bayes_factor": suspect.bayes_factor}, suspect.evidence


def _weight_of(finding: Finding) -> float:
    return finding.log_bayes_factor or 0.0


def _theory(theory: Theory) -> Weighed:
    name, reason = literal(theory_name(theory.name)), theory.statement
    if theory.probability >= SUSPECTED or theory.verdict == "supported":
        return _row(name, "theory", "theory", theory.probability), theory.evidence
    if theory.verdict == "untestable":
        reason = f"cannot be tested: {reason}"
    return _row(name, "theory", "ruled_out", theory.probability, reason=reason), theory.evidence


def _row(
    name: str, kind: str, role: str, probability: float, *, reason: str | None = None
) -> dict[str, Any]:
    why = literal(reason.removeprefix("it ")) if reason else None
    none = {"prior": None, "bayes_factor": None, "change_id": None}
    told = {"name": name, "kind": kind, "role": role, "probability": probability, "reason": why}
    return told | none


def _title(rows: list[dict[str, Any]], incident: Incident | None) -> str:
    if incident is None or not rows:
        return "No incident was found, so nothing was weighed"
    best, *rest = rows
    told = f"{best['name']} ({chance(best['probability'])})"
    if best["probability"] < 0.5:
        return f"No cause is well supported; the foremost is {told}"
    after = f"; next is {rest[0]['name']} ({chance(rest[0]['probability'])})" if rest else ""
    return f"Most supported: {told}{after}"


def _alt(title: str, rows: list[dict[str, Any]], evidence: list[dict[str, Any]]) -> str:
    if not rows:
        return f"{title}."
    told = [f"{title}.", f"{len(rows)} causes were weighed."]
    for direction, words in (("for", "For the foremost speaks"), ("against", "Against it speaks")):
        said = [
            e["statement"] for e in evidence if not e["candidate"] and e["direction"] == direction
        ]
        if said:
            told.append(f"{words}: {'; '.join(said)}.")
    out = [row["name"] for row in rows if row["role"] == "ruled_out"]
    if out:
        more = f" and {len(out) - 5} more" if len(out) > 5 else ""
        told.append(f"Below {SUSPECTED:.0%}: {', '.join(out[:5])}{more}.")
    return " ".join(told)
