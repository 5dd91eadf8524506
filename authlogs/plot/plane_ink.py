"""The ink of the token plane: points, the diagonal, and the shape with its name."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np

from authlogs.plot.frame import Frame
from authlogs.plot.incidents import zone_name
from authlogs.plot.keys import draw_key, plan_key
from authlogs.plot.lettering import shorten
from authlogs.plot.sheet import day_column, days
from authlogs.plot.style import Ink, Look
from authlogs.plot.time_ticks import tick_time, tick_time_up
from authlogs.plot.token_shapes import Shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAY_S = 86_400.0
LEFT_PT, FOOT_PT, RIGHT_PT = 44.0, 34.0, 16.0
REJECTED, ACCEPTED, DIAGONAL = "rejected", "accepted", "used when issued"


def draw_plane(frame: Frame, data: Any, zone: tzinfo, name: str) -> None:
    """Draw the plane inside a frame; `data` are those of `token_plane_data`."""
    look = frame.look
    labels = [REJECTED, ACCEPTED, DIAGONAL]
    wide = frame.width_pt - (LEFT_PT + RIGHT_PT) * look.scale
    key = plan_key(labels, "", look, wide)
    top = key.height_pt(look)
    panel = frame.panel(
        "plane", left=LEFT_PT * look.scale, right=RIGHT_PT * look.scale, top=top,
        foot=FOOT_PT * look.scale,
    )  # fmt: skip
    tall = frame.height_pt - top - FOOT_PT * look.scale
    named = zone_name(name, zone, data.issued)
    tick_time(panel, data.issued, (zone, named), look, wide, name="issued, local time")
    tick_time_up(panel, data.used, zone, look, height_pt=tall, name="used, local time")
    _draw_points(panel, data, look)
    start, end = days(data.issued[0]), days(data.issued[1])
    ink: Ink = {"color": look.quiet, "linewidth": 0.9, "linestyle": ":", "zorder": 1.5}
    panel.plot(
        [start, end],
        [start, end],
        label=DIAGONAL,
        gid="diagonal",
        scalex=False,
        scaley=False,
        **ink,
    )
    if data.shape:
        _draw_shape(panel, data.shape, data, look)
        _name_shape(panel, data.shape, look, wide)
    draw_key(panel, key, look, order=labels)


def _draw_points(panel: "Axes", data: Any, look: Look) -> None:
    failed = np.asarray(data.points["failed"], dtype=bool)
    issued, used = day_column(data.points["issued"]), day_column(data.points["used"])
    kinds: tuple[tuple[str, Any, Ink], ...] = (
        (
            ACCEPTED, ~failed,
            {"marker": "o", "markersize": 2.6, "markerfacecolor": "none", "zorder": 2,
             "markeredgecolor": look.blue, "markeredgewidth": 0.7, "alpha": 0.9},
        ),
        (
            REJECTED, failed,
            {"marker": "x", "markersize": 3.6, "markeredgecolor": look.vermillion,
             "markeredgewidth": 0.8, "zorder": 3},
        ),
    )  # fmt: skip
    for name, chosen, ink in kinds:
        sized = ink | {"markersize": ink["markersize"] * look.scale}
        panel.plot(
            issued[chosen], used[chosen], linestyle="none", label=name, gid=name,
            scalex=False, scaley=False, rasterized=bool(chosen.sum() > 1_000), **sized,
        )  # fmt: skip


def corners(shape: Shape, data: Any) -> list[tuple[float, float]]:
    """Return the outline of a shape on the plane, in days since 1970."""
    x0, x1 = _bounded(shape.issued, data.issued)
    y0, y1 = _bounded(shape.used, data.used)
    if shape.age is None:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    least = (days(data.issued[1]) - days(data.issued[0])) / 80
    thick = max(shape.age / DAY_S, least)  # a strip of seconds is seen as well
    return [(y0, y0), (y1, y1), (y1 - thick, y1), (y0 - thick, y0)]


def _bounded(
    bounds: tuple[float | None, float | None], axis: tuple[Any, Any]
) -> tuple[float, float]:
    low = days(axis[0]) if bounds[0] is None else max(bounds[0] / DAY_S, days(axis[0]))
    high = days(axis[1]) if bounds[1] is None else min(bounds[1] / DAY_S, days(axis[1]))
    return low, high


def _draw_shape(panel: "Axes", shape: Shape, data: Any, look: Look) -> None:
    from matplotlib.patches import Polygon

    ink: Ink = {"facecolor": look.orange, "alpha": 0.22, "edgecolor": "none", "zorder": 1}
    outline = corners(shape, data)
    gid = f"shape:{shape.name}"
    panel.add_patch(Polygon(outline, closed=True, gid=gid, **ink))
    edge: Ink = {"facecolor": "none", "edgecolor": look.orange, "linewidth": 1.2, "zorder": 2.5}
    panel.add_patch(Polygon(outline, closed=True, **edge))


def _name_shape(panel: "Axes", shape: Shape, look: Look, width_pt: float) -> None:
    """Write the shape's name below the diagonal, where hardly a token can be."""
    size = look.head_pt
    panel.text(
        1.0 - 8.0 / width_pt,
        0.06,
        shorten(f"{shape.name}: {shape.cause}", 0.8 * width_pt, size, bold=True),
        transform=panel.transAxes,
        ha="right",
        va="bottom",
        fontsize=size,
        fontweight="bold",
        color=look.orange_text,
        zorder=6,
        gid="label",
        bbox={"facecolor": look.paper, "alpha": 0.9, "linewidth": 0, "pad": 2.0},
    )
