"""The frame around a figure: its words, its margins, and panels placed by the point."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from authlogs.plot.lettering import wrap
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE_PT, TOP_PT, FOOT_PT = 20.0, 36.0, 14.0
"""Margins beside the host, above it for the subtitle, and below it before the notes."""
LEAST_ROOM_PT = 60.0


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a figure says around its panels: a sentence, a line below it, notes, and alt text."""

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    alt: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """Where a figure is drawn: everything but its words stands inside the host's box."""

    host: "Axes"
    look: Look
    width_pt: float
    height_pt: float

    def panel(
        self,
        gid: str,
        *,
        left: float = 0.0,
        right: float = 0.0,
        top: float = 0.0,
        foot: float = 0.0,
    ) -> "Axes":
        """Return an axes inside the host, so many points from each of its edges."""
        wide = max(1.0, self.width_pt - left - right)
        tall = max(1.0, self.height_pt - top - foot)
        bounds = left / self.width_pt, foot / self.height_pt, wide, tall
        bounds = (*bounds[:2], wide / self.width_pt, tall / self.height_pt)
        made = self.host.inset_axes(bounds, gid=f"panel:{gid}")
        _plain(made, self.look)
        return made


def open_frame(ax: "Axes | None", words: Words, look: Look, *, height_pt: float) -> Frame:
    """Return the frame of a figure, its words written.

    Without `ax` a new figure is made, as wide as the look says and as high as `height_pt` points
    of panels need. With it the panels take its box, whatever its height.
    """
    host = ax if ax is not None else _own_axes(words, look, height_pt)
    if ax is not None:
        host.figure.canvas.figure.draw_without_rendering()  # a layout may still move it
    host.set_axis_off()
    host.set_xticks([])
    host.set_yticks([])
    box, scale = host.get_window_extent(), 72.0 / host.figure.dpi
    frame = Frame(host=host, look=look, width_pt=box.width * scale, height_pt=box.height * scale)
    _write(frame, words)
    return frame


def room_pt(ax: "Axes | None", look: Look) -> float:
    """Return how high the panels may become: the box that is given, or nine tenths of a sheet."""
    if ax is None:
        return 72.0 * look.size_in[1] * 0.8
    return max(LEAST_ROOM_PT, ax.get_window_extent().height * 72.0 / ax.figure.dpi)


def _own_axes(words: Words, look: Look, height_pt: float) -> "Axes":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    side = SIDE_PT * look.scale
    wide = 72.0 * look.size_in[0]
    room = wide - 2 * side
    titled = len(wrap(words.title, room, look.title_pt, bold=True)) * look.title_pt * 1.25
    above = titled + TOP_PT * look.scale
    below = FOOT_PT * look.scale + len(_note_lines(words, look, room)) * look.text_pt * 1.4
    tall = above + height_pt + below
    figure = Figure(figsize=(look.size_in[0], tall / 72.0), facecolor=look.paper)
    FigureCanvasAgg(figure)
    return figure.add_axes((side / wide, below / tall, room / wide, height_pt / tall))


def _write(frame: Frame, words: Words) -> None:
    """Write title and subtitle above the host, notes below it."""
    host, look = frame.host, frame.look
    title = "\n".join(wrap(words.title, frame.width_pt, look.title_pt, bold=True))
    ink: Ink = {"fontsize": look.title_pt, "fontweight": "bold", "color": look.ink}
    host.set_title(title, loc="left", pad=20 * look.scale, **ink)
    offset: Ink = {"xycoords": "axes fraction", "textcoords": "offset points"}
    ink = {"fontsize": look.head_pt, "color": look.quiet}
    subtitle = wrap(words.subtitle, frame.width_pt, look.head_pt, lines=1)[0]
    host.annotate(subtitle, (0, 1), xytext=(0, 6 * look.scale), va="bottom", **offset, **ink)
    notes = "\n".join(_note_lines(words, look, frame.width_pt))
    ink = {"fontsize": look.text_pt, "color": look.quiet, "linespacing": 1.3}
    if notes:
        host.annotate(notes, (0, 0), xytext=(0, -4 * look.scale), va="top", **offset, **ink)


def _note_lines(words: Words, look: Look, width_pt: float) -> list[str]:
    return [line for note in words.notes for line in wrap(note, width_pt, look.text_pt, lines=2)]


def _plain(ax: "Axes", look: Look) -> None:
    """Give a panel our inks, and leave it its left and lower edge."""
    ax.set_facecolor(look.paper)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(look.quiet)
        ax.spines[side].set_linewidth(0.6)
    ax.tick_params(labelsize=look.text_pt, length=2.5, width=0.6, pad=2 * look.scale)
    ax.tick_params(axis="x", pad=4 * look.scale)
    ax.tick_params(color=look.quiet, labelcolor=look.ink)
    ax.set_axisbelow(True)
