"""The timeline of an incident: four strips on one axis of local time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall
from authlogs.plot.axis import set_time_axis
from authlogs.plot.drawn import TimelineData, timeline_data
from authlogs.plot.issuing import draw_issuing, issuing_labels, issuing_name
from authlogs.plot.keys import Key, plan_key
from authlogs.plot.lane_labels import Lane, lane_height, plan_lanes
from authlogs.plot.lanes import draw_lanes
from authlogs.plot.lettering import shorten, wrap
from authlogs.plot.people import draw_people, people_labels, people_name
from authlogs.plot.saving import KINDS, save_figure
from authlogs.plot.shading import ALL, LINED, hatch_missing, shade
from authlogs.plot.sheet import Sheet, bare
from authlogs.plot.stages import draw_stages, stages_name
from authlogs.plot.style import Ink, Look, Style, ink_rules, look_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["KINDS", "plot_timeline", "save_figure", "timeline_figure"]
LEFT_PT, RIGHT_PT = 62.0, 26.0
COUNTED_SHARE, LEAST_PT = 1 / 6, 60.0
"""The lanes leave each counted strip this share of the height, and no less than so many points."""
STRIPS: Final = ("lanes", "people", "stages", "issuing")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A strip of counts: its name, what its key says, how it is drawn, what is shaded in it."""

    name: Callable[[TimelineData], str]
    labels: Callable[[TimelineData, Look], list[str]]
    draw: Callable[["Axes", Sheet, Key], None]
    shaded: frozenset[str]


COUNTED: Final = {
    "people": Counted(name=people_name, labels=people_labels, draw=draw_people, shaded=ALL),
    "stages": Counted(name=stages_name, labels=lambda *_: [], draw=draw_stages, shaded=ALL),
    "issuing": Counted(name=issuing_name, labels=issuing_labels, draw=draw_issuing, shaded=LINED),
}


