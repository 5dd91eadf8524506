"""A replay and its proposals as lines of text: what the command line prints."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime

from authlogs.analysis.alerts.evaluation import Firing
from authlogs.analysis.alerts.proposals import Proposals
from authlogs.analysis.alerts.replay import Replay, Replayed
from authlogs.analysis.alerts.rule_file import span_words
from authlogs.analysis.alerts.rules import AlertRule
from authlogs.analysis.words import Clock
from authlogs.window import parse_zone


def replay_lines(replay: Replay, zone: str) -> Iterator[str]:
    """Yield the truth first, then two lines a rule, then the warnings."""
    there, onsets = parse_zone(zone), [incident.onset for incident in replay.incidents]
    clock = Clock(there, min(onsets, default=datetime.now(there)).astimezone(there).date())
    for incident, truth in zip(replay.incidents, replay.truths, strict=True):
        day = Clock(there, incident.onset.astimezone(there).date())
        yield f"onset: {day.weekday()}, {day.time(incident.onset)} ({incident.signal.reason})"
        if truth:
            yield f"fired in truth: {clock.time(truth.time)}: {truth.words}"
    for one in replay.rules:
        yield f"{one.rule.alert}: {_hit(one, onsets, clock)}"
        yield f"  {alarms_words(one.false_alarms, one.normal_s, one.per_week_interval)}"
    yield from (f"note: {line}" for line in replay.warnings)


def proposal_lines(proposals: Proposals) -> Iterator[str]:
    """Yield what each proposed rule is for, when it fires, and its false alarms out of sample."""
    yield "Proposed rules, their thresholds from normal time alone"
    for one in proposals.proposals:
        yield f"{one.rule.alert}: {one.why}"
        yield f"  fires on {rule_words(one.rule)}"
        yield (
            "  each quarter of normal time judged by the threshold of the others: "
            f"{alarms_words(one.false_alarms, one.normal_s, one.per_week_interval)}"
        )
    yield from (f"note: {line}" for line in proposals.warnings)


def rule_words(rule: AlertRule) -> str:
    """Return when a rule fires, without which rows it counts.

    >>> rule_words(AlertRule(alert="A", count={"outcome": ("failure",)}, above=4.0, window_s=120))
    'more than 4 rows in 2m'
    """
    window, each = span_words(rule.window_s), f" of one {rule.by}" if rule.by else ""
    if rule.burns:
        budget = 1 - (rule.objective or 0)
        said = " or ".join(
            f"over {100 * burn.factor * budget:.3g} % in {span_words(burn.long_s)} and in "
            f"{span_words(burn.short_s)}"
            for burn in rule.burns
        )
    elif rule.below is not None:
        before = f"those {span_words(rule.than_s or 0)} earlier"
        said = f"fewer rows in {window} than {100 * rule.below:g} % of {before}"
    elif rule.of is not None:
        least = f", from {rule.least} rows on" if rule.least else ""
        said = f"over {100 * (rule.above or 0):g} % of the rows{each} in {window}{least}"
    else:
        said = f"more than {rule.above:g} rows{each} in {window}"
    return f"{said}, for {span_words(rule.for_s)}" if rule.for_s else said


def alarms_words(seen: int, watched_s: float, interval: tuple[float, float]) -> str:
    """Return false alarms with their bound, as what it is.

    >>> alarms_words(0, 7 * 86_400.0, (0.0, 3.689))
    '0 false alarms in 7.0 days of normal time: 0 to 3.7 a week (95 %)'
    """
    time = f"{watched_s / 86_400:.1f} days" if watched_s >= 86_400 else f"{watched_s / 3600:.1f} h"
    alarms = f"{seen} false alarm{'' if seen == 1 else 's'} in {time} of normal time"
    if math.isinf(interval[1]):
        return f"{alarms}: nothing can be said of a week"
    return f"{alarms}: {_rate(interval[0])} to {_rate(interval[1])} a week (95 %)"


def _rate(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _hit(one: Replayed, onsets: Sequence[datetime], clock: Clock) -> str:
    if one.fired is None or one.after_onset_s is None:
        early = [f for f in one.firings if any(_spans(f, onset) for onset in onsets)]
        if early:
            return f"fires since {clock.time(early[0].start)}, before the onset: no sign of it"
        return "would not have fired"
    said = f"would have fired {clock.time(one.fired)}, {_minutes(one.after_onset_s)} after onset"
    if one.gained_s is None:
        return said
    if one.gained_s == 0:
        return f"{said}, when the alert fired in truth"
    which = "before" if one.gained_s > 0 else "after"
    return f"{said}, {_minutes(abs(one.gained_s))} {which} the alert that fired in truth"


def _spans(firing: Firing, moment: datetime) -> bool:
    return firing.start < moment and (firing.end is None or firing.end > moment)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"
