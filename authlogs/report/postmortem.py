"""A postmortem template, filled with what was measured; what people must say stays open.

Phases and terms follow S. Davidovič, "Incident Metrics in SRE" (Google and O'Reilly, 2021), and the
incident states of PagerDuty's documentation; the parts are those of Google's "Site Reliability
Engineering" (2016), appendix D (https://sre.google/sre-book/example-postmortem/).
"""

from collections.abc import Iterator
from typing import Any

from authlogs.analysis.actions import ActionItem, action_items
from authlogs.analysis.result import Incident, Investigation
from authlogs.analysis.words import Clock, change_names, clock_of, headline, span
from authlogs.report import sentences as say
from authlogs.report.inert import markdown
from authlogs.report.summary import summary

SRE = "https://sre.google/resources/practices-and-processes/incident-metrics-in-sre/"
PAGERDUTY = "https://support.pagerduty.com/main/docs/incidents"
PHASES = (
    ("TTD", "detected", "ttd_s", "onset to the first alert", SRE),
    ("TTA", "acknowledged", "tta_s", "onset to the first acknowledgement", PAGERDUTY),
    ("TTM", "mitigated", "ttm_s", "onset until new sign-ins were well again", SRE),
    ("TTR", "resolved", "ttr_s", "onset until all traffic was well again", SRE),
)
ALARMS = ("alert", "acknowledged", "declared", "closed")
DECISIONS = (
    "rollback", "failover", "restart", "session_flush", "scale", "flag", "config", "key_rotation",
    "secret_rotation", "cert_renewal", "declared",
)  # fmt: skip
COURSE = ("onset", "new_sign_ins", "recovery", "database_trouble", "network_trouble")
OPEN = "[to be written]"
MOST_ROWS = 3
Row = dict[str, Any]


def postmortem_template(investigation: Investigation) -> str:
    """Return a Markdown postmortem, its measured parts filled in, one chapter an incident.

    Log text in it can be neither markup nor a link.

    >>> import authlogs as al
    >>> from authlogs.report.postmortem import postmortem_template
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> postmortem_template(al.investigate(logs)).splitlines()[0]
    '# Postmortem: users could not sign in, Friday 3 May 2024'
    """
    if not investigation.incidents:
        told = "\n".join(f"> {markdown(line)}" for line in summary(investigation).splitlines())
        return f"# Postmortem: no incident was found\n\n{told}\n"
    chapters = (_chapter(investigation, incident) for incident in investigation.incidents)
    return "\n".join(line for chapter in chapters for line in chapter) + "\n"


def _chapter(investigation: Investigation, incident: Incident) -> Iterator[str]:
    clock = clock_of(investigation, incident)
    yield f"# Postmortem: users could not sign in, {clock.weekday()}"
    yield ""
    yield f"Status: draft. What is measured was filled in from the logs; {OPEN} is for people."
    yield ""
    yield f"Owner: {OPEN}"
    parts = (
        ("Summary", _summary(investigation, incident, clock)),
        ("Impact", _listed(say.who_was_hit(incident))),
        ("Phases", _phases(investigation, incident, clock)),
        ("Who was alerted when", _alarms(investigation, incident, clock)),
        ("Decisions found in the timeline", _decisions(investigation, incident, clock)),
        ("Timeline", _timeline(investigation, incident, clock)),
        ("Cause", _cause(incident, clock)),
        ("What went well, what went wrong, where we were lucky", iter([OPEN])),
        ("Action items", _actions(investigation, incident)),
    )
    for title, lines in parts:
        yield from ("", f"## {title}", "", *lines)
    yield ""


