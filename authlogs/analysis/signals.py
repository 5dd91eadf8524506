"""All the series in which an incident can show: failures, open challenges, missing attempts."""

from authlogs.analysis.absent_parts import absent_parts
from authlogs.analysis.challenges import UNRESOLVED, open_challenges, settled
from authlogs.analysis.parts import count_parts, failing_parts
from authlogs.analysis.result import Signal
from authlogs.analysis.series import Grid, Series, count_people, failing_series
from authlogs.analysis.volume import MISSING, missing_series
from authlogs.engine.base import Events


def every_series(events: Events, grid: Grid) -> list[Series]:
    """Return every series that is searched for incidents."""
    people = count_people(events, grid)
    failing = failing_series(people)
    parts = count_parts(events, grid)
    missing = [*missing_series(people, grid), *absent_parts(parts, grid)]
    return [*failing, *failing_parts(parts), *open_challenges(events, grid), *missing]


def series_of(events: Events, grid: Grid, signal: Signal) -> Series | None:
    """Return the series of one signal; null where the events do not hold it."""
    if signal.reason == UNRESOLVED:
        made = open_challenges(events, grid)
    elif signal.where:
        parts = count_parts(events, grid)
        made = [*failing_parts(parts), *absent_parts(parts, grid)]
    else:
        people = count_people(events, grid, step=(signal.service, signal.event_type))
        missing = signal.reason == MISSING
        made = missing_series(people, grid) if missing else failing_series(people)
    where = next(iter(signal.where.items())) if signal.where else None
    key = (signal.service, signal.event_type, signal.reason, where)
    return next((s for s in made if (s.service, s.event_type, s.reason, s.where) == key), None)


def seen_through(events: Events, signal: Signal) -> Events:
    """Return the events as a signal counts them: open challenges are failures of their own."""
    return settled(events) if signal.reason == UNRESOLVED else events
