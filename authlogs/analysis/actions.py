"""What to do next, each item with the measurement that speaks for it; no item without one.

These are proposals to a review, in the order of the response: review, detect, decide, mitigate,
verify. Who does them, and whether, is for people to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from authlogs.analysis.result import Incident, Investigation, Suspect
from authlogs.analysis.words import chance, change_title, span, theory_name

SLOW_ALERT_S = 120.0
SLOW_DECISION_S = 900.0
SLOW_REVERSAL_S = 900.0
LONG_TAIL_S = 300.0
FOR, MOST_ROWS = "for", 5
FAST_ROLLOUT_S = 900.0


@dataclass(frozen=True, kw_only=True)
class ActionItem:
    """Something to do, the measurement that supports it, and the rows behind the measurement."""

    phase: str
    action: str
    because: str
    rows: tuple[str, ...] = ()


def action_items(investigation: Investigation, incident: Incident) -> tuple[ActionItem, ...]:
    """Return the items that the measurements of an incident support, in order of the response."""
    blamed = incident.blamed
    return (
        *_review(incident, blamed),
        *_detect(investigation, incident, blamed),
        *_decide(incident),
        *_mitigate(investigation, incident, blamed),
        *_see(investigation, incident),
    )


def _review(incident: Incident, blamed: Suspect | None) -> Iterator[ActionItem]:
    if blamed is None:
        best = max(incident.theories, key=lambda theory: theory.probability, default=None)
        if best and incident.verdict == "no_change":
            yield ActionItem(
                phase="review",
                action=f"review {theory_name(best.name)}: no recorded change is to blame",
                because=f"{best.statement} (probability {chance(best.probability)})",
                rows=tuple(row for finding in best.evidence for row in finding.rows)[:MOST_ROWS],
            )
        return
    told = [f for f in blamed.evidence if f.direction == FOR and f.log_bayes_factor is not None]
    told.sort(key=lambda finding: -(finding.log_bayes_factor or 0.0))
    yield ActionItem(
        phase="review",
        action=f"review what {change_title(blamed.change)} changed, and add the check it passed",
        because=f"{told[0].statement if told else 'most supported'} "
        f"(probability {chance(blamed.probability)})",
        rows=told[0].rows[:MOST_ROWS] if told else (),
    )


def _detect(
    investigation: Investigation, incident: Incident, blamed: Suspect | None
) -> Iterator[ActionItem]:
    signal, phases = incident.signal, incident.phases
    by = " by the version that issued it" if blamed and _by_version(blamed) else ""
    rule = f"alert on {signal.reason} at {signal.service or 'every service'}{by}"
    if phases.detected is None:
        yield ActionItem(phase="detect", action=rule, because="no alert is recorded at all")
    elif phases.ttd_s is not None and phases.ttd_s > SLOW_ALERT_S:
        yield ActionItem(
            phase="detect",
            action=f"{rule}, to fire earlier",
            because=f"TTD was {span(phases.ttd_s)}",
            rows=_rows_of(investigation, "alert"),
        )
    if blamed and _fast(blamed):
        took = ((blamed.change.end_time or blamed.change.time) - blamed.change.time).total_seconds()
        lag = (incident.onset - blamed.change.time).total_seconds()
        yield ActionItem(
            phase="detect",
            action=f"roll {blamed.change.service or 'it'} out in steps that wait for a verdict",
            because=f"the first failure came {span(max(0.0, lag))} after the start of a rollout "
            f"that reached everybody in {span(took)}",
        )


def _by_version(blamed: Suspect) -> bool:
    kinds = {finding.kind for finding in blamed.evidence if finding.direction == FOR}
    return bool(kinds & {"token_lineage", "version_split"})


def _fast(blamed: Suspect) -> bool:
    end, start = blamed.change.end_time, blamed.change.time
    return end is not None and 0 < (end - start).total_seconds() < FAST_ROLLOUT_S


def _decide(incident: Incident) -> Iterator[ActionItem]:
    phases = incident.phases
    futile = [act for act in incident.mitigations if act.effect == "none"]
    for act in futile:
        yield ActionItem(
            phase="decide",
            action=f"write down what must be seen before {act.change} is done again",
            because=f"it had no effect on the failures (probability {chance(act.probability)})",
        )
    if phases.tta_s is not None and phases.ttd_s is not None:
        waited = phases.tta_s - phases.ttd_s
        if waited > SLOW_ALERT_S:
            yield ActionItem(
                phase="decide",
                action="look at how the page reaches whoever is on call",
                because=f"{span(waited)} passed from the first alert to its acknowledgement",
            )


def _mitigate(
    investigation: Investigation, incident: Incident, blamed: Suspect | None
) -> Iterator[ActionItem]:
    facts = investigation.facts.to_pylist() if investigation.facts is not None else []
    helped = {act.change for act in incident.mitigations if act.effect != "none"}
    for row in (r for r in facts if r["change_id"] in helped):
        begun = (row["at"] - (incident.phases.detected or incident.onset)).total_seconds()
        if begun > SLOW_DECISION_S:
            yield ActionItem(
                phase="mitigate",
                action="decide on undoing the latest changes within the first quarter of an hour",
                because=f"{row['statement']} began {span(begun)} after the first alert",
                rows=tuple(row["rows"]),
            )
        end = row["end_time_latest"] or row["at"]
        took = (end - row["time_latest"]).total_seconds()
        if took > SLOW_REVERSAL_S:
            yield ActionItem(
                phase="mitigate",
                action="make the rollback faster, and rehearse it",
                because=f"{row['statement']} took {span(took)} from start to end",
                rows=tuple(row["rows"]),
            )
    tail = incident.phases.tail_s
    if blamed and tail is not None and tail > LONG_TAIL_S:
        yield ActionItem(
            phase="mitigate",
            action="revoke what the bad build issued when it is rolled back",
            because=f"failures went on for {span(tail)} after the rollback had ended",
            rows=_rows_of(investigation, "recovery"),
        )


def _see(investigation: Investigation, incident: Incident) -> Iterator[ActionItem]:
    if incident.signal.denominator == "none":
        yield ActionItem(
            phase="verify",
            action="log successes too",
            because=f"{incident.signal.service or 'the service'} logs failures alone, so no rate "
            "and no loss can be told",
        )
    silent = [entry["source"] for entry in investigation.coverage if entry["silent"]]
    if silent:
        yield ActionItem(
            phase="verify",
            action="find out why these sources fell silent",
            because=f"silent for a while: {', '.join(silent[:3])}",
        )
    if investigation.clock_offsets:
        yield ActionItem(
            phase="verify",
            action="synchronise the clocks of hosts that differ",
            because=f"{len(investigation.clock_offsets)} clocks differ from their neighbours'",
        )


def _rows_of(investigation: Investigation, kind: str) -> tuple[str, ...]:
    if investigation.facts is None:
        return ()
    rows = [r["rows"] for r in investigation.facts.to_pylist() if r["kind"] == kind]
    return tuple(rows[0][:MOST_ROWS]) if rows else ()