def _summary(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    yield markdown(f"{headline(investigation, incident)}.")
    yield ""
    yield f"{OPEN}: what happened, in two sentences that a user would understand."
    yield ""
    yield from _listed(say.what_failed(incident))
    yield from _listed(say.when_it_was(incident, clock))


def _listed(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"- {markdown(line)}"


def _phases(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    yield "| term | from onset | at | what it is | measured by |"
    yield "| --- | ---: | --- | --- | --- |"
    rows = {kind: _near(investigation, incident, kind) for kind in (*ALARMS, *COURSE)}
    by = {"detected": "alert", "acknowledged": "acknowledged", "mitigated": "new_sign_ins"}
    first = "first attempt that the fault made fail"
    yield f"| onset | | {clock.time(incident.onset)} | {first} | {_rows(rows['onset'][:1])} |"
    for term, name, length, meaning, source in PHASES:
        when, took = getattr(incident.phases, name), getattr(incident.phases, length)
        told = span(took) if took is not None and took >= 0 else _early(took)
        behind = [r for r in rows[by.get(name, "recovery")] if when is not None]
        yield (
            f"| [{term}]({source}) | {told} | {clock.time(when) if when else 'not recorded'} | "
            f"{meaning} | {_rows(behind[:1])} |"
        )


def _early(took: float | None) -> str:
    return "" if took is None else f"{span(-took)} before it"


def _near(investigation: Investigation, incident: Incident, *kinds: str) -> list[Row]:
    """Return the facts of these kinds from the hour before the onset until the incident closed."""
    if investigation.facts is None:
        return []
    return [
        row
        for row in investigation.facts.to_pylist()
        if row["kind"] in kinds
        and (row["at"] - incident.onset).total_seconds() >= -3_600
        and (row["incident_id"] or incident.incident_id) == incident.incident_id
    ]


def _alarms(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    found = _near(investigation, incident, *ALARMS)
    for row in found:
        who = f", {markdown(row['who'])}" if row["who"] else ""
        yield f"- {clock.time(row['at'])}{who}: {markdown(row['statement'])} {_rows([row])}"
    if not found:
        yield "No alert, page or acknowledgement is recorded."


def _decisions(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    effects = {act.change: act for act in incident.mitigations}
    during = [
        row
        for row in _near(investigation, incident, *DECISIONS)
        if row["at"] > incident.onset and (not incident.recovered or row["at"] < incident.recovered)
    ]
    for row in during:
        act = effects.get(row["change_id"])
        after = span((row["at"] - incident.onset).total_seconds())
        effect = f"; effect on the failures: {act.effect}" if act else ""
        yield (
            f"- {clock.time(row['at'])}, {after} after onset: {markdown(row['statement'])}{effect} "
            f"{_rows([row])} Why: {OPEN}"
        )
    if not during:
        yield f"No act of the responders is recorded. {OPEN}"


def _timeline(investigation: Investigation, incident: Incident, clock: Clock) -> Iterator[str]:
    told = _near(investigation, incident, *ALARMS, *DECISIONS, *COURSE, "deploy", "migration")
    for row in told:
        yield f"- {clock.time(row['at'])} {markdown(row['statement'])} {_rows([row])}"
    yield f"- {OPEN}: what no log and no record tells"


def _cause(incident: Incident, clock: Clock) -> Iterator[str]:
    yield f"- {markdown(say.what_the_verdict_is(incident, clock))}"
    for suspect in say.in_question(incident)[:1]:
        for finding in say.strongest(suspect.evidence, "for"):
            yield f"- for: {markdown(finding.statement)}"
        for finding in say.strongest(suspect.evidence, "against"):
            yield f"- against: {markdown(finding.statement)}"
    yield f"- {OPEN}: why nothing stopped it before it reached people"


def _actions(investigation: Investigation, incident: Incident) -> Iterator[str]:
    clock = clock_of(investigation, incident)
    names = change_names(investigation, clock)
    for item in action_items(investigation, incident):
        yield _action(item, names)
    yield f"- [ ] {OPEN} (owner: {OPEN})"


def _action(item: ActionItem, names: dict[str, str]) -> str:
    action = item.action
    for found, name in names.items():
        action = action.replace(f"before {found} is", f"before {name} is")
    rows = f" `{'`, `'.join(item.rows[:MOST_ROWS])}`" if _plain(item.rows) else ""
    because = markdown(item.because)
    return f"- [ ] {item.phase}: {markdown(action)} (owner: {OPEN}); because {because}{rows}"


def _rows(rows: list[Row]) -> str:
    places = [place for row in rows for place in row["rows"]][:MOST_ROWS]
    return f"`{'`, `'.join(places)}`" if _plain(places) else ""


def _plain(places: Any) -> bool:
    return bool(places) and not any("`" in place or "|" in place for place in places)
