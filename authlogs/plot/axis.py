"""The one axis of local time, with its zone in words."""

from datetime import timedelta
from typing import TYPE_CHECKING

from authlogs.plot.sheet import Sheet, days

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def set_time_axis(host: "Axes", sheet: Sheet) -> None:
    """Set ticks in local time and name the zone with its offset."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    data, look = sheet.data, sheet.look
    host.set_xlim(days(data.start), days(data.end))
    host.xaxis_date(tz=data.zone)
    ticks = AutoDateLocator(tz=data.zone, minticks=4, maxticks=_most(sheet))  # type: ignore[no-untyped-call]
    words = DateFormatter(_shape(data.end - data.start), tz=data.zone)  # type: ignore[no-untyped-call]
    host.xaxis.set_major_locator(ticks)
    host.xaxis.set_major_formatter(words)
    first, last = data.start.astimezone(data.zone), data.end.astimezone(data.zone)
    dated = f"{first:%Y-%m-%d}"
    if first.date() != (last - timedelta(microseconds=1)).date():
        dated += f" to {last:%Y-%m-%d}"
    label = f"local time on {dated}, {data.zone_name}"
    host.set_xlabel(label, fontsize=look.head_pt, color=look.ink, labelpad=4)
    host.tick_params(axis="x", labelsize=look.head_pt, length=3, width=0.6)
    host.tick_params(axis="x", color=look.quiet, labelcolor=look.ink)
    host.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)
    host.set_axisbelow(True)
    host.set_yticks([])
    for spine in host.spines.values():
        spine.set_visible(False)


def _shape(span: timedelta) -> str:
    if span > timedelta(days=3):
        return "%m-%d"
    if span > timedelta(days=1):
        return "%m-%d %H:%M"
    return "%H:%M" if span > timedelta(minutes=8) else "%H:%M:%S"


def _most(sheet: Sheet) -> int:
    """Return how many labels fit: each needs about fifty points."""
    return max(4, min(14, int(sheet.width_pt / (50 * sheet.look.scale))))
