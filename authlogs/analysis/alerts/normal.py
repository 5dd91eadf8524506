"""Normal time: what is left of logs or a history once its incidents are cut out; its alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

from authlogs.analysis.alerts.evaluation import WEIGHT, Firing, count_steps, firings
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.analysis.alerts.sigma_alerts import SigmaAlert, sigma_firings
from authlogs.analysis.detection import detect
from authlogs.analysis.result import Incident, Interval
from authlogs.analysis.series import edges_of
from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql

Rule = AlertRule | SigmaAlert
SERVICES = "SELECT DISTINCT service FROM events WHERE service IS NOT NULL"
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Normal:
    """Time that is taken for normal, and what is cut out of it."""

    events: Events
    incidents: tuple[Incident, ...] = ()
    bin_s: int | None = None
    """Width of its bins where it is coarser than events."""
    elsewhere: Interval | None = None
    """A stretch that is counted with other events, and must not count twice."""

    @cached_property
    def span(self) -> Interval | None:
        """First and last time; null where no event has one."""
        first, last = edges_of(self.events)
        return (first, last) if first and last else None

    @cached_property
    def services(self) -> frozenset[str]:
        """The services that have rows here."""
        return frozenset(run_sql(SERVICES, events=self.events)["service"].to_pylist())

    def knows(self, rule: Rule) -> bool:
        """Tell whether there are rows of a service that a rule names: else silence says nothing."""
        named = rule.count.get("service", ()) if isinstance(rule, AlertRule) else ()
        return not named or not self.services.isdisjoint(named)


def normal_time(
    history: Any, incidents: Sequence[Incident] = (), analysed: Interval | None = None
) -> Normal:
    """Return a history without incidents: those that are known, and its own.

    They are looked for in all that holds more than the stretch in which the known ones were found
    (`analysed`). A roll-up cannot be searched, and loses the known ones alone.
    """
    events = as_events(history)
    first, last = edges_of(events)
    # What has not ended where the logs end says nothing of a time after them.
    later = bool(analysed and first and first > analysed[1])
    told = tuple(i for i in incidents if i.recovered or not later)
    if WEIGHT in set(getattr(events, "schema", pa.schema([])).names):
        return Normal(events, told)
    if analysed and first and last and analysed[0] <= first and last <= analysed[1]:
        return Normal(events, told)
    return Normal(events, (*told, *detect(events)))


def rule_firings(rule: Rule, normal: Normal) -> tuple[Firing, ...]:
    """Return when a rule fires, whatever the time is."""
    if normal.span is None:
        return ()
    if isinstance(rule, SigmaAlert):
        return sigma_firings(rule, normal.events)
    return firings(rule, count_steps(rule, normal.events, normal.span))


def normal_alarms(
    rule: Rule, normal: Normal, fired: tuple[Firing, ...] | None = None
) -> tuple[int, float]:
    """Return the false alarms of a rule, and the seconds of normal time that it watched.

    `fired` are its firings where they are known. One counts where it begins in normal time.
    """
    if not normal.span or not normal.knows(rule):
        return 0, 0.0
    every, cut = rule_firings(rule, normal) if fired is None else fired, cut_out(rule, normal)
    alarms = sum(not any(a < one.start <= b for a, b in cut) for one in every)
    return alarms, watched_s(rule, normal)


def watched_s(rule: Rule, normal: Normal) -> float:
    """Return the seconds in which a rule speaks and the time is normal."""
    if normal.span is None:
        return 0.0
    start, end = normal.span[0] + timedelta(seconds=rule.warm_up_s), normal.span[1]
    total = max(0.0, (end - start).total_seconds())
    for first, last in cut_out(rule, normal):
        total -= max(0.0, (min(last, end) - max(first, start)).total_seconds())
    return max(0.0, total)


def cut_out(rule: Rule, normal: Normal) -> list[Interval]:
    """Return the stretches that do not count, apart from each other and in order of time.

    They are incidents with the windows that still hold them, and what is counted elsewhere.
    """
    after = timedelta(seconds=rule.reach_s + rule.for_s)
    stretches = [
        (i.onset_interval[0], i.recovered + after if i.recovered else FAR) for i in normal.incidents
    ]
    stretches += [normal.elsewhere] if normal.elsewhere else []
    apart: list[Interval] = []
    for first, last in sorted(stretches):
        if apart and first <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(last, apart[-1][1]))
        else:
            apart.append((first, last))
    return apart
