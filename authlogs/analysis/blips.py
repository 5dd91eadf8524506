"""Does a stretch hold nothing but restarts? Each host fails a little for a minute or three.

A restart, a deploy or a scaling makes a blip of one to three minutes on each host that it passes,
and passes over one host after the other. A fault stays with the hosts that it hits.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from authlogs.analysis.likelihood import Ints, rate_interval
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import ATTEMPTS, BIN, MICROS, Grid, Series
from authlogs.analysis.windows import Stretch
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

REASONS = ("server_error", "timeout", "connection_error", "overloaded")
"""What a host says that comes and goes."""
STEP_S, GAP_S, LONGEST_S = 20, 120, 220
FEWEST = 3
"""A run of fewer people on a host is no blip: it may be the thin middle of something longer."""
MOST_SHARE = 0.5
"""A host that surely turns away more than this share is out of order, however briefly."""
MOSTLY = 0.7
BY_HOST = f"""
SELECT coalesce(instance, '') AS host, {BIN} AS bin,
       count(DISTINCT CASE WHEN outcome = 'failure' AND coalesce(reason, 'unspecified') = $6
                           THEN {PERSON} END) AS failed,
       count(DISTINCT {PERSON}) AS tried
FROM events
WHERE {ATTEMPTS} AND unix_micros("time") >= $1 AND unix_micros("time") < $3
  AND service IS NOT DISTINCT FROM $4 AND event_type = $5
GROUP BY ALL ORDER BY ALL NULLS LAST
"""


def only_blips(events: Events, grid: Grid, series: Series, stretch: Stretch) -> bool:
    """Tell whether the failures of a stretch that is over are blips of its hosts."""
    if series.reason not in REASONS or stretch.last >= grid.bins - 1:
        return False
    width = grid.width_s * MICROS
    first, last = (grid.start_us + place * width for place in (stretch.first, stretch.last))
    key = [series.service, series.event_type, series.reason]
    told = run_sql(BY_HOST, [first, STEP_S * MICROS, last, *key], events=events)
    hosts = np.array(told["host"].to_pylist(), dtype=object)
    bins, failed, tried = (_whole(told[name]) for name in ("bin", "failed", "tried"))
    if series.denominator == "none":
        tried = 2 * failed  # how badly a host fails is not told
    brief = sum(
        people
        for host in set(hosts.tolist())
        for people in _brief(bins[hosts == host], failed[hosts == host], tried[hosts == host])
    )
    return bool(brief >= MOSTLY * failed.sum())


def _brief(bins: Ints, failed: Ints, tried: Ints) -> Iterator[int]:
    """Yield the people of each run of failures on one host that is as brief and mild as a blip."""
    hit = bins[failed > 0]
    if not len(hit):
        return
    for run in np.split(hit, np.flatnonzero(np.diff(hit) > GAP_S // STEP_S) + 1):
        here = (bins >= run[0]) & (bins <= run[-1])
        people, all_people = int(failed[here].sum()), int(tried[here].sum())
        short = (run[-1] - run[0] + 1) * STEP_S <= LONGEST_S
        mild = rate_interval(people, all_people)[0] <= MOST_SHARE
        if short and mild and people >= FEWEST:
            yield people


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)
