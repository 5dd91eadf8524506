"""The timeline of an incident: four strips on one axis of local time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall
from authlogs.plot.axis import set_time_axis
from authlogs.plot.drawn import TimelineData, timeline_data
from authlogs.plot.frame import Margins, host_of, size_pt, write_around
from authlogs.plot.issuing import draw_issuing, issuing_labels, issuing_name
from authlogs.plot.keys import Key, plan_key
from authlogs.plot.lane_labels import Lane, lane_height, plan_lanes
from authlogs.plot.lanes import draw_lanes
from authlogs.plot.people import draw_people, people_labels, people_name
from authlogs.plot.saving import KINDS, save_figure
from authlogs.plot.shading import ALL, LINED, hatch_missing, shade
from authlogs.plot.sheet import Sheet, bare
from authlogs.plot.stages import draw_stages, stages_name
from authlogs.plot.style import Look, Style, ink_rules, look_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["KINDS", "plot_timeline", "save_figure", "timeline_figure"]
MARGINS = Margins(
    left=62.0, right=26.0, above=34.0, below=44.0, title=22.0, subtitle=8.0, notes=36.0
)
COUNTED_SHARE, LEAST_PT = 1 / 6, 60.0
"""The lanes leave each counted strip this share of the height, and no less than so many points."""


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
STRIPS: Final = ("lanes", *COUNTED)


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
        host = host_of(ax, data, look, MARGINS)
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


def _draw(host: "Axes", data: TimelineData, look: Look, strips: tuple[str, ...]) -> None:
    width, height = size_pt(host)
    host.set_facecolor(look.paper)
    sheet = Sheet(data=data, look=look, width_pt=width)
    counted = [name for name in strips if name in COUNTED]
    keys = {name: _key(name, sheet) for name in counted}
    heads = {name: key.height_pt(look) for name, key in keys.items()}
    left = height - sum(heads.values()) - len(counted) * LEAST_PT * look.scale
    lanes = _lanes(sheet, min(left, height * (1 - len(counted) * COUNTED_SHARE)), strips)
    tall = sum(lane_height(lane, sheet) for lane in lanes)
    each = (height - tall - sum(heads.values())) / max(1, len(counted))
    set_time_axis(host, data, look)
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
    write_around(host, data, look, MARGINS)


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
