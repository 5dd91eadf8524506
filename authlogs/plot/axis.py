"""The one axis of local time that all lanes or strips share, with its zone in words."""

from typing import TYPE_CHECKING

from authlogs.plot.frame import TimeAxis, size_pt
from authlogs.plot.style import Look
from authlogs.plot.time_ticks import tick_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def set_time_axis(host: "Axes", time: TimeAxis, look: Look) -> None:
    """Set ticks in local time and name the zone with its offset."""
    tick_time(host, (time.start, time.end), (time.zone, time.zone_name), look, size_pt(host)[0])
    host.xaxis.label.set_fontsize(look.head_pt)
    host.tick_params(axis="x", labelsize=look.head_pt, length=3, width=0.6)
    host.tick_params(axis="x", color=look.quiet, labelcolor=look.ink)
    host.xaxis.labelpad = 4
    host.set_axisbelow(True)
    host.set_yticks([])
    for spine in host.spines.values():
        spine.set_visible(False)
