"""The timeline of an incident: four strips on one axis of local time."""

from pathlib import Path
from typing import TYPE_CHECKING

from authlogs.analysis.result import Investigation
from authlogs.errors import BadCall, Unwritable
from authlogs.plot.axis import set_time_axis
from authlogs.plot.drawn import TimelineData, timeline_data
from authlogs.plot.issuing import draw_issuing
from authlogs.plot.lane_labels import lane_height, plan_lanes
from authlogs.plot.lanes import draw_lanes
from authlogs.plot.lettering import wrap
from authlogs.plot.people import draw_people
from authlogs.plot.shading import ALL, LINED, hatch_missing, shade
from authlogs.plot.sheet import Sheet, bare
from authlogs.plot.stages import draw_stages
from authlogs.plot.style import PAPER, Ink, ink_rules

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_IN = (12.0, 9.0)
LEFT_PT, RIGHT_PT = 62.0, 20.0
LANES_SHARE = 0.5
"""The lanes may take this much of the height."""
COUNTED = (
    ("people", draw_people, True),
    ("stages", draw_stages, False),
    ("issuing", draw_issuing, True),
)
"""Name, how it is drawn, and whether a key stands above it."""
KINDS = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def plot_timeline(investigation: Investigation, ax: "Axes | None" = None) -> "Axes":
    """Draw the four strips of an investigation on one axis of local time; return that axis.

    The axes returned carries time in x, the title and the shading; the strips are its
    `child_axes`, from the top: lanes, people, stages, issuing. With `ax` given it is drawn there
    (give it its final size first: labels are measured); names, title and notes stand outside its
    box, as usual. Without, a new figure of 12 x 9 inches is made. Nothing is shown, and no
    setting of matplotlib is changed.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> len(al.plot_timeline(al.investigate(logs)).child_axes)
    4
    """
    with ink_rules():
        data = timeline_data(investigation)
        host = ax if ax is not None else _own_axes(data)
        if ax is not None:
            host.figure.canvas.figure.draw_without_rendering()  # a layout may still move it
        _draw(host, data)
    return host


def timeline_figure(investigation: Investigation) -> "Figure":
    """Return the timeline as a figure of its own, 12 x 9 inches.

    >>> import authlogs as al
    >>> from authlogs.plot.timeline import timeline_figure
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> timeline_figure(al.investigate(logs)).get_size_inches().tolist()
    [12.0, 9.0]
    """
    return plot_timeline(investigation).figure.canvas.figure


def save_figure(figure: "Figure", path: str | Path) -> Path:
    """Write a figure as PNG (150 dpi), SVG or PDF, by the path's ending; return the path.

    SVG and PDF are the same bytes every time. Raises BadCall for another ending, Unwritable where
    the file cannot be written.

    >>> from matplotlib.figure import Figure
    >>> save_figure(Figure(), "build/timeline.svg").name  # doctest: +SKIP
    'timeline.svg'
    """
    target = Path(path)
    if target.suffix.lower() not in KINDS:
        raise BadCall(
            f"a figure cannot be written as {target.suffix or 'a file without an ending'}",
            where=str(target),
            next_step="use a name that ends in .png, .svg or .pdf",
        )
    try:
        with ink_rules():
            figure.savefig(target, dpi=150, metadata=KINDS[target.suffix.lower()])
    except OSError as error:
        raise Unwritable(
            f"the figure cannot be written ({error.strerror or error})",
            where=str(target),
            next_step="choose a folder that exists and that you may write to",
        ) from None
    return target


def _title_lines(data: TimelineData, width_pt: float) -> list[str]:
    return wrap(data.title, width_pt, PAPER.title_pt, bold=True)


def _note_lines(data: TimelineData, width_pt: float) -> list[str]:
    return [line for note in data.notes for line in wrap(note, width_pt, PAPER.text_pt, lines=2)]


def _own_axes(data: TimelineData) -> "Axes":
    """Return the host of a new figure, with margins for what stands outside its box."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    wide, tall = (72 * inches for inches in SIZE_IN)
    room = wide - LEFT_PT - RIGHT_PT
    above = 34 + len(_title_lines(data, room)) * PAPER.title_pt * 1.25
    below = 44 + len(_note_lines(data, room)) * PAPER.text_pt * 1.4
    figure = Figure(figsize=SIZE_IN, facecolor=PAPER.paper)
    FigureCanvasAgg(figure)
    return figure.add_axes(
        (LEFT_PT / wide, below / tall, room / wide, (tall - above - below) / tall)
    )


def _draw(host: "Axes", data: TimelineData) -> None:
    box = host.get_window_extent()
    scale = 72.0 / host.figure.dpi
    width, height = box.width * scale, box.height * scale
    sheet = Sheet(data=data, look=PAPER, width_pt=width)
    lanes = plan_lanes(sheet, LANES_SHARE * height)
    tall = sum(lane_height(lane, sheet) for lane in lanes)
    set_time_axis(host, sheet)
    top = _strip(host, "lanes", 1 - tall / height, tall / height, sheet)
    shade(top, sheet, only=LINED)
    draw_lanes(top, sheet, lanes)
    heads = [sheet.head_pt(keyed=keyed) for _, _, keyed in COUNTED]
    each = (height - tall - sum(heads)) / len(COUNTED)
    bottom = height - tall
    for (name, draw, _), above in zip(COUNTED, heads, strict=True):
        bottom -= above + each
        strip = _strip(host, name, bottom / height, each / height, sheet)
        draw(strip, sheet)
        shade(strip, sheet, only=LINED if name == "issuing" else ALL)
        hatch_missing(strip, sheet)
    _write_around(host, data, width)


def _strip(host: "Axes", name: str, bottom: float, height: float, sheet: Sheet) -> "Axes":
    strip = host.inset_axes((0.0, bottom, 1.0, height), sharex=host, gid=f"strip:{name}")
    bare(strip, sheet.look)
    return strip


def _write_around(host: "Axes", data: TimelineData, width: float) -> None:
    """Write title and subtitle above the host, notes below it."""
    title = "\n".join(_title_lines(data, width))
    host.set_title(
        title, loc="left", fontsize=PAPER.title_pt, fontweight="bold", pad=22, color=PAPER.ink
    )
    offset: Ink = {"xycoords": "axes fraction", "textcoords": "offset points"}
    style: Ink = {"fontsize": PAPER.head_pt, "color": PAPER.quiet}
    host.annotate(data.subtitle, (0, 1), xytext=(0, 8), va="bottom", **offset, **style)
    notes = "\n".join(_note_lines(data, width))
    style = {"fontsize": PAPER.text_pt, "color": PAPER.quiet, "linespacing": 1.3}
    if notes:
        host.annotate(notes, (0, 0), xytext=(0, -36), va="top", **offset, **style)
