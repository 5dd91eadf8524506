"""Ticks of local time along either axis, with the zone in words."""

from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING

from authlogs.analysis.result import Interval
from authlogs.plot.lettering import shorten
from authlogs.plot.sheet import days
from authlogs.plot.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

WIDE_PT = {
    "%H:%M": 50.0, "%H:%M:%S": 62.0, "%H:%M:%S.%f": 84.0, "%m-%d": 50.0, "%m-%d %H:%M": 84.0,
}  # fmt: skip
"""The room that a tick's words need, with the gap to the next."""
MOST_TICKS = 14


def tick_time(
    ax: "Axes",
    interval: Interval,
    zone: tuple[tzinfo, str],
    look: Look,
    width_pt: float,
    *,
    name: str = "local time",
) -> None:
    """Set limits, ticks in local time and the label of the time axis; `zone` has its name."""
    ax.set_xlim(days(interval[0]), days(interval[1]))
    span = interval[1] - interval[0]
    _tick(ax.xaxis, span, zone[0], ticks_that_fit(span, look, width_pt))
    label = f"{name} on {dates_of(interval, zone[0])}, {zone[1]}"
    text = shorten(label, width_pt, look.text_pt)
    ax.set_xlabel(text, fontsize=look.text_pt, color=look.ink, labelpad=2)
    ax.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)


def tick_time_up(
    ax: "Axes", interval: Interval, zone: tzinfo, look: Look, *, height_pt: float, name: str
) -> None:
    """Set limits and ticks in local time of the vertical axis; its zone is said below."""
    ax.set_ylim(days(interval[0]), days(interval[1]))
    span = interval[1] - interval[0]
    _tick(ax.yaxis, span, zone, ticks_that_fit(span, look, 2.0 * height_pt))
    ax.set_ylabel(name, fontsize=look.text_pt, color=look.ink, labelpad=3)
    ax.grid(visible=True, axis="y", color=look.grid, linewidth=0.6)


def dates_of(interval: Interval, zone: tzinfo) -> str:
    """Return the local date of a stretch, or its first and last."""
    first, last = (moment.astimezone(zone) for moment in interval)
    if first.date() == (last - timedelta(microseconds=1)).date():
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def ticks_that_fit(span: timedelta, look: Look, width_pt: float) -> int:
    """Return how many ticks have room for their words."""
    return max(3, min(MOST_TICKS, int(width_pt / (WIDE_PT[shape_of(span)] * look.scale))))


def shape_of(span: timedelta) -> str:
    """Return how a moment is written on an axis of this span."""
    if span > timedelta(days=3):
        return "%m-%d"
    if span > timedelta(days=1):
        return "%m-%d %H:%M"
    if span > timedelta(minutes=8):
        return "%H:%M"
    return "%H:%M:%S" if span > timedelta(seconds=10) else "%H:%M:%S.%f"


def _tick(axis: "Axis", span: timedelta, zone: tzinfo, most: int) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    least = min(4, most)
    axis.axis_date(tz=zone)
    axis.set_major_locator(AutoDateLocator(tz=zone, minticks=least, maxticks=most))  # type: ignore[no-untyped-call]
    words = DateFormatter(shape_of(span), tz=zone)  # type: ignore[no-untyped-call]
    axis.set_major_formatter(lambda x, at: words(x, at)[:12])  # milliseconds are enough
