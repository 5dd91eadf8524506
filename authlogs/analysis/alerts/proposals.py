"""Rules that would have seen an incident early: from its signature, held to normal time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.alerts.candidates import candidates
from authlogs.analysis.alerts.evaluation import count_steps
from authlogs.analysis.alerts.exports import prometheus_rules, sigma_rules
from authlogs.analysis.alerts.false_alarms import a_week, what_is_short
from authlogs.analysis.alerts.normal import Normal, normal_time, watched_s
from authlogs.analysis.alerts.rule_file import written
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.analysis.alerts.thresholds import alarms_elsewhere, fitted, normal_evaluations
from authlogs.analysis.result import Incident, Investigation
from authlogs.errors import BadCall


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A rule, why it is proposed, and its false alarms on normal time that did not choose it.

    `per_week` with the exact 95 % interval of a Poisson rate, over `normal_s` seconds.
    """

    rule: AlertRule
    why: str
    false_alarms: int
    normal_s: float
    per_week: float
    per_week_interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """The rules that an incident suggests, and what could not be proposed."""

    proposals: tuple[Proposal, ...]
    warnings: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """The rules alone, as `replay_alerts` takes them."""
        return tuple(proposal.rule for proposal in self.proposals)

    def to_yaml(self) -> str:
        """Return the rules in our own YAML, as `authlogs alerts --rules` reads it."""
        return written(self.rules)

    def to_prometheus(self, *, metric: str = "authlogs_events_total") -> str:
        """Return the rules as a file of Prometheus; `metric` is a counter with our columns."""
        return prometheus_rules(self.rules, metric=metric)

    def to_sigma(self) -> str:
        """Return the rules as Sigma correlations over ECS fields, as documents of one text."""
        return sigma_rules(self.rules)

    def __str__(self) -> str:
        from authlogs.analysis.alerts.words import proposal_lines

        return "\n".join(proposal_lines(self))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(self.to_yaml())}</pre>"


def propose_alerts(investigation: Investigation, *, history: Any = None) -> Proposals:
    """Propose rules from the signature of each incident, with thresholds from normal time alone.

    `history` is normal time of the same service: Logs, events, a store, or a roll-up. Incidents
    that it holds are cut out. Without one the investigation's own chart must do, whose minutes
    outside the incident count people and not rows; the warnings say so. False alarms are counted
    on normal time that had no part in the threshold.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> found = al.propose_alerts(al.investigate(logs), history=logs)
    >>> found.rules[0].by
    'issuing_version'
    """
    if not investigation.incidents:
        raise BadCall("there is no incident to learn from", next_step="investigate logs with one")
    normal = None
    if history is not None:
        normal = normal_time(history, investigation.incidents, investigation.analysed)
    made: list[Proposal] = []
    said: list[str] = []
    for incident in investigation.incidents:
        here = normal or _charted(investigation, incident)
        for rule, why in candidates(incident):
            if any(rule.alert == one.rule.alert for one in made):
                continue
            try:
                proposal = _held(rule, why, here)
            except BadCall as error:
                said.append(f"{rule.alert} is not proposed: {error.what}")
                continue
            if proposal is None:
                said.append(f"{rule.alert} is not proposed: normal time looks the same")
            else:
                made.append(proposal)
    return Proposals(proposals=tuple(made), warnings=(*said, *_short(made, chart=normal is None)))


def _held(rule: AlertRule, why: str, normal: Normal) -> Proposal | None:
    """Return a proposal with thresholds from normal time; null where no threshold would help."""
    if normal.span is None:
        raise BadCall("there is no normal time")
    if normal.bin_s and rule.count["outcome"] == ("failure",) and "reason" not in rule.count:
        raise BadCall("the chart holds the failures of the signal's reason alone")
    if not normal.knows(rule):
        raise BadCall("normal time holds nothing of its service")
    tuned = _on_chart(rule, normal.bin_s) if normal.bin_s else rule
    watched = watched_s(tuned, normal)
    if watched <= 0:
        raise BadCall("there is no normal time as long as its windows")
    steps = count_steps(tuned, normal.events, normal.span)
    usual = normal_evaluations(tuned, steps, normal)
    chosen = fitted(tuned, steps, usual)
    if chosen is None:
        return None
    alarms = alarms_elsewhere(tuned, steps, usual)
    rate, interval = a_week(alarms, watched)
    return Proposal(
        rule=replace(chosen, every_s=rule.every_s),
        why=why,
        false_alarms=alarms,
        normal_s=watched,
        per_week=rate,
        per_week_interval=interval,
    )


def _charted(investigation: Investigation, incident: Incident) -> Normal:
    """Return the chart's minutes as a roll-up: the signal's failures, and who succeeded."""
    charts = investigation.charts
    if charts is None or not len(charts.minutes):
        raise BadCall("this investigation has no chart", next_step="give history=")
    minutes, signal = charts.minutes, incident.signal
    failing = minutes["people_failing"]
    parts = []
    for outcome, reason, counts in (
        ("failure", signal.reason, failing),
        ("success", None, pc.subtract(minutes["attempts"], failing)),
    ):
        words = {"service": signal.service, "event_type": signal.event_type}
        words |= {"outcome": outcome, "reason": reason}
        columns = {k: pa.array([v] * len(minutes), pa.string()) for k, v in words.items()}
        parts.append(pa.table({"time": minutes["time"], **columns, "events": counts}))
    return Normal(pa.concat_tables(parts), investigation.incidents, charts.bin_s)


def _on_chart(rule: AlertRule, bin_s: int) -> AlertRule:
    """Return the rule with windows of whole bins, evaluated once a bin."""
    step = max(rule.every_s, bin_s)
    return replace(rule, every_s=step, window_s=-(-rule.window_s // step) * step)


def _short(made: list[Proposal], *, chart: bool) -> Iterator[str]:
    """Yield what limits the thresholds: how little normal time there was, and what it counts."""
    if chart:
        yield (
            "no history was given: thresholds come from the investigation's own chart, whose "
            "minutes count people and not rows; give history= (--history)"
        )
    watched = min((one.normal_s for one in made), default=math.inf)
    if short := what_is_short(watched):
        yield f"thresholds come from {watched / 3600:.1f} h of normal time: {short}"
