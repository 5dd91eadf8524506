"""Abnormal stretches of all series, and which of them stand for an incident."""

from dataclasses import dataclass

from authlogs.analysis.blips import only_blips
from authlogs.analysis.challenges import UNRESOLVED
from authlogs.analysis.recovery import last_excess
from authlogs.analysis.result import Signal
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import MICROS, Grid, Series
from authlogs.analysis.signals import every_series
from authlogs.analysis.volume import MISSING, is_sharp, within
from authlogs.analysis.windows import Stretch, find_stretches
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

SAME_S = 900
"""Stretches closer than this belong together."""
LEAST_CROWD = 5
"""Fewer different people than this are somebody's loop, and no incident."""
LEAST_SHARE, LEAST_S = 0.02, 300
FEW, MANY = 30, 100
"""What lasts under five minutes must hit 30 people; under 2 % of those who try must be 100."""
MISSING_WEIGHT, PROXY_WEIGHT = 0.3, 0.5
"""A failure tells more than a missing attempt, and authentication more than a proxy's status."""
ECHO_BINS, ECHO_SHARE = 3, 0.2
NEAR_BINS, MOST_TOLD = 5, 3
"""What is further off than so many bins, or so many times as many people, does not tell of it."""
CROWD = f"""
SELECT count(DISTINCT {PERSON}) AS people, count({PERSON}) AS named FROM events
WHERE outcome = 'failure' AND unix_micros("time") >= $1 AND unix_micros("time") < $2
  AND service IS NOT DISTINCT FROM $3 AND event_type = $4
  AND coalesce(reason, 'unspecified') = $5 AND {{part}}
"""


@dataclass(frozen=True, eq=False)
class Sighting:
    """An abnormal stretch of one series; `blips` where nothing but hosts restarted in it."""

    series: Series
    stretch: Stretch
    blips: bool = False

    @property
    def signal(self) -> Signal:
        series = self.series
        return Signal(
            service=series.service,
            event_type=series.event_type,
            reason=series.reason,
            denominator=series.denominator,
            where=dict([series.where]) if series.where else None,
        )

    def over(self, grid: Grid) -> int:
        """The bin from which on it is over: what begins before that is no new incident of it."""
        return _over(self.series, self.stretch, grid)

    def same(self, other: "Sighting") -> bool:
        """Tell whether both are of one step and reason, in the whole or in a part."""
        mine, its = self.series, other.series
        return (mine.service, mine.event_type, mine.reason) == (
            its.service, its.event_type, its.reason
        )  # fmt: skip

    @property
    def people(self) -> int:
        """How many failed in it, counted anew in each bin."""
        return int(self.series.failed[self.stretch.first : self.stretch.last].sum())

    @property
    def clarity(self) -> float:
        """Order of clarity: the score, less for what tells less."""
        weight = MISSING_WEIGHT if self.series.reason == MISSING else 1.0
        weight *= PROXY_WEIGHT if self.series.event_type == "http_request" else 1.0
        return weight * self.stretch.score


