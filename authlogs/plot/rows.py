"""Figures of rows: a name at the left, something drawn to scale, and words at the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlogs.plot.frame import Frame, Words, open_frame, room_pt, say_empty
from authlogs.plot.lettering import shorten, text_width
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME_SHARE, GAP_PT = 0.34, 8.0
"""The names may take this share of the width."""
AXIS_PT = 30.0
"""Below the rows: ticks, and the name of the axis."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: what is written at its left and at its right, and how."""

    name: str
    text: str = ""
    colour: str | None = None
    bold: bool = False
    text_colour: str | None = None


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The widths, in points, of the names and of the words at the right."""

    name_pt: float
    text_pt: float


def row_pt(look: Look) -> float:
    """Return the height of a row in points."""
    return look.level_pt * 1.35


def fitting(count: int, room: float, look: Look, *, taken: float = 0.0) -> int:
    """Return how many of so many rows fit, one line kept for those that do not."""
    most = max(1, int((room - taken) / row_pt(look)))
    return count if count <= most else max(1, most - 1)


def columns_of(
    rows: Sequence[Row], look: Look, width_pt: float, *, text_share: float = 0.42
) -> Columns:
    """Return how wide the columns must be, each at most its share of the width."""
    gap = GAP_PT * look.scale
    names = max((text_width(r.name, look.text_pt, bold=r.bold) for r in rows), default=0.0)
    texts = max((text_width(r.text, look.text_pt) for r in rows), default=0.0)
    return Columns(
        name_pt=min(names, NAME_SHARE * width_pt) + gap,
        text_pt=min(texts, text_share * width_pt) + gap if texts else gap,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class RowFigure:
    """A figure of rows: its host, the panel with the width of its scale, and how many rows fit.

    Without a row there is no panel, and the host says why.
    """

    host: "Axes"
    kept: int = 0
    width_pt: float = 0.0
    panel: "Axes | None" = None


def open_rows(
    ax: "Axes | None",
    words: Words,
    rows: Sequence[Row],
    look: Look,
    *,
    gid: str,
    rest: Callable[[int], str],
    empty: str,
    text_share: float = 0.42,
) -> RowFigure:
    """Return a figure of one panel of rows; `rest(kept)` names those that find no room."""
    axis = AXIS_PT * look.scale
    kept = fitting(len(rows), room_pt(ax, look), look, taken=axis)
    shown = [*rows[:kept]]
    if len(rows) > kept:
        shown.append(Row(name=rest(kept), colour=look.quiet))
    frame = open_frame(ax, words, look, height_pt=(len(shown) or 3) * row_pt(look) + axis)
    if not shown:
        say_empty(frame.host, empty, look)
        return RowFigure(host=frame.host)
    columns = columns_of(shown, look, frame.width_pt, text_share=text_share)
    panel = row_panel(frame, gid, shown, columns)
    wide = frame.width_pt - columns.name_pt - columns.text_pt
    return RowFigure(host=frame.host, kept=kept, width_pt=wide, panel=panel)


def row_panel(
    frame: Frame, gid: str, rows: Sequence[Row], columns: Columns, *, top: float = 0.0
) -> "Axes":
    """Return the panel of these rows, named and worded; y counts rows, the first at 0.5."""
    look = frame.look
    tall = len(rows) * row_pt(look)
    panel = frame.panel(
        gid,
        left=columns.name_pt,
        right=columns.text_pt,
        top=top,
        foot=max(0.0, frame.height_pt - top - tall),
    )
    panel.set_ylim(max(1, len(rows)), 0)
    panel.set_yticks([])
    gap = GAP_PT * look.scale
    for number, row in enumerate(rows):
        name = shorten(row.name, columns.name_pt - gap, look.text_pt, bold=row.bold)
        weight = "bold" if row.bold else "normal"
        size: Ink = {"fontsize": look.text_pt}
        left: Ink = size | {"fontweight": weight, "color": row.colour or look.ink, "ha": "right"}
        _beside(panel, (0, number + 0.5), -gap * 0.7, name, left)
        text = shorten(row.text, columns.text_pt - gap, look.text_pt)
        right: Ink = size | {"color": row.text_colour or look.quiet, "ha": "left"}
        _beside(panel, (1, number + 0.5), gap * 0.7, text, right)
    return panel


def _beside(panel: "Axes", at: tuple[float, float], away: float, text: str, ink: Ink) -> None:
    if text:
        panel.annotate(
            text,
            at,
            xytext=(away, 0),
            xycoords=panel.get_yaxis_transform(),
            textcoords="offset points",
            va="center_baseline",
            annotation_clip=False,
            gid="label",
            **ink,
        )


def draw_interval(
    panel: "Axes",
    y: float,
    value: tuple[float, tuple[float, float]],
    look: Look,
    *,
    gid: str,
    marker: str,
    **ink: Any,
) -> None:
    """Draw a value as a mark, and its interval as a line."""
    at, span = value
    panel.plot(span, [y, y], linewidth=1.6, solid_capstyle="butt", **ink)
    edge: Ink = {"markeredgecolor": look.paper, "markeredgewidth": 0.6}
    size = 6.5 * look.scale
    panel.plot([at], [y], marker=marker, markersize=size, gid=gid, **edge, **ink)
