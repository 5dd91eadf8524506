"""The first answer, while the incident goes on: six lines, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlogs.analysis.attribution import weigh_case
from authlogs.analysis.case import Case, open_case
from authlogs.analysis.caveats import searched
from authlogs.analysis.charts import STAGE
from authlogs.analysis.detection import detect
from authlogs.analysis.priors import Priors
from authlogs.analysis.result import Incident, Segment
from authlogs.analysis.segments import compare_segments
from authlogs.analysis.series import MICROS, edges_of, find_grid
from authlogs.analysis.survival import Presentations, expected_tail, presentations_of
from authlogs.analysis.units import Bools
from authlogs.analysis.words import local, span, suspect_name
from authlogs.engine.queries import run_sql
from authlogs.logs import Logs, read
from authlogs.window import parse_moment, parse_zone

TREND_S = 600
STEADY = 0.05
MOST_LIVE = 3
NAMED = 0.005
REFRESHES = """
SELECT count(*) AS tried, count(*) FILTER (WHERE outcome = 'failure') AS failed FROM events
WHERE event_type = 'token_refresh' AND outcome IN ('success', 'failure')
  AND unix_micros("time") >= $1 AND unix_micros("time") < $2
"""
STAGES = {"login": "sign-in", "token_issue": "issue"}


@dataclass(frozen=True)
class FirstLook:
    """Six lines for people who must act now; `incident` is null when nothing stands out."""

    lines: tuple[str, ...]
    incident: Incident | None
    logs: Logs
    display_zone: str

    def __str__(self) -> str:
        return "\n".join(self.lines)


def triage(
    paths: Any,
    *,
    tz: str | Mapping[str, str] | None = None,
    year: int | None = None,
    since: Any = None,
    until: Any = None,
    display_zone: str | None = None,
) -> FirstLook:
    """Read `paths` and answer in six lines: what fails, where, for whom, since when, what to undo.

    `until` bounds what is read, as for `read`. `since` (`30m`, a time, a datetime) leaves out what
    was over by then; older attempts are read all the same, since without them nothing tells what
    is usual. Raises what `read` raises.

    >>> import authlogs as al
    >>> look = al.triage("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> len(look.lines)
    6
    """
    logs = read(paths, tz=tz, year=year, until=until)
    zone = display_zone or (tz if isinstance(tz, str) else "UTC")
    return look_at(logs, display_zone=zone, since=since)


def look_at(logs: Logs, *, display_zone: str, since: datetime | str | None = None) -> FirstLook:
    """Answer from logs that are already read; what was over by `since` is left out."""
    edge = _edge(logs, display_zone, since)
    found = [i for i in detect(logs) if i.recovered is None or edge is None or i.recovered >= edge]
    if not found:
        return FirstLook(_nothing(logs, display_zone), None, logs, display_zone)
    live = max(found, key=lambda i: (i.status == "ongoing", i.onset))
    case = open_case(live, logs.dataset, logs.changes, Priors())
    incident = weigh_case(case)
    seen = presentations_of(case)
    lines = (
        _what(case, incident, seen),
        _stage(case),
        _whom(case, incident),
        _when(case, incident, display_zone),
        _live(case, incident, seen, display_zone),
        _blind(case, logs),
    )
    return FirstLook(lines, incident, logs, display_zone)


def _nothing(logs: Logs, zone: str) -> tuple[str, ...]:
    last = _last(logs)
    through = local(last, zone) if last else "no time could be read"
    grid = find_grid(logs.dataset)
    limits = searched(logs, grid, ()) if grid else ["no attempt to sign in was found"]
    return (
        "nothing stands out among the attempts that were read",
        f"data through {through}",
        *(f"but {limit}" for limit in limits),
    )


def _last(logs: Logs) -> datetime | None:
    return edges_of(logs.dataset)[1]


def _edge(logs: Logs, zone: str, since: datetime | str | None) -> datetime | None:
    if since is None or isinstance(since, datetime):
        return since
    last = _last(logs)
    there = parse_zone(zone)
    day = last.astimezone(there).date() if last else None
    return parse_moment(since, zone=there, day=day, end=last)


def _what(case: Case, incident: Incident, seen: Presentations | None) -> str:
    """Tell new sign-ins, refreshes and sessions from before the onset apart."""
    signal = incident.signal
    fresh = case.inside & case.fresh
    late = fresh & (case.units.used_us >= case.end_us - TREND_S * MICROS)
    words = f"what fails: new sign-ins, {_share(case, fresh)} of {int(fresh.sum())}"
    words += f" ({_share(case, late)} in the last 10 minutes)"
    words += f" with {signal.reason} at {signal.service or 'an unnamed service'}"
    params = [int(case.start_us), int(case.end_us)]
    refresh = run_sql(REFRESHES, params, events=case.events).to_pylist()[0]
    told = f"{refresh['failed']} of {refresh['tried']} fail" if refresh["tried"] else "none logged"
    words += f"; refreshes: {told}"
    if seen is None:
        return words
    old = seen.failing_share((seen.issued_us < case.start_us) & (seen.used_us >= case.start_us))
    kept = f"{old:.0%} of their uses fail" if old is not None else "too few to tell"
    return f"{words}; sessions from before: {kept}"


def _share(case: Case, chosen: Bools) -> str:
    return f"{float(case.units.failed[chosen].mean()):.0%}" if chosen.any() else "none"


def _stage(case: Case) -> str:
    """Name the first stage at which people stop."""
    fresh = case.inside & case.fresh
    told, stops = [], None
    for event_type, name in STAGES.items():
        first, last = int(case.start_us), int(case.end_us)
        params = [first, last - first, event_type, last]
        rows = run_sql(STAGE, params, events=case.events, passed=case.passed)
        if len(rows):
            rate = rows["successes"][0].as_py() / rows["attempts"][0].as_py()
            told.append(f"{name} {rate:.0%} well")
            stops = stops or (name if rate < 0.5 else None)
    if fresh.any():
        rate = 1 - float(case.units.failed[fresh].mean())
        told.append(f"first use {rate:.0%} well")
        stops = stops or "first use"
    return f"where it stops: {stops} ({', '.join(told)})"


def _whom(case: Case, incident: Incident) -> str:
    parts = []
    if incident.suspects and incident.suspects[0].evidence:
        lead = incident.suspects[0]
        split = next(
            (f for f in lead.evidence if f.kind in ("token_lineage", "version_split")), None
        )
        if split and split.direction == "for":
            parts.append(f"one version: {split.statement}")
    apart = [s for s in compare_segments(case) if _apart(s)]
    parts += [f"{_where(s)}: {s.rate:.0%} against {s.rest:.0%}" for s in apart[:2]]
    return f"for whom: {'; '.join(parts) or 'all alike'}" + (
        "" if apart else "; no host, client or region stands out"
    )


def _apart(segment: Segment) -> bool:
    low, high = segment.interval
    return low > 1.5 or high < 1 / 1.5


def _where(segment: Segment) -> str:
    return ", ".join(f"{name} {value}" for name, value in segment.where.items())


def _when(case: Case, incident: Incident, zone: str) -> str:
    low, high = incident.onset_interval
    began = f"{local(incident.onset, zone)} (90 %: {local(low, zone)} to {local(high, zone)})"
    state = f"over at {local(incident.recovered, zone)}" if incident.recovered else _trend(case)
    through = local(case.analysed[1], zone)
    return f"since when: {began}; {state}; data through {through}"


def _trend(case: Case) -> str:
    """Tell whether a larger or smaller share fails than ten minutes ago."""
    last, width = case.grid.end_us, TREND_S * MICROS
    used, fresh = case.units.used_us, case.fresh
    now = fresh & (used >= last - width)
    before = fresh & (used >= last - 2 * width) & (used < last - width)
    if not now.any() or not before.any():
        return "going on"
    shares = [float(case.units.failed[chosen].mean()) for chosen in (before, now)]
    if abs(shares[1] - shares[0]) < STEADY:
        return f"going on, steady ({shares[1]:.0%} of new sign-ins fail)"
    course = "rising" if shares[1] > shares[0] else "falling"
    return f"going on, {course} ({shares[0]:.0%} to {shares[1]:.0%} fail, by ten minutes)"


def _live(case: Case, incident: Incident, seen: Presentations | None, zone: str) -> str:
    """Name the changes that are live and what taking each back would show."""
    live = [s for s in incident.suspects if s.probability >= NAMED][:MOST_LIVE]
    if not live:
        best = max(incident.theories, key=lambda t: t.probability)
        name = f"{best.name.replace('_', ' ')} ({best.probability:.0%})"
        return f"what to undo: no recorded change is likely; most supported: {name}"
    shown = [f"{suspect_name(s, zone)} ({s.probability:.0%})" for s in live]
    tail = expected_tail(case, seen) if seen else None
    if tail is None:
        return f"what to undo: {'; '.join(shown)}"
    bound = "" if tail.lifetime_known else "at least "
    half = span(max(60, tail.half_s))
    then = f"new sign-ins are well at once, rejects halve within {half}"
    gone = f"gone in {bound}{span(tail.gone_s)}"
    return f"what to undo: {'; '.join(shown)}; if the first, {then} of its end, {gone}"


def _blind(case: Case, logs: Logs) -> str:
    rejected = sum(logs.sources["rejected"].to_pylist())
    files = [row["source_file"] for row in logs.sources.to_pylist() if row["error"]]
    blind = [f"{rejected} lines could not be read"] if rejected else []
    blind += [f"unread or cut off: {', '.join(files)}"] if files else []
    if not len(logs.changes):
        blind.append("no change records")
    if case.incident.signal.denominator == "none":
        blind.append("successes are not logged")
    if case.units.kind == "token" and case.units.how.match_rate is not None:
        blind.append(
            f"{1 - case.units.how.match_rate:.1%} of rejected tokens have no issue in the logs"
        )
    return f"what is blind: {'; '.join(blind) or 'nothing that was looked for'}"
