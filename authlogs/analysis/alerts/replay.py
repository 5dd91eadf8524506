"""Rules replayed: when each would have fired, what that gains, and what it would have cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.alerts.evaluation import (
    WEIGHT,
    Firing,
    count_steps,
    firings,
    holds,
    without,
)
from authlogs.analysis.alerts.false_alarms import a_week, days_needed
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.analysis.alerts.sigma_alerts import SigmaAlert, read_any, sigma_firings
from authlogs.analysis.alerts.silent import looks_at_nothing
from authlogs.analysis.detection import detect
from authlogs.analysis.phases import EARLY
from authlogs.analysis.result import Incident, Interval, Investigation
from authlogs.analysis.series import edges_of
from authlogs.engine.base import Events, as_events
from authlogs.errors import BadCall
from authlogs.logs import Logs

Rule = AlertRule | SigmaAlert
FAR = datetime(9999, 1, 1, tzinfo=UTC)
LEAST_WEEKLY = 1.0
"""A history that cannot bound the false alarms below one a week is called short."""


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What one rule would have done.

    `fired`: its first firing within an incident, `after_onset_s` seconds after the onset and
    `gained_s` before the alert that fired in truth (negative: later; null: none did). `firings`:
    all of them. `false_alarms` of `normal_s` seconds of normal time are `per_week`, with the exact
    95 % interval of a Poisson rate.
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
    fired_in_truth: datetime | None
    alert_in_truth: str | None
    warnings: tuple[str, ...] = ()

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
    a store, or a roll-up of `rollup()` with all columns that the rules name. A firing inside an
    incident is a hit; one in the normal time is a false alarm; what lies in between (a window that
    still holds the incident) is neither. Raises BadCall for rules that cannot be meant.

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
    truth = _fired_in_truth(logs.changes, found)
    here = Normal(logs.dataset, found)
    further = normal_time(history) if history is not None else None
    replayed = tuple(_replay(rule, here, truth[0], further) for rule in told)
    return Replay(
        rules=replayed,
        incidents=found,
        fired_in_truth=truth[0],
        alert_in_truth=truth[1],
        warnings=(
            *_warnings(replayed, found, truth[0]),
            *looks_at_nothing(told, here.events, "the logs hold"),
            *(looks_at_nothing(told, further.events, "the history holds") if further else ()),
        ),
    )


@dataclass(frozen=True, eq=False)
class Normal:
    """Time that is taken for normal, and the incidents that are cut out of it."""

    events: Events
    incidents: tuple[Incident, ...] = ()
    bin_s: int | None = None
    """Width of its bins where it is coarser than events."""

    @cached_property
    def span(self) -> Interval | None:
        """First and last time; null where no event has one."""
        first, last = edges_of(self.events)
        return (first, last) if first and last else None


def normal_alarms(rule: Rule, normal: Normal) -> tuple[tuple[Firing, ...], float]:
    """Return the false alarms of a rule in normal time, and how many seconds that is."""
    if normal.span is None:
        return (), 0.0
    alarms = _firings(rule, normal, cut_out(rule, normal.incidents))
    return alarms, watched_s(rule, normal.span, normal.incidents)


def watched_s(rule: Rule, span: Interval, incidents: Sequence[Incident]) -> float:
    """Return the seconds of a span in which a rule speaks and no incident is on."""
    start = span[0] + timedelta(seconds=rule.warm_up_s)
    total = max(0.0, (span[1] - start).total_seconds())
    for first, last in cut_out(rule, incidents):
        total -= max(0.0, (min(last, span[1]) - max(first, start)).total_seconds())
    return max(0.0, total)


def cut_out(rule: Rule, incidents: Sequence[Incident]) -> list[Interval]:
    """Return the stretches that are not normal: incidents, and windows that still hold them."""
    after = timedelta(seconds=rule.reach_s + rule.for_s)
    return [(i.onset_interval[0], i.recovered + after if i.recovered else FAR) for i in incidents]


def normal_time(history: Any, known: Investigation | None = None) -> Normal:
    """Return a history without its own incidents; a roll-up is taken as it is.

    The incidents of `known` are cut out as well, and are all that is cut out where the history is
    what was investigated.
    """
    events = as_events(history)
    told = known.incidents if known else ()
    if WEIGHT in set(getattr(events, "schema", pa.schema([])).names):
        return Normal(events, told)
    first, last = edges_of(events)
    if known and first and last and known.analysed[0] <= last and first <= known.analysed[1]:
        return Normal(events, told)
    return Normal(events, (*told, *detect(events)))


def _replay(rule: Rule, here: Normal, truth: datetime | None, further: Normal | None) -> Replayed:
    every = _firings(rule, here)
    hits = [
        (one, incident)
        for one in every
        for incident in here.incidents
        if incident.onset <= one.start < (incident.recovered or FAR)
    ]
    fired = hits[0][0].start if hits else None
    alarms, watched = normal_alarms(rule, here)
    if further is not None:
        more, longer = normal_alarms(rule, further)
        alarms, watched = (*alarms, *more), watched + longer
    rate, interval = a_week(len(alarms), watched)
    return Replayed(
        rule=rule,
        fired=fired,
        after_onset_s=(fired - hits[0][1].onset).total_seconds() if fired else None,
        gained_s=(truth - fired).total_seconds() if fired and truth else None,
        firings=every,
        false_alarms=len(alarms),
        normal_s=watched,
        per_week=rate,
        per_week_interval=interval,
    )


def _firings(rule: Rule, here: Normal, cut: Sequence[Interval] = ()) -> tuple[Firing, ...]:
    """Return when a rule fires outside some stretches."""
    if here.span is None:
        return ()
    if isinstance(rule, SigmaAlert):
        every = sigma_firings(rule, here.events)
        return tuple(one for one in every if not any(a < one.start <= b for a, b in cut))
    steps = count_steps(rule, here.events, here.span)
    return firings(rule, steps, without(steps, holds(rule, steps), cut))


def _fired_in_truth(
    changes: pa.Table, incidents: Sequence[Incident]
) -> tuple[datetime | None, str | None]:
    """Return when the first alert of an incident fired, and its words; null where none did."""
    rows = changes.filter(pc.equal(changes["change_type"].cast(pa.string()), "alert")).to_pylist()
    near = [
        (row["time"], row["description"] or row["change_id"] or "")
        for row in rows
        for i in incidents
        if row["time"]
        and row["time"] >= i.onset - EARLY
        and (not i.recovered or row["time"] <= i.recovered)
    ]
    return min(near) if near else (None, None)


def _warnings(
    replayed: Sequence[Replayed], incidents: Sequence[Incident], truth: datetime | None
) -> list[str]:
    said = []
    if not incidents:
        said.append("no incident was found: every firing counts as a false alarm")
    elif truth is None:
        said.append("no alert is on record for the incident: nothing to gain against")
    shortest = min(one.normal_s for one in replayed)
    most = a_week(0, shortest)[1][1]
    if most > LEAST_WEEKLY:
        said.append(
            f"{shortest / 3600:.1f} h of normal time are too short: even without a false alarm "
            f"there may be up to {most:.0f} a week (95 %); {days_needed():.0f} days would bound "
            "them to one (--history)"
        )
    said += [
        f"{one.rule.alert}: its longest window is longer than the normal time"
        for one in replayed
        if one.rule.kind == "burn_rate" and one.normal_s < one.rule.reach_s
    ]
    return said
