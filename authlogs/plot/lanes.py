"""The first strip: lanes of the incident, changes, responders' acts, alerts and claimed times."""

from typing import TYPE_CHECKING, Any

from authlogs.plot.lane_labels import LANES, STAR_PT, Lane, is_bar, lane_height
from authlogs.plot.lettering import literal
from authlogs.plot.placing import Place
from authlogs.plot.sheet import Sheet, days
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THIN_BAR_PT, BAR_PT, TALL_BAR_PT = 3.5, 7.0, 11.0
REACH_PT = 3.0
"""A leader starts so far below the middle of its mark."""


def draw_lanes(ax: "Axes", sheet: Sheet, lanes: tuple[Lane, ...]) -> None:
    """Draw the lanes from the top down; y counts points."""
    top = 0.0
    for lane in lanes:
        height = lane_height(lane, sheet)
        if top:
            ax.axhline(top, color=sheet.look.grid, linewidth=0.8, zorder=0.5)
        _name(ax, lane, top, sheet)
        _draw_crowd(ax, lane, top + sheet.look.row_pt / 2, sheet)
        for entry, text, place in zip(lane.entries, lane.texts, lane.places, strict=True):
            _draw_mark(ax, entry, top + sheet.look.row_pt / 2, sheet.look)
            if place and text:
                _draw_label(ax, entry, (text, place), top, sheet)
        top += height
    ax.set_ylim(top, 0)
    ax.set_yticks([])


def _name(ax: "Axes", lane: Lane, top: float, sheet: Sheet) -> None:
    look = sheet.look
    aside: Ink = {"xytext": (-7, 0), "textcoords": "offset points", "ha": "right"}
    where = ax.get_yaxis_transform()
    middle = top + look.row_pt / 2
    style: Ink = {"fontsize": look.text_pt, "va": "center", "annotation_clip": False}
    name = LANES[lane.name]
    ax.annotate(
        name, (0, middle), xycoords=where, fontweight="bold", color=look.ink, **aside, **style
    )
    if lane.unplaced:
        below = (0, middle + look.level_pt)
        count = lane.unplaced
        more = f"+{count} more" if count < 1_000 else f"+{count // 1_000}k more"
        ax.annotate(more, below, xycoords=where, color=look.quiet, **aside, **style)
    if not lane.entries:
        inside: Ink = aside | {"xytext": (6, 0), "ha": "left"}
        said = "no changes were recorded"
        ax.annotate(said, (0, middle), xycoords=where, color=look.quiet, **inside, **style)


def _draw_crowd(ax: "Axes", lane: Lane, middle: float, sheet: Sheet) -> None:
    """Draw what is too much to be told apart as stretches: somewhere in them something began."""
    if lane.crowd:
        look = sheet.look
        tall = BAR_PT * look.scale
        spans = [
            (sheet.scale.day_at(a), sheet.scale.day_at(max(b, a + 1.0)) - sheet.scale.day_at(a))
            for a, b in lane.crowd
        ]
        ink: Ink = {"facecolor": look.grey, "linewidth": 0, "zorder": 2.2}
        ax.broken_barh(spans, (middle - tall / 2, tall), gid=f"crowd:{lane.name}", **ink)


def _draw_mark(ax: "Axes", entry: dict[str, Any], middle: float, look: Look) -> None:
    mark = look.mark(entry["role"])
    start = days(entry["time"])
    end = days(entry["end_time"] or entry["time"])
    as_bar = is_bar(entry)
    if end > start or as_bar:
        _draw_bar(ax, (start, end), middle, entry, look)
    if not as_bar and mark.marker:
        ax.plot(
            [start],
            [middle],
            marker=mark.marker,
            markersize=mark.size,
            markerfacecolor="none" if mark.hollow else mark.colour,
            markeredgecolor=mark.colour if mark.hollow else look.paper,
            markeredgewidth=1.1 if mark.hollow else 0.5,
            linestyle="none",
            zorder=4,
            gid=_gid(entry),
            clip_on=False,
        )


def _gid(entry: dict[str, Any]) -> str:
    return f"{entry['lane']}:{literal(entry['change_id'] or entry['role'])}"


def _draw_bar(
    ax: "Axes", span: tuple[float, float], middle: float, entry: dict[str, Any], look: Look
) -> None:
    """Draw a span to scale; its start is a stroke, so that a short one is seen as well.

    The bar of a suspect is the taller the more probable it is.
    """
    from matplotlib.patches import Rectangle

    mark, prominent, thin = look.mark(entry["role"]), entry["role"] == "most_supported", False
    tall = BAR_PT + (TALL_BAR_PT - BAR_PT) * (entry["probability"] or 0.0)
    if not is_bar(entry):
        tall, thin = THIN_BAR_PT, True
    tall *= look.scale
    low, front = middle - tall / 2, 2.5 if prominent else 3.0
    face = "none" if mark.hollow else mark.colour
    edge: Ink = {"edgecolor": mark.colour if mark.hollow else look.paper, "linewidth": 0.5}
    where, wide = (span[0], low), span[1] - span[0]
    ax.add_patch(
        Rectangle(where, wide, tall, facecolor=face, gid=_gid(entry), zorder=front, **edge)
    )
    if prominent:  # what stands inside it is seen, and nothing covers its frame
        frame: Ink = {"facecolor": "none", "edgecolor": mark.colour, "linewidth": 1.2}
        ax.add_patch(Rectangle(where, wide, tall, zorder=3.5, **frame))
    elif not thin:
        stroke: Ink = {"color": mark.colour, "linewidth": 1.6, "solid_capstyle": "butt"}
        ax.plot([span[0]] * 2, [low, low + tall], zorder=front, **stroke)


def _draw_label(
    ax: "Axes", entry: dict[str, Any], placed: tuple[str, Place], top: float, sheet: Sheet
) -> None:
    text, place = placed
    look, mark = sheet.look, sheet.look.mark(entry["role"])
    middle = top + look.row_pt / 2
    y = middle if not place.level else top + look.row_pt + (place.level - 0.5) * look.level_pt
    if place.level:
        x = sheet.scale.day_at(place.anchor)
        ax.plot(
            [x, x],
            [middle + REACH_PT, y + 3.5 * look.scale],
            color=mark.colour,
            linewidth=0.8,
            zorder=2,
        )
    left = place.left
    if entry["role"] == "most_supported":
        star = STAR_PT * look.scale
        x = sheet.scale.day_at(left + star / 2 - 0.5)
        ink: Ink = {"color": mark.colour, "markeredgecolor": look.ink, "markeredgewidth": 0.5}
        ax.plot([x], [y], marker=mark.marker, markersize=mark.size, zorder=7, **ink)
        left += star
    ax.text(
        sheet.scale.day_at(left),
        y,
        text,
        fontsize=look.text_pt,
        fontweight="bold" if mark.bold else "normal",
        color=mark.text or look.ink,
        va="center_baseline",
        ha="left",
        zorder=6,
        gid="label",
        bbox={"facecolor": look.paper, "alpha": 0.92, "linewidth": 0, "pad": 0.6},
    )
