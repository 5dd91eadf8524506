"""Rules replayed: when each would have fired, what that gains, and what it would have cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.alerts.evaluation import Firing
from authlogs.analysis.alerts.false_alarms import a_week, what_is_short
from authlogs.analysis.alerts.normal import (
    FAR,
    Normal,
    Rule,
    normal_alarms,
    normal_time,
    rule_firings,
)
from authlogs.analysis.alerts.sigma_alerts import read_any
from authlogs.analysis.alerts.silent import looks_at_nothing
from authlogs.analysis.detection import detect
from authlogs.analysis.phases import EARLY
from authlogs.analysis.result import Incident
from authlogs.errors import BadCall
from authlogs.logs import Logs


@dataclass(frozen=True)
class Truth:
    """The first alert that is on record for an incident: its time and its words."""

    time: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What one rule would have done.

    `fired`: its first firing within an incident, `after_onset_s` seconds after that onset and
    `gained_s` before the alert that fired for it in truth (negative: later; null: none did).
    `firings`: all of them. `false_alarms` of `normal_s` seconds of normal time are `per_week`, with
    the exact 95 % interval of a Poisson rate.
    """

    rule: Rule
    fired: datetime | None
    after_onset_s: float | None
    gained_s: float | None
    firings: tuple[Firing, ...]
    false_alarms: int
    normal_s: float
    per_week: float
    per_week_interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Rules replayed over an incident and the normal time around it."""

    rules: tuple[Replayed, ...]
    incidents: tuple[Incident, ...]
    truths: tuple[Truth | None, ...]
    """The first alert of each incident; null where none is on record."""
    warnings: tuple[str, ...] = ()

    @property
    def fired_in_truth(self) -> datetime | None:
        """When the first alert of all fired; null where none is on record."""
        return min((truth.time for truth in self.truths if truth), default=None)

    def to_arrow(self) -> pa.Table:
        """Return one row a rule: alert, kind, fired (UTC), seconds, counts and rates."""
        rows = [
            {
                "alert": one.rule.alert,
                "kind": one.rule.kind,
                "fired": one.fired,
                "after_onset_s": one.after_onset_s,
                "gained_s": one.gained_s,
                "false_alarms": one.false_alarms,
                "normal_s": one.normal_s,
                "per_week": one.per_week,
                "per_week_low": one.per_week_interval[0],
                "per_week_high": one.per_week_interval[1],
            }
            for one in self.rules
        ]
        return pa.Table.from_pylist(rows, schema=REPLAYED)

    def __str__(self) -> str:
        from authlogs.analysis.alerts.words import replay_lines

        return "\n".join(replay_lines(self, "UTC"))

    def _repr_html_(self) -> str:
        table: str = self.to_arrow().to_pandas().to_html(index=False)
        return table


REPLAYED = pa.schema(
    [
        ("alert", pa.string()),
        ("kind", pa.string()),
        ("fired", pa.timestamp("us", tz="UTC")),
        ("after_onset_s", pa.float64()),
        ("gained_s", pa.float64()),
        ("false_alarms", pa.int64()),
        ("normal_s", pa.float64()),
        ("per_week", pa.float64()),
        ("per_week_low", pa.float64()),
        ("per_week_high", pa.float64()),
    ]
)


def replay_alerts(
    logs: Logs,
    rules: str | Path | Sequence[Rule],
    *,
    incidents: Sequence[Incident] | None = None,
    history: Any = None,
) -> Replay:
    """Replay alert rules over an incident, and over the normal time around it.

    `rules` are a file of our own YAML or of Sigma, or rules (docs/alerts.md). `incidents` are by
    default those that `detect` finds. `history` is further time of the same service: Logs, events,
    a store, or a roll-up of `rollup()` with all columns that the rules name; where it overlaps the
    logs it counts once. A firing inside an incident is a hit; one in the normal time is a false
    alarm; what lies in between (a window that still holds the incident) is neither. Raises BadCall
    for rules that cannot be meant.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> rule = "rules: [{alert: A, count: {reason: invalid_signature}, window: 2m, above: 4}]"
    >>> from authlogs.analysis.alerts.rule_file import parse_rules
    >>> al.replay_alerts(logs, parse_rules(rule)).rules[0].gained_s
    180.0
    """
    told = read_any(rules) if isinstance(rules, str | Path) else tuple(rules)
    if not told or not all(isinstance(rule, Rule) for rule in told):
        raise BadCall("there are no rules", next_step="give a YAML file or the rules of one")
    found = tuple(detect(logs) if incidents is None else incidents)
    truths = tuple(_truth(logs.changes, incident) for incident in found)
    here = Normal(logs.dataset, found)
    further = None
    if history is not None:
        further = replace(normal_time(history, found, here.span), elsewhere=here.span)
    replayed = tuple(_replay(rule, here, truths, further) for rule in told)
    return Replay(
        rules=replayed,
        incidents=found,
        truths=truths,
        warnings=(
            *(looks_at_nothing(told, further.services, "the history holds") if further else ()),
            *looks_at_nothing(told, here.services, "the logs hold"),
            *_warnings(replayed, found, truths),
        ),
    )


def _replay(
    rule: Rule, here: Normal, truths: Sequence[Truth | None], further: Normal | None
) -> Replayed:
    every = rule_firings(rule, here)
    hits = [
        (one.start, incident.onset, truth)
        for one in every
        for incident, truth in zip(here.incidents, truths, strict=True)
        if incident.onset <= one.start < (incident.recovered or FAR)
    ]
    fired, onset, truth = hits[0] if hits else (None, None, None)
    alarms, watched = normal_alarms(rule, here, every)
    if further is not None:
        more, longer = normal_alarms(rule, further)
        alarms, watched = alarms + more, watched + longer
    rate, interval = a_week(alarms, watched)
    return Replayed(
        rule=rule,
        fired=fired,
        after_onset_s=(fired - onset).total_seconds() if fired and onset else None,
        gained_s=(truth.time - fired).total_seconds() if fired and truth else None,
        firings=every,
        false_alarms=alarms,
        normal_s=watched,
        per_week=rate,
        per_week_interval=interval,
    )


def _truth(changes: pa.Table, incident: Incident) -> Truth | None:
    """Return the first alert on record for an incident; null where there is none."""
    rows = changes.filter(pc.equal(changes["change_type"].cast(pa.string()), "alert")).to_pylist()
    near = [
        (row["time"], " ".join((row["description"] or row["change_id"] or "").split()))
        for row in rows
        if row["time"]
        and row["time"] >= incident.onset - EARLY
        and (not incident.recovered or row["time"] <= incident.recovered)
    ]
    return Truth(*min(near)) if near else None


def _warnings(
    replayed: Sequence[Replayed], incidents: Sequence[Incident], truths: Sequence[Truth | None]
) -> list[str]:
    said = []
    if not incidents:
        said.append("no incident was found: every firing counts as a false alarm")
    elif not any(truths):
        said.append("no alert is on record for the incident: nothing to gain against")
    shortest = min(one.normal_s for one in replayed)
    if short := what_is_short(shortest):
        said.append(f"{shortest / 3600:.1f} h of normal time are too short: {short} (--history)")
    said += [
        f"{one.rule.alert}: its longest window is longer than the normal time"
        for one in replayed
        if one.rule.kind == "burn_rate" and one.normal_s < one.rule.reach_s
    ]
    return said
