"""The paper that the strips are drawn on: the data, the look, and the scale of its time axis."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.plot.drawn import TimelineData
from authlogs.plot.keys import Key
from authlogs.plot.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What every strip is given; `width_pt` is the length of the time axis in points."""

    data: TimelineData
    look: Look
    width_pt: float

    def points(self, moment: datetime) -> float:
        """Return how far along the axis a moment lies, in points."""
        whole = (self.data.end - self.data.start).total_seconds()
        return (moment - self.data.start).total_seconds() / whole * self.width_pt

    def day_at(self, points: float) -> float:
        """Return what lies so many points along the axis, as matplotlib counts time."""
        first, last = days(self.data.start), days(self.data.end)
        return first + points / self.width_pt * (last - first)


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


def unit_name(seconds: int) -> str:
    """Return the width of a bin in words, as in `5 minutes`."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return name if seconds == size else f"{seconds // size} {name}s"
    return f"{seconds} s"


def steps(starts: Floats, values: Floats, width_s: float) -> tuple[Floats, Floats]:
    """Return the outline of bins: each value from its bin's start to its end, gaps as NaN.

    A missing bin breaks the outline, so that nothing is drawn where nothing was recorded.
    """
    if not len(starts):
        return np.array([]), np.array([])
    width = width_s / 86_400
    ends = starts + width
    gap = np.append(starts[1:] - ends[:-1] > width / 1000, False)
    x = np.column_stack([starts, ends, np.where(gap, ends, np.nan)]).ravel()
    y = np.column_stack([values, values, np.full_like(values, np.nan)]).ravel()
    kept = ~np.isnan(x)
    return x[kept], y[kept]


def head(ax: "Axes", text: str, sheet: Sheet, key: Key) -> None:
    """Write a strip's name above its left end."""
    ax.annotate(
        text,
        (0, 1),
        xytext=(0, key.height_pt(sheet.look) - 17 * sheet.look.scale),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=sheet.look.head_pt,
        fontweight="bold",
        color=sheet.look.ink,
        va="bottom",
    )


def bare(ax: "Axes", look: Look) -> None:
    """Leave a strip its left and lower edge; the host below shows through."""
    ax.set_facecolor("none")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(look.quiet)
        ax.spines[side].set_linewidth(0.6)
    ax.tick_params(axis="y", labelsize=look.text_pt, length=2.5, width=0.6, pad=2)
    ax.tick_params(axis="y", color=look.quiet, labelcolor=look.ink)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)
