"""The frame around a figure: its words, its margins, and panels placed by the point."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from authlogs.plot.lettering import shorten, wrap
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_ROOM_PT = 60.0


@dataclass(frozen=True, kw_only=True)
class Margins:
    """The room around a host, in points on a screen.

    Above and below come the lines of the title and of the notes on top. `title`, `subtitle` and
    `notes` are how far from the host's edge each stands.
    """

    left: float
    right: float
    above: float
    below: float
    title: float
    subtitle: float = 0.0
    notes: float


AROUND_PANELS = Margins(
    left=20.0, right=20.0, above=36.0, below=14.0, title=20.0, subtitle=6.0, notes=4.0
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a figure says around its panels: a sentence, a line below it, notes, and alt text."""

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    alt: str


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """An axis of local time: its ends (UTC), its zone, and how the zone is named."""

    start: datetime
    end: datetime
    zone: tzinfo
    zone_name: str


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
        plain(made, self.look)
        return made


def open_frame(ax: "Axes | None", words: Words, look: Look, *, height_pt: float) -> Frame:
    """Return the frame of a figure, its words written.

    Without `ax` a new figure is made, as wide as the look says and as high as `height_pt` points
    of panels need. With it the panels take its box, whatever its height.
    """
    host = host_of(ax, words, look, AROUND_PANELS, height_pt=height_pt)
    host.set_axis_off()
    host.set_xticks([])
    host.set_yticks([])
    wide, tall = size_pt(host)
    write_around(host, words, look, AROUND_PANELS)
    return Frame(host=host, look=look, width_pt=wide, height_pt=tall)


def say_empty(ax: "Axes", text: str, look: Look) -> None:
    """Say in the middle of an axes why it is empty."""
    ax.set_yticks([])
    ax.annotate(
        text, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center",
        fontsize=look.head_pt, color=look.quiet,
    )  # fmt: skip


def room_pt(ax: "Axes | None", look: Look, *, share: float | None = None) -> float:
    """Return how high the panels may become: the box that is given, or four fifths of a sheet.

    `share` is their height as a share of the sheet's width, where they need no more.
    """
    room = 72.0 * look.size_in[1] * 0.8 if ax is None else max(LEAST_ROOM_PT, size_pt(ax)[1])
    return room if share is None else min(room, share * 72.0 * look.size_in[0])


def host_of(
    ax: "Axes | None", words: Words, look: Look, margins: Margins, *, height_pt: float | None = None
) -> "Axes":
    """Return the axes that is given, laid out, or that of a new figure, with room for its words.

    The new figure is as high as the look says, or as its words and a host of `height_pt` need.
    """
    if ax is None:
        return _own_axes(words, look, margins, height_pt)
    ax.figure.canvas.figure.draw_without_rendering()  # a layout may still move it
    return ax


def size_pt(ax: "Axes") -> tuple[float, float]:
    """Return the width and the height of an axes in points."""
    box, scale = ax.get_window_extent(), 72.0 / ax.figure.dpi
    return box.width * scale, box.height * scale


def _own_axes(words: Words, look: Look, margins: Margins, height_pt: float | None) -> "Axes":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    left, right = margins.left * look.scale, margins.right * look.scale
    wide = 72.0 * look.size_in[0]
    room = wide - left - right
    titled = len(_title_lines(words, look, room)) * look.title_pt * 1.25
    above = margins.above * look.scale + titled
    below = margins.below * look.scale + len(_note_lines(words, look, room)) * look.text_pt * 1.4
    tall = 72.0 * look.size_in[1] if height_pt is None else above + height_pt + below
    figure = Figure(figsize=(look.size_in[0], tall / 72.0), facecolor=look.paper)
    FigureCanvasAgg(figure)
    return figure.add_axes((left / wide, below / tall, room / wide, (tall - above - below) / tall))


def write_around(host: "Axes", words: Words, look: Look, margins: Margins) -> None:
    """Write title and subtitle above the host, notes below it."""
    width, scale = size_pt(host)[0], look.scale
    title = "\n".join(_title_lines(words, look, width))
    ink: Ink = {"fontsize": look.title_pt, "fontweight": "bold", "color": look.ink}
    host.set_title(title, loc="left", pad=margins.title * scale, **ink)
    ink = {"xycoords": "axes fraction", "textcoords": "offset points", "color": look.quiet}
    if words.subtitle:
        subtitle, above = shorten(words.subtitle, width, look.head_pt), margins.subtitle * scale
        text: Ink = {"fontsize": look.head_pt, "va": "bottom"}
        host.annotate(subtitle, (0, 1), xytext=(0, above), **text, **ink)
    if words.notes:
        notes, below = "\n".join(_note_lines(words, look, width)), margins.notes * scale
        text = {"fontsize": look.text_pt, "va": "top", "linespacing": 1.3}
        host.annotate(notes, (0, 0), xytext=(0, -below), **text, **ink)


def _title_lines(words: Words, look: Look, width_pt: float) -> list[str]:
    return wrap(words.title, width_pt, look.title_pt, bold=True)


def _note_lines(words: Words, look: Look, width_pt: float) -> list[str]:
    return [line for note in words.notes for line in wrap(note, width_pt, look.text_pt, lines=2)]


def plain(ax: "Axes", look: Look) -> None:
    """Give an axes our inks, and leave it its left and lower edge."""
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