def plot_timeline(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    strips: Sequence[str] | None = None,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw the strips of an investigation on one axis of local time; return that axis.

    `strips` are any of `lanes`, `people`, `stages`, `issuing`, from the top down; by default all,
    on a slide the first three. `style` sets size and type for a `screen` (12 x 9 inches), a `slide`
    (13.3 x 7.5) or the text column of an A4 `paper` (6.3 x 7.6); `dark` draws on dark paper. The
    axes returned carries time in x, the title and the shading; the strips are its `child_axes`.
    With `ax` given it is drawn there (give it its final size first: labels are measured); names,
    title and notes stand outside its box, as usual. Nothing is shown, and no setting of matplotlib
    is changed. Raises BadCall for a strip or a style that does not exist.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> len(al.plot_timeline(al.investigate(logs)).child_axes)
    4
    """
    look = look_of(style, dark=dark)
    chosen = chosen_strips(look.strips if strips is None else strips)
    with ink_rules():
        data = timeline_data(investigation)
        host = ax if ax is not None else _own_axes(data, look)
        if ax is not None:
            host.figure.canvas.figure.draw_without_rendering()  # a layout may still move it
        _draw(host, data, look, chosen)
    return host


def timeline_figure(
    investigation: Investigation,
    *,
    strips: Sequence[str] | None = None,
    style: Style = "screen",
    dark: bool = False,
) -> "Figure":
    """Return the timeline as a figure of its own.

    >>> import authlogs as al
    >>> from authlogs.plot.timeline import timeline_figure
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> timeline_figure(al.investigate(logs)).get_size_inches().tolist()
    [12.0, 9.0]
    """
    axes = plot_timeline(investigation, strips=strips, style=style, dark=dark)
    return axes.figure.canvas.figure


def chosen_strips(strips: Sequence[str]) -> tuple[str, ...]:
    """Return the strips asked for, each once. Raises BadCall for none, or for one unknown."""
    chosen = tuple(dict.fromkeys((strips,) if isinstance(strips, str) else strips))
    unknown = [str(name) for name in chosen if name not in STRIPS]
    if unknown or not chosen:
        what = f"no strip is called {', '.join(unknown)}" if unknown else "no strip was chosen"
        raise BadCall(what, next_step=f"choose from {', '.join(STRIPS)}")
    return chosen


def _title_lines(data: TimelineData, look: Look, width_pt: float) -> list[str]:
    return wrap(data.title, width_pt, look.title_pt, bold=True)


def _note_lines(data: TimelineData, look: Look, width_pt: float) -> list[str]:
    return [line for note in data.notes for line in wrap(note, width_pt, look.text_pt, lines=2)]


def _own_axes(data: TimelineData, look: Look) -> "Axes":
    """Return the host of a new figure, with margins for what stands outside its box."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    wide, tall = (72 * inches for inches in look.size_in)
    left, right = LEFT_PT * look.scale, RIGHT_PT * look.scale
    room = wide - left - right
    above = 34 * look.scale + len(_title_lines(data, look, room)) * look.title_pt * 1.25
    below = 44 * look.scale + len(_note_lines(data, look, room)) * look.text_pt * 1.4
    figure = Figure(figsize=look.size_in, facecolor=look.paper)
    FigureCanvasAgg(figure)
    return figure.add_axes((left / wide, below / tall, room / wide, (tall - above - below) / tall))


def _draw(host: "Axes", data: TimelineData, look: Look, strips: tuple[str, ...]) -> None:
    box = host.get_window_extent()
    scale = 72.0 / host.figure.dpi
    width, height = box.width * scale, box.height * scale
    host.set_facecolor(look.paper)
    sheet = Sheet(data=data, look=look, width_pt=width)
    counted = [name for name in strips if name in COUNTED]
    keys = {name: _key(name, sheet) for name in counted}
    heads = {name: key.height_pt(look) for name, key in keys.items()}
    left = height - sum(heads.values()) - len(counted) * LEAST_PT * look.scale
    lanes = _lanes(sheet, min(left, height * (1 - len(counted) * COUNTED_SHARE)), strips)
    tall = sum(lane_height(lane, sheet) for lane in lanes)
    each = (height - tall - sum(heads.values())) / max(1, len(counted))
    set_time_axis(host, sheet)
    top = height
    for name in strips:
        share = tall if name == "lanes" else each
        top -= heads.get(name, 0.0) + share
        strip = _strip(host, name, max(0.0, top) / height, share / height, sheet)
        if name == "lanes":
            shade(strip, sheet, only=LINED)
            draw_lanes(strip, sheet, lanes)
        else:
            COUNTED[name].draw(strip, sheet, keys[name])
            shade(strip, sheet, only=COUNTED[name].shaded)
            hatch_missing(strip, sheet)
    _write_around(host, data, look, width)


def _lanes(sheet: Sheet, budget_pt: float, strips: tuple[str, ...]) -> tuple[Lane, ...]:
    return plan_lanes(sheet, budget_pt) if "lanes" in strips else ()


def _key(name: str, sheet: Sheet) -> Key:
    strip = COUNTED[name]
    labels = strip.labels(sheet.data, sheet.look)
    return plan_key(labels, strip.name(sheet.data), sheet.look, sheet.width_pt)


def _strip(host: "Axes", name: str, bottom: float, height: float, sheet: Sheet) -> "Axes":
    strip = host.inset_axes((0.0, bottom, 1.0, height), sharex=host, gid=f"strip:{name}")
    bare(strip, sheet.look)
    return strip


def _write_around(host: "Axes", data: TimelineData, look: Look, width: float) -> None:
    """Write title and subtitle above the host, notes below it."""
    title = "\n".join(_title_lines(data, look, width))
    words: Ink = {"fontsize": look.title_pt, "fontweight": "bold", "color": look.ink}
    host.set_title(title, loc="left", pad=22 * look.scale, **words)
    offset: Ink = {"xycoords": "axes fraction", "textcoords": "offset points"}
    style: Ink = {"fontsize": look.head_pt, "color": look.quiet}
    subtitle = shorten(data.subtitle, width, look.head_pt)
    host.annotate(subtitle, (0, 1), xytext=(0, 8 * look.scale), va="bottom", **offset, **style)
    notes = "\n".join(_note_lines(data, look, width))
    style = {"fontsize": look.text_pt, "color": look.quiet, "linespacing": 1.3}
    if notes:
        host.annotate(notes, (0, 0), xytext=(0, -36 * look.scale), va="top", **offset, **style)
