"""The ink of the figure of versions: rates with their intervals above, the rollout below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from authlogs.plot.bins import unit_name
from authlogs.plot.drawn import TimelineData
from authlogs.plot.frame import Frame
from authlogs.plot.issuing import draw_areas, issuing_labels
from authlogs.plot.keys import plan_key
from authlogs.plot.lettering import literal, shorten
from authlogs.plot.rows import Row, columns_of, draw_interval, row_panel, row_pt
from authlogs.plot.shading import LINED, hatch_missing, shade
from authlogs.plot.sheet import Sheet
from authlogs.plot.style import Ink, Look
from authlogs.plot.time_ticks import tick_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOOT_PT, LEFT_PT, RIGHT_PT = 34.0, 30.0, 18.0
PALE = 0.4


def draw_rates(frame: Frame, rows: list[dict[str, Any]], kept: int, texts: Sequence[str]) -> float:
    """Draw a dot and its interval a version; return how far down the rows reach, in points."""
    look = frame.look
    named = [
        Row(
            name=literal(row["version"]),
            text=text,
            bold=row["role"] == "most_supported",
            colour=look.mark(row["role"]).text,
        )
        for row, text in zip(rows[:kept], texts, strict=False)
    ]
    if len(rows) > kept:
        named.append(Row(name=f"and {len(rows) - kept} more", colour=look.quiet))
    panel = row_panel(frame, "rates", named, columns_of(named, look, frame.width_pt))
    panel.set_xlim(-0.01, 1.01)
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    panel.set_xlabel("failing share", fontsize=look.text_pt, color=look.ink, labelpad=1)
    panel.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)
    for number, row in enumerate(rows[:kept]):
        _draw_rate(panel, number + 0.5, row, look)
    return len(named) * row_pt(look) + FOOT_PT * look.scale


def _draw_rate(panel: "Axes", y: float, row: dict[str, Any], look: Look) -> None:
    blamed = row["role"] == "most_supported"
    ink: Ink = {"color": look.vermillion if blamed else look.blue, "marker": "D" if blamed else "o"}
    ink["alpha"] = PALE if row["thin"] else 1.0
    span = row["low"], row["high"]
    draw_interval(panel, y, (row["rate"], span), look, gid=f"version:{row['version']}", **ink)


def draw_rollout(frame: Frame, data: TimelineData, name: str, *, top: float) -> None:
    """Draw each version's share over time below the rates."""
    look = frame.look
    left, right, foot = (look.scale * points for points in (LEFT_PT, RIGHT_PT, FOOT_PT))
    wide = frame.width_pt - left - right
    sheet = Sheet(data=data, look=look, width_pt=wide)
    title = f"{name}, % per {unit_name(data.share_bin_s)}"
    title = shorten(title, wide, look.head_pt, bold=True)
    key = plan_key(issuing_labels(data, look), title, look, wide)
    above = top + key.height_pt(look)
    panel = frame.panel("shares", left=left, right=right, top=above, foot=foot)
    tick_time(panel, (data.start, data.end), (data.zone, data.zone_name), look, wide)
    draw_areas(panel, sheet, key, title)
    shade(panel, sheet, only=LINED)
    hatch_missing(panel, sheet)
