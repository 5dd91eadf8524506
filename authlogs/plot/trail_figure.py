"""The figure of a trail: a lane a service, its events in order of time, and the changes above."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from authlogs.plot.axis import set_time_axis
from authlogs.plot.frame import Margins, host_of, size_pt, write_around
from authlogs.plot.keys import Key, draw_key
from authlogs.plot.lettering import literal, shorten, text_width
from authlogs.plot.placing import Place, Tag, place_tags
from authlogs.plot.sheet import Scale, days
from authlogs.plot.style import LIGHT, Ink, ink_rules
from authlogs.plot.trail_lanes import TrailData, TrailLane, row_words, trail_data
from authlogs.query.trails import Trail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGINS: Final = Margins(left=112.0, right=24.0, above=44.0, below=46.0, title=20.0, notes=44.0)
ROW_PT, LEVELS, MARK_PT, LABEL_PT = 18.0, 2, 7.0, 210.0
LANE_PT: Final = ROW_PT + LEVELS * LIGHT.level_pt + 8
INKS: Final[dict[str, Ink]] = {
    "success": {"marker": "o", "color": LIGHT.green},
    "failure": {"marker": "X", "color": LIGHT.vermillion},
    "challenge": {"marker": "D", "color": LIGHT.blue, "markerfacecolor": "white"},
    "unknown": {"marker": "s", "color": LIGHT.grey, "markersize": 4.5},
    "change": {"marker": "v", "color": LIGHT.ink},
}


def plot_trail(trail: Trail, ax: "Axes | None" = None, *, display_zone: str = "UTC") -> "Axes":
    """Draw one way through all services: a lane a service, events in order, changes above.

    Filled circles went well, crosses failed (with their reason), diamonds were questions such as a
    second factor. The line joins each event with the next. With `ax` given it is drawn there (give
    it its final size first); without, a new figure is made. Nothing is shown, and no setting of
    matplotlib is changed. Raises BadCall for an empty trail and for an unknown zone.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> way = al.trail(logs, user="cristian.castro@acme.example")
    >>> al.plot_trail(way, display_zone="America/Bogota").get_title(loc="left")
    'user cristian.castro@acme.example: 118 events in 4 services, 6 failures'
    """
    with ink_rules():
        data = trail_data(trail, display_zone=display_zone)
        host = host_of(ax, data, LIGHT, MARGINS, height_pt=len(data.lanes) * LANE_PT)
        _draw(host, data)
    return host


def trail_figure(trail: Trail, *, display_zone: str = "UTC") -> "Figure":
    """Return the trail as a figure of its own, 12 inches wide."""
    return plot_trail(trail, display_zone=display_zone).figure.canvas.figure


def _draw(host: "Axes", data: TrailData) -> None:
    """Draw the lanes from the top down; y counts points."""
    scale = Scale(start=data.start, end=data.end, width_pt=size_pt(host)[0])
    set_time_axis(host, data, LIGHT)
    for place, lane in enumerate(data.lanes):
        top = place * LANE_PT
        if place:
            host.axhline(top, color=LIGHT.grid, linewidth=0.8, zorder=0.5)
        _draw_lane(host, lane, top, scale)
    host.set_ylim(len(data.lanes) * LANE_PT, 0)
    _draw_way(host, data)
    write_around(host, data, LIGHT, MARGINS)
    _draw_key(host, data)


def _draw_lane(host: "Axes", lane: TrailLane, top: float, scale: Scale) -> None:
    middle = top + ROW_PT / 2
    where = host.get_yaxis_transform()
    name = shorten(literal(lane.name), MARGINS.left - 16, LIGHT.head_pt, bold=True)
    host.annotate(
        name,
        (0, middle),
        xycoords=where,
        xytext=(-8, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=LIGHT.head_pt,
        fontweight="bold",
        annotation_clip=False,
    )
    kinds = [_kind(row) for row in lane.rows]
    for kind in sorted(set(kinds), key=list(INKS).index):
        times = [
            days(row["time"]) for row, own in zip(lane.rows, kinds, strict=True) if own == kind
        ]
        front = 5 if kind == "failure" else 4
        host.plot(times, [middle] * len(times), zorder=front, gid=f"mark:{kind}", **_ink(kind))
    for row, text, place in _labels(lane, scale):
        _draw_label(host, row, (text, place), middle=middle, scale=scale)


def _kind(row: dict[str, Any]) -> str:
    kind = "change" if row["what"] == "change" else row["outcome"]
    return kind if kind in INKS else "unknown"


def _ink(kind: str) -> Ink:
    return {"markersize": MARK_PT, "markeredgewidth": 0.7, "linestyle": "none"} | INKS[kind]


def _draw_key(host: "Axes", data: TrailData) -> None:
    """Say what the marks mean, above the right end."""
    drawn = {_kind(row) for lane in data.lanes for row in lane.rows}
    kinds = [kind for kind in INKS if kind in drawn]
    for kind in kinds:
        host.plot([], [], label=kind, **_ink(kind))
    draw_key(host, Key(columns=len(kinds), lines=1), LIGHT)


def _stretch(moment: datetime, scale: Scale) -> tuple[float, float]:
    """Return where a mark starts and ends, in points."""
    middle = scale.points(moment)
    return middle - MARK_PT / 2, middle + MARK_PT / 2


def _labels(lane: TrailLane, scale: Scale) -> list[tuple[dict[str, Any], str, Place]]:
    """Return the first of each run of equal events with its words and place, where it has one."""
    runs: list[tuple[dict[str, Any], int]] = []
    for row in lane.rows:
        if runs and row_words(row, 1) == row_words(runs[-1][0], 1):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    marks = [_stretch(row["time"], scale) for row in lane.rows]
    tags, texts = [], []
    for row, count in runs:
        text = shorten(row_words(row, count), LABEL_PT, LIGHT.text_pt)
        start, end = _stretch(row["time"], scale)
        weight = 2.0 if row["outcome"] == "failure" or row["what"] == "change" else 1.0
        texts.append(text)
        tags.append(
            Tag(
                start=start,
                end=end,
                anchor=(start + end) / 2,
                width=text_width(text, LIGHT.text_pt),
                weight=weight,
            )
        )
    placed = place_tags(tags, room=scale.width_pt, levels=LEVELS, marks=marks)
    return [
        (row, text, place)
        for (row, _), text, place in zip(runs, texts, placed, strict=True)
        if place
    ]


def _draw_label(
    host: "Axes",
    row: dict[str, Any],
    placed: tuple[str, Place],
    *,
    middle: float,
    scale: Scale,
) -> None:
    text, place = placed
    level = middle
    if place.level:
        level += ROW_PT / 2 + (place.level - 0.4) * LIGHT.level_pt
    colour = (
        LIGHT.vermillion_text
        if row["outcome"] == "failure" and row["what"] == "event"
        else LIGHT.ink
    )
    if place.level:
        x = days(row["time"])
        host.plot([x, x], [middle + 4, level + 3], color=LIGHT.quiet, linewidth=0.6, zorder=2)
    host.text(
        scale.day_at(place.left),
        level,
        text,
        fontsize=LIGHT.text_pt,
        color=colour,
        va="center_baseline",
        ha="left",
        zorder=6,
        gid="label",
        bbox={"facecolor": LIGHT.paper, "alpha": 0.9, "linewidth": 0, "pad": 0.5},
    )


def _draw_way(host: "Axes", data: TrailData) -> None:
    """Join each event with the next, across the lanes."""
    steps = sorted(
        (row["time"], place * LANE_PT + ROW_PT / 2)
        for place, lane in enumerate(data.lanes)
        for row in lane.rows
        if row["what"] == "event"
    )
    ink: Ink = {"color": LIGHT.grey, "linewidth": 0.7, "alpha": 0.7}
    host.plot([days(t) for t, _ in steps], [y for _, y in steps], zorder=1, gid="way", **ink)
