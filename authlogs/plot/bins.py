"""The counted tables of the charts, clipped to the axis and turned into shares."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.chart_tables import UTC
from authlogs.analysis.result import Interval

MOST_BINS = 150
WIDTHS = (60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400)
"""Shares are drawn in the first of these widths (seconds) that gives no more bins than that."""
THIN = 10
"""A share of fewer attempts than this is drawn pale."""
MOST_VERSIONS = 5
OTHERS = "other versions"
MOST_REASONS = 3
OTHER_REASONS = "other reasons"


def clip_bins(table: pa.Table, axis: Interval) -> pa.Table:
    """Return the rows whose bin starts on the axis; counts of uncovered bins become null."""
    times = table["time"]
    first, last = (pa.scalar(moment, UTC) for moment in axis)
    kept = table.filter(pc.and_(pc.greater_equal(times, first), pc.less(times, last)))
    if "covered" in kept.column_names:
        for name in ("attempts", "people_failing"):
            place = kept.column_names.index(name)
            seen = pc.if_else(kept["covered"], kept[name], pa.scalar(None, kept[name].type))
            kept = kept.set_column(place, name, seen)
    return kept


def missing_runs(
    minutes: pa.Table, bin_s: int, axis: Interval, data_through: datetime
) -> list[Interval]:
    """Return the stretches without data: uncovered bins, and what lies after the last record."""
    width = timedelta(seconds=bin_s)
    runs: list[Interval] = []
    bare = minutes.filter(pc.invert(minutes["covered"]))["time"].to_pylist()
    for moment in bare:
        if runs and runs[-1][1] == moment:
            runs[-1] = (runs[-1][0], moment + width)
        else:
            runs.append((moment, moment + width))
    if data_through + width < axis[1] and data_through > axis[0]:
        runs = [run for run in runs if run[1] <= data_through]
        runs.append((data_through, axis[1]))
    return runs


def stage_rates(stages: pa.Table, axis: Interval, bin_s: int) -> tuple[pa.Table, int]:
    """Return successes as a share of attempts per stage, and the width of the bins in seconds.

    A bin without attempts has no share: it is left out, never zero.
    """
    width = _width(axis, bin_s)
    sums = _coarser(stages, width, ["stage"], ["attempts", "successes"])
    sums = sums.filter(pc.greater(sums["attempts"], 0))
    share = pc.divide(pc.cast(sums["successes"], pa.float64()), sums["attempts"])
    thin = pc.less(sums["attempts"], THIN)
    return sums.append_column("share", share).append_column("thin", thin), width


def shares_of(issuing: pa.Table, width_s: int, *, keep: str | None = None) -> pa.Table:
    """Return each version's share of the tokens issued in a bin.

    The rarest are taken together, but never `keep`: the blamed version may be a canary's.
    """
    totals = issuing.group_by("version").aggregate([("tokens", "sum")])
    order = totals.sort_by([("tokens_sum", "descending"), ("version", "ascending")])
    names = order["version"].to_pylist()
    kept = sorted(names, key=lambda name: name != keep)[:MOST_VERSIONS]
    known = pc.is_in(issuing["version"], value_set=pa.array(kept, pa.string()))
    named = pc.if_else(known, issuing["version"], pa.scalar(OTHERS))
    place = issuing.column_names.index("version")
    sums = _coarser(issuing.set_column(place, "version", named), width_s, ["version"], ["tokens"])
    whole = sums.group_by("time").aggregate([("tokens", "sum")])
    joined = sums.join(whole, "time").sort_by([("time", "ascending"), ("version", "ascending")])
    share = pc.divide(pc.cast(joined["tokens"], pa.float64()), joined["tokens_sum"])
    return joined.drop_columns("tokens_sum").append_column("share", share)


def reasons_of(reasons: pa.Table, main: str | None) -> pa.Table:
    """Return people failing by reason: the incident's own first, the rarest taken together."""
    totals = reasons.group_by("reason").aggregate([("people", "sum")])
    order = totals.sort_by([("people_sum", "descending"), ("reason", "ascending")])["reason"]
    named = [main, *(name for name in order.to_pylist() if name != main)]
    kept = named[: MOST_REASONS + 1] if len(named) > MOST_REASONS + 1 else named
    known = pc.is_in(reasons["reason"], value_set=pa.array(kept, pa.string()))
    told = pc.if_else(known, reasons["reason"], pa.scalar(OTHER_REASONS))
    place = reasons.column_names.index("reason")
    sums = reasons.set_column(place, "reason", told).group_by(["time", "reason"], use_threads=False)
    summed = sums.aggregate([("people", "sum")]).rename_columns(["time", "reason", "people"])
    return summed.sort_by([("time", "ascending"), ("reason", "ascending")])


def unit_name(seconds: int) -> str:
    """Return the width of a bin in words, as in `5 minutes`."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return name if seconds == size else f"{seconds // size} {name}s"
    return f"{seconds} s"


def _width(axis: Interval, bin_s: int) -> int:
    span = (axis[1] - axis[0]).total_seconds()
    fits = (w for w in WIDTHS if w % bin_s == 0 and span / w <= MOST_BINS)
    return next(fits, max(bin_s, WIDTHS[-1]) if WIDTHS[-1] % bin_s == 0 else bin_s)


def _coarser(table: pa.Table, width_s: int, keys: list[str], sums: list[str]) -> pa.Table:
    """Sum counts into bins of `width_s` seconds, counted from the epoch, in order of time."""
    micros = np.asarray(pc.cast(table["time"], pa.int64()))
    floor = micros // (width_s * 1_000_000) * (width_s * 1_000_000)
    place = table.column_names.index("time")
    floored = table.set_column(place, "time", pa.array(floor, pa.int64()).cast(UTC))
    grouped = floored.group_by(["time", *keys]).aggregate([(name, "sum") for name in sums])
    named = grouped.select(["time", *keys, *(f"{name}_sum" for name in sums)])
    return named.rename_columns(["time", *keys, *sums]).sort_by(
        [(name, "ascending") for name in ("time", *keys)]
    )
