"""The paper that the strips are drawn on: the data, the look, and the scale of its time axis."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.plot.drawn import TimelineData
from authlogs.plot.frame import plain
from authlogs.plot.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An axis of time: its ends, and its length in points."""

    start: datetime
    end: datetime
    width_pt: float

    def points(self, moment: datetime) -> float:
        """Return how far along the axis a moment lies, in points."""
        return (moment - self.start) / (self.end - self.start) * self.width_pt

    def day_at(self, points: float) -> float:
        """Return what lies so many points along the axis, as matplotlib counts time."""
        first, last = days(self.start), days(self.end)
        return first + points / self.width_pt * (last - first)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every strip is given; `width_pt` is the length of the time axis in points."""

    data: TimelineData
    look: Look
    width_pt: float

    @cached_property
    def scale(self) -> Scale:
        """The axis of time that all strips share."""
        return Scale(start=self.data.start, end=self.data.end, width_pt=self.width_pt)


def days(moment: datetime) -> float:
    """Return a moment as matplotlib counts it: days since 1970."""
    return moment.timestamp() / 86_400


def day_column(times: pa.ChunkedArray) -> Floats:
    """Return a column of times as days since 1970."""
    return np.asarray(pc.cast(times, pa.int64()), dtype=np.float64) / DAY_US


def numbers(column: pa.ChunkedArray) -> Floats:
    """Return a column as floats, null as NaN."""
    filled = pc.fill_null(pc.cast(column, pa.float64()), float("nan"))
    return np.asarray(filled, dtype=np.float64)


def steps(starts: Floats, width_s: float, *values: Floats) -> tuple[Floats, ...]:
    """Return the outline of bins: their edges, then each of `values` at these, gaps as NaN.

    A missing bin breaks the outline, so that nothing is drawn where nothing was recorded. Edges
    between bins of the same values are left out: a drawing needs no more ink than it shows.
    """
    if not len(starts):
        return (np.array([]), *(np.array([]) for _ in values))
    ends = starts + width_s / 86_400
    gap = np.append(starts[1:] - ends[:-1] > width_s / 86_400_000, False)
    columns = [np.column_stack([starts, ends, np.where(gap, ends, np.nan)]).ravel()]
    columns += [np.column_stack([v, v, np.full_like(v, np.nan)]).ravel() for v in values]
    drawn = ~np.isnan(columns[0])
    lines = np.stack([column[drawn] for column in columns])
    return tuple(lines[:, _turning(lines[1:])])


def _turning(values: NDArray[np.float64]) -> Bools:
    """Tell the points at which any of the lines changes, its ends among them."""
    filled = np.nan_to_num(values, nan=-1.0)
    changed = np.any(filled[:, 1:] != filled[:, :-1], axis=0)
    kept: Bools = np.append([True], changed) | np.append(changed, [True])
    return kept


def bare(ax: "Axes", look: Look) -> None:
    """Leave a strip its left and lower edge; the host below shows through."""
    plain(ax, look)
    ax.set_facecolor("none")
    ax.tick_params(axis="x", bottom=False, labelbottom=False)
