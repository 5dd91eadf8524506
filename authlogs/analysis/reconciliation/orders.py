"""What only the whole shows: claims in the wrong order, whole hours off, a rollback's end taken
for the recovery, days of the week that do not fit.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Final

from authlogs.analysis.reconciliation.days import days_said, wrong_weekday
from authlogs.analysis.reconciliation.matching import Fact, distance
from authlogs.analysis.reconciliation.passages import Passage
from authlogs.analysis.reconciliation.records import Checked, Flag
from authlogs.analysis.words import span

HOUR: Final = 3_600.0
MOST_HOURS: Final = 14
MOSTLY: Final = 0.5
LEAST_SHIFTED: Final = 3
ALARMS: Final = ("alert", "acknowledged", "detected", "declared")


def flags_of(
    checked: Sequence[Checked],
    facts: Sequence[Fact],
    told: Sequence[Passage],
    *,
    year: int,
    source: str,
) -> Iterator[Flag]:
    """Give every flag of the whole text; what is wrong in several places the same way, once."""
    found = chain(
        _impossible(checked),
        _weekdays(told, year, source),
        _hours(checked),
        _inversions(checked),
        _rollback_ends(checked, facts),
    )
    once: dict[tuple[str, str], Flag] = {}
    for flag in found:
        before = once.get((flag.kind, flag.statement))
        places = (*before.places, *flag.places) if before else flag.places
        once[flag.kind, flag.statement] = replace(flag, places=tuple(dict.fromkeys(places)))
    yield from once.values()


def _impossible(checked: Sequence[Checked]) -> Iterator[Flag]:
    for one in checked:
        if one.claim.time is None:
            said = f"{one.claim.said} is no time of day"
            yield Flag(kind="impossible_time", statement=said, places=(one.claim.place,))


def _weekdays(told: Sequence[Passage], year: int, source: str) -> Iterator[Flag]:
    for passage in told:
        for said in days_said(passage.text, year=year):
            places = (f"{source}:{passage.line}",)
            if said.day is None:
                wrong = f"there is no day {said.said}"
                yield Flag(kind="impossible_time", statement=wrong, places=places)
            elif right := wrong_weekday(said):
                wrong = f"{said.said} was a {right}"
                yield Flag(kind="weekday", statement=wrong, places=places)


def whole_hours(off_s: float, slack: timedelta) -> int:
    """Return by how many whole hours a claim is off; 0 where it is not a matter of hours.

    >>> whole_hours(7_230.0, timedelta(minutes=5))
    2
    """
    hours = round(off_s / HOUR)
    near = abs(off_s - hours * HOUR) <= slack.total_seconds()
    return hours if near and abs(hours) <= MOST_HOURS else 0


def _hours(checked: Sequence[Checked]) -> Iterator[Flag]:
    """Tell slips of whole hours; where most claims share one, it is the zone that is wrong."""
    held = [one for one in checked if one.off_s is not None]
    slips = {k: whole_hours(one.off_s or 0.0, one.claim.slack) for k, one in enumerate(held)}
    slips = {k: n for k, n in slips.items() if n and held[k].verdict == "contradicted"}
    shared, times = Counter(slips.values()).most_common(1)[0] if slips else (0, 0)
    if times >= LEAST_SHIFTED and times > MOSTLY * len(held):
        said = f"{times} of {len(held)} claims are {_words(shared)}: their zone is another one"
        places = tuple(held[k].claim.place for k, n in slips.items() if n == shared)
        yield Flag(kind="zone", statement=said, places=places)
        slips = {k: n for k, n in slips.items() if n != shared}
    for k, hours in slips.items():
        why = "morning and evening mixed up" if abs(hours) == 12 else "a slip of the hour"
        said = f"{held[k].claim.said} is {_words(hours)}: {why}, or a time of another zone"
        yield Flag(kind="hour_slip", statement=said, places=(held[k].claim.place,))


def _words(hours: int) -> str:
    way = "late" if hours > 0 else "early"
    return f"{abs(hours)} {'hour' if abs(hours) == 1 else 'hours'} {way}"


def _inversions(checked: Sequence[Checked]) -> Iterator[Flag]:
    """Tell each contradicted claim that stands on the wrong side of others."""
    held = [one for one in checked if one.measured and one.claim.time]
    for one in (c for c in held if c.verdict == "contradicted"):
        passed = [other for other in held if other is not one and _inverted(one, other)]
        if not passed:
            continue
        alarms = [o for o in passed if o.claim.kind in ALARMS and one.claim.kind == "onset"]
        listed = ", ".join(dict.fromkeys(f"{o.claim.said} ({o.claim.kind})" for o in passed))
        late = bool(one.off_s and one.off_s > 0)
        way = "after" if late else "before"
        said = f"{one.claim.kind} at {one.claim.said} is put {way} {listed}; it was the other way"
        if alarms:
            said = f"the alert ({alarms[0].claim.said}) is older than the stated start; {said}"
        kind = "alert_before_start" if alarms else "order_inversion"
        yield Flag(kind=kind, statement=said, places=(one.claim.place,))  # type: ignore[arg-type]


def _inverted(one: Checked, other: Checked) -> bool:
    if not (one.measured and other.measured and one.claim.time and other.claim.time):
        return False
    if one.claim.time > other.claim.time:
        return one.measured[1] < other.measured[0]
    return one.claim.time < other.claim.time and one.measured[0] > other.measured[1]


def _rollback_ends(checked: Sequence[Checked], facts: Sequence[Fact]) -> Iterator[Flag]:
    """Tell a stated recovery that is the end of the rollback, or of trouble for new sign-ins."""
    ends = [f.end for f in facts if f.kind == "rollback" and f.end]
    fresh = [f.start for f in facts if f.kind == "new_sign_ins"]
    for one in checked:
        if one.claim.kind != "recovery" or one.verdict != "contradicted" or not one.claim.time:
            continue
        moment, slack = one.claim.time, one.claim.slack
        what = [
            name
            for name, edges in (("the rollback ended", ends), ("new sign-ins were well", fresh))
            if any(distance(edge, moment) <= slack for edge in edges)
        ]
        if what:
            after = span(abs(one.off_s or 0.0))
            said = f"at {one.claim.said} {' and '.join(what)}; failures went on for {after}"
            place = (one.claim.place,)
            yield Flag(kind="recovery_is_rollback_end", statement=said, places=place)
