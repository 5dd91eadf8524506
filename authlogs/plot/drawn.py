"""What the timeline draws, as tables: tests and readers check these before any ink."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import pyarrow as pa

from authlogs.analysis.result import Charts, Incident, Interval, Investigation
from authlogs.analysis.words import headline, theory_name
from authlogs.plot.alt_text import alt_text
from authlogs.plot.bins import clip_bins, missing_runs, reasons_of, shares_of, stage_rates
from authlogs.plot.entries import entries_of
from authlogs.plot.frame import TimeAxis, Words
from authlogs.plot.incidents import charts_of, main_incident, zone_name
from authlogs.plot.lettering import literal
from authlogs.plot.spans import cut_rows, gap_rows, spans_of
from authlogs.window import parse_zone

LEAST_SPAN = timedelta(minutes=1)
NOTED = 3
"""So many left-out records and silent sources are named; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class TimelineData(Words, TimeAxis):
    """Everything the timeline draws; times are UTC, clipped to [start, end).

    lanes:   time, end_time, lane, label, detail, role, change_id, weight, probability
    minutes: time, attempts, attempts_low, attempts_high, people_failing (null where not covered)
    reasons: time, reason, people (the rarest taken together)
    stages:  time, stage, attempts, successes, share, thin
    issuing: time, version, tokens, share
    spans:   kind (incident, onset, recovered_new, recovered_all, tail, missing, silent, truncated),
             start, end, label
    """

    lanes: pa.Table
    minutes: pa.Table
    reasons: pa.Table
    stages: pa.Table
    issuing: pa.Table
    spans: pa.Table
    bin_s: int
    share_bin_s: int
    blamed_version: str | None
    reason: str | None


def timeline_data(investigation: Investigation) -> TimelineData:
    """Return the tables and spans that `plot_timeline` draws.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.timeline_data(al.investigate(logs)).zone_name
    'America/Bogota (UTC-05:00)'
    """
    charts = charts_of(investigation)
    incident = main_incident(investigation)
    zone = parse_zone(investigation.display_zone)
    axis = _axis(investigation, charts)
    entries, left_out = entries_of(charts.lanes, investigation, incident, axis)
    minutes = clip_bins(charts.minutes, axis)
    stages, share_bin_s = stage_rates(clip_bins(charts.stages, axis), axis, charts.bin_s)
    missing = missing_runs(minutes, charts.bin_s, axis, investigation.data_through)
    silences = [*gap_rows(charts.gaps), *cut_rows(investigation, axis)]
    spans = spans_of(incident, silences, missing, axis, until=investigation.data_through)
    main = incident.signal.reason if incident else None
    blamed = blamed_version(incident)
    return TimelineData(
        title=_title(investigation, incident, charts),
        subtitle=_subtitle(investigation, incident, zone, axis),
        zone=zone,
        zone_name=zone_name(investigation.display_zone, zone, axis),
        start=axis[0],
        end=axis[1],
        lanes=entries,
        minutes=minutes,
        reasons=reasons_of(clip_bins(charts.reasons, axis), main),
        stages=stages,
        issuing=shares_of(clip_bins(charts.issuing, axis), share_bin_s, keep=blamed),
        spans=spans,
        bin_s=charts.bin_s,
        share_bin_s=share_bin_s,
        blamed_version=blamed,
        reason=main,
        notes=(*_outside(left_out, zone), *_silences(spans, zone, axis), *_ruled_out(incident)),
        alt=literal(alt_text(investigation)),
    )


def blamed_version(incident: Incident | None) -> str | None:
    """Return the version that the blamed change brought; null where no change is to blame."""
    if incident is None or incident.verdict != "change" or not incident.suspects:
        return None
    return incident.suspects[0].change.version


def _axis(investigation: Investigation, charts: Charts) -> Interval:
    """Return what was analysed, or where the tables reach, never less than a minute."""
    start, end = investigation.analysed
    times = charts.minutes["time"].to_pylist()
    if end <= start and times:
        start, end = times[0], times[-1] + timedelta(seconds=charts.bin_s)
    return start, max(end, start + LEAST_SPAN)


def _title(investigation: Investigation, incident: Incident | None, charts: Charts) -> str:
    acts = [r for r in charts.lanes["lane"].to_pylist() if r in {"change", "response"}]
    if incident is not None:
        end = "" if acts else "; no changes were recorded"
        return literal(headline(investigation, incident)) + end
    if not charts.minutes.num_rows:
        return "No incident was found: the logs hold no sign-in attempt"
    return "No incident was found" + ("" if acts else ", and no changes were recorded")


def _subtitle(
    investigation: Investigation, incident: Incident | None, zone: tzinfo, axis: Interval
) -> str:
    first, last = (moment.astimezone(zone) for moment in axis)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    words = [f"{first:%Y-%m-%d %H:%M} to {until}, {zone_name(str(zone), zone, axis)}"]
    if incident and incident.impact:
        hit = incident.impact
        basis = {"user": "people"}.get(hit.identity_basis, f"{hit.identity_basis}s")
        words.append(f"{hit.users_affected:,} of {hit.users_attempting:,} {basis} affected")
    if incident and incident.status == "ongoing":
        words.append(f"data through {investigation.data_through.astimezone(zone):%H:%M:%S}")
    return literal("  ·  ".join(words))


def _outside(left_out: list[tuple[str, datetime]], zone: tzinfo) -> list[str]:
    if not left_out:
        return []
    told = [f"{label} ({t.astimezone(zone):%Y-%m-%d %H:%M})" for label, t in left_out[:NOTED]]
    more = f" and {len(left_out) - NOTED} more" if len(left_out) > NOTED else ""
    return [f"Outside this axis: {', '.join(told)}{more}."]


def _silences(spans: pa.Table, zone: tzinfo, axis: Interval) -> list[str]:
    notes = []
    first, last = (moment.astimezone(zone).date() for moment in axis)
    shape = "%H:%M" if first == last else "%m-%d %H:%M"
    for kind, said in (("silent", "Silent sources"), ("truncated", "Truncated sources")):
        rows = [row for row in spans.to_pylist() if row["kind"] == kind]
        told = [
            f"{row['label']} {row['start'].astimezone(zone):{shape}}-"
            f"{row['end'].astimezone(zone):{shape}}"
            for row in rows[:NOTED]
        ]
        more = f" and {len(rows) - NOTED} more" if len(rows) > NOTED else ""
        if rows:
            notes.append(f"{said} (hatched at the foot of the strips): {', '.join(told)}{more}.")
    return notes


def _ruled_out(incident: Incident | None) -> list[str]:
    """Name the theories that the data contradict, with the reason of each."""
    if incident is None:
        return []
    rows = sorted(
        (t for t in incident.theories if t.verdict == "contradicted"), key=lambda t: -t.probability
    )
    told = [f"{theory_name(t.name)} ({t.statement.partition('; ')[0]})" for t in rows[:NOTED]]
    more = f" · and {len(rows) - NOTED} more" if len(rows) > NOTED else ""
    return [literal(f"Ruled out: {' · '.join(told)}{more}.")] if rows else []