def find_sightings(events: Events, grid: Grid) -> list[Sighting]:
    """Return every abnormal stretch that is worth a name."""
    quiet = max(1, SAME_S // grid.width_s)
    return [
        Sighting(series, stretch, only_blips(events, grid, series, stretch))
        for series in every_series(events, grid)
        for stretch in _joined(series, _abnormal(series, quiet), grid)
        if _matters(series, stretch, grid) and _stands(events, grid, series, stretch)
    ]


def leading(sightings: list[Sighting], grid: Grid) -> list[tuple[Sighting, tuple[Signal, ...]]]:
    """Return the sightings that stand for an incident, each with those that began with it.

    What begins inside a clearer one is its echo, and no incident of its own. Restarts are none.
    """
    found: list[Sighting] = []
    slack = SAME_S // grid.width_s
    restarts = [s for s in sightings if s.blips]
    for sighting in sorted(sightings, key=lambda s: -s.clarity):
        if sighting.blips or any(_told_of(sighting, other) for other in restarts):
            continue
        start = sighting.stretch.first
        ends = ((o, o.over(grid) if o.same(sighting) else o.stretch.last) for o in found)
        if not any(o.stretch.first - slack <= start < end + slack for o, end in ends):
            found.append(sighting)
    return [(lead, _echoes(lead, sightings)) for lead in found]


def _told_of(sighting: Sighting, restarts: Sighting) -> bool:
    """Tell whether a stretch is what another step, or a proxy, says of hosts that restarted."""
    here, there = sighting.stretch, restarts.stretch
    inside = there.first - NEAR_BINS <= here.first and here.last <= there.last + NEAR_BINS
    own, other = sighting.series, restarts.series
    same = (own.service, own.reason) == (other.service, other.reason)
    return (
        inside
        and (same or own.event_type == "http_request")
        and (sighting.people <= MOST_TOLD * restarts.people)
    )


def _echoes(lead: Sighting, sightings: list[Sighting]) -> tuple[Signal, ...]:
    """Return the signals of other failures that began with a sighting, and as clearly."""
    near = [
        s
        for s in sightings
        if s is not lead
        and s.series.reason not in {MISSING, UNRESOLVED}
        and s.series.denominator == lead.series.denominator
        and abs(s.stretch.first - lead.stretch.first) <= ECHO_BINS
        and s.stretch.score >= ECHO_SHARE * lead.stretch.score
    ]
    return tuple(s.signal for s in sorted(near, key=lambda s: -s.clarity))


def _matters(series: Series, stretch: Stretch, grid: Grid) -> bool:
    """Tell whether enough people are hit, for long enough, for anybody to be called."""
    inside = slice(stretch.first, stretch.last)
    tried = float(series.tried[inside].sum())
    excess = float(series.failed[inside].sum()) - tried * stretch.outside
    if excess >= MANY:
        return True
    lasts_s = (stretch.last - stretch.first) * grid.width_s
    wide = series.denominator == "none" or excess >= LEAST_SHARE * tried
    return wide and (lasts_s >= LEAST_S or excess >= FEW)


def _abnormal(series: Series, quiet: int) -> list[Stretch]:
    """Return the abnormal stretches; an evening is no drop, and no beginning of one."""
    found = find_stretches(series, quiet_bins=quiet)
    return [s for s in found if series.reason != MISSING or is_sharp(series, s)]


def _stands(events: Events, grid: Grid, series: Series, stretch: Stretch) -> bool:
    """Tell whether a stretch is more than somebody's loop."""
    if series.reason in {MISSING, UNRESOLVED}:
        return True
    return _crowd(events, grid, series, stretch) >= LEAST_CROWD


def _crowd(events: Events, grid: Grid, series: Series, stretch: Stretch) -> int:
    """Count the different people who failed in a stretch; unnamed ones count as many."""
    width = grid.width_s * MICROS
    edges = [grid.start_us + place * width for place in (stretch.first, stretch.last)]
    key = [series.service, series.event_type, series.reason]
    part, word = within(Sighting(series, stretch).signal, 6)
    told = run_sql(CROWD.format(part=part), [*edges, *key, *word], events=events).to_pylist()[0]
    return int(told["people"]) if told["named"] else LEAST_CROWD


def _over(series: Series, stretch: Stretch, grid: Grid) -> int:
    """Return the bin from which on the excess of a stretch stays within what is usual."""
    if series.reason == MISSING:
        return stretch.last
    counts = series.failed, series.tried
    return 1 + last_excess(*counts, grid, rate=stretch.outside, since=stretch.last - 1)


def _joined(series: Series, stretches: list[Stretch], grid: Grid) -> list[Stretch]:
    """Join the stretches of one series of which one is not over, or hardly so, at the next."""
    joined: list[Stretch] = []
    for stretch in stretches:
        over = _over(series, joined[-1], grid) if joined else 0
        if joined and (stretch.first - over) * grid.width_s <= SAME_S:
            before = joined.pop()
            score = max(before.score, stretch.score)
            joined.append(Stretch(before.first, stretch.last, score, before.inside, before.outside))
        else:
            joined.append(stretch)
    return joined
