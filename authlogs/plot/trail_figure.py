"""The figure of a trail: a lane a service, its events in order of time, and the changes above."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from authlogs.plot.lettering import literal, shorten, text_width, wrap
from authlogs.plot.placing import Place, Tag, place_tags
from authlogs.plot.sheet import days
from authlogs.plot.style import LIGHT, Ink, ink_rules
from authlogs.plot.trail_lanes import TrailData, TrailLane, row_words, trail_data
from authlogs.query.trails import Trail
from authlogs.window import zone_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE_IN: Final = 12.0
LEFT_PT, RIGHT_PT, TOP_PT, FOOT_PT = 112.0, 24.0, 60.0, 46.0
ROW_PT, LEVELS, MARK_PT, LABEL_PT = 18.0, 2, 7.0, 210.0
INKS: Final[dict[str, Ink]] = {
    "success": {"marker": "o", "color": LIGHT.green},
    "failure": {"marker": "X", "color": LIGHT.vermillion},
    "challenge": {"marker": "D", "color": LIGHT.blue, "markerfacecolor": "white"},
    "unknown": {"marker": "s", "color": LIGHT.grey, "markersize": 4.5},
    "change": {"marker": "v", "color": LIGHT.ink},
}


@dataclass(frozen=True)
class _Scale:
    """The axis of time: its ends, and its length in points."""

    start: datetime
    end: datetime
    width: float

    def points(self, moment: datetime) -> float:
        return (moment - self.start) / (self.end - self.start) * self.width

    def day(self, points: float) -> float:
        return days(self.start) + points / self.width * (days(self.end) - days(self.start))

    def mark(self, moment: datetime) -> tuple[float, float]:
        """Where a mark starts and ends, in points."""
        return self.points(moment) - MARK_PT / 2, self.points(moment) + MARK_PT / 2


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
        host = ax if ax is not None else _own_axes(data)
        if ax is not None:
            host.figure.canvas.figure.draw_without_rendering()  # a layout may still move it
        _draw(host, data)
    return host


def trail_figure(trail: Trail, *, display_zone: str = "UTC") -> "Figure":
    """Return the trail as a figure of its own, 12 inches wide."""
    return plot_trail(trail, display_zone=display_zone).figure.canvas.figure


def _own_axes(data: TrailData) -> "Axes":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    tall = TOP_PT + FOOT_PT + 26 * len(data.notes) + len(data.lanes) * _lane_pt()
    wide = WIDE_IN * 72
    figure = Figure(figsize=(WIDE_IN, tall / 72), facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    below = FOOT_PT + 26 * len(data.notes)
    return figure.add_axes(
        (
            LEFT_PT / wide,
            below / tall,
            1 - (LEFT_PT + RIGHT_PT) / wide,
            (tall - below - TOP_PT) / tall,
        )
    )


def _lane_pt() -> float:
    return ROW_PT + LEVELS * LIGHT.level_pt + 8


def _draw(host: "Axes", data: TrailData) -> None:
    """Draw the lanes from the top down; y counts points."""
    box = host.get_window_extent()
    width = box.width * 72.0 / host.figure.dpi
    _time_axis(host, data, width)
    for place, lane in enumerate(data.lanes):
        top = place * _lane_pt()
        if place:
            host.axhline(top, color=LIGHT.grid, linewidth=0.8, zorder=0.5)
        _draw_lane(host, lane, top, _Scale(data.start, data.end, width))
    host.set_ylim(len(data.lanes) * _lane_pt(), 0)
    _draw_way(host, data)
    style: Ink = {"fontsize": LIGHT.title_pt, "fontweight": "bold", "color": LIGHT.ink}
    host.set_title(
        shorten(data.title, width, LIGHT.title_pt, bold=True), loc="left", pad=18, **style
    )
    where: Ink = {"xycoords": "axes fraction", "textcoords": "offset points"}
    lines = [line for note in data.notes for line in wrap(note, width, LIGHT.text_pt, lines=2)]
    host.annotate(
        "\n".join(lines),
        (0, 0),
        xytext=(0, -44),
        va="top",
        fontsize=LIGHT.text_pt,
        color=LIGHT.quiet,
        linespacing=1.3,
        **where,
    )
    _draw_key(host, data)


def _time_axis(host: "Axes", data: TrailData, width: float) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    span = data.end - data.start
    shape = "%m-%d %H:%M" if span > timedelta(days=1) else "%H:%M"
    if span < timedelta(minutes=8):
        shape = "%H:%M:%S" if span > timedelta(seconds=10) else "%H:%M:%S.%f"
    host.set_xlim(days(data.start), days(data.end))
    host.xaxis_date(tz=data.zone)
    most = max(3, int(width / (90 if "f" in shape else 60)))
    ticks = AutoDateLocator(tz=data.zone, minticks=3, maxticks=most)  # type: ignore[no-untyped-call]
    host.xaxis.set_major_locator(ticks)
    words = DateFormatter(shape, tz=data.zone)  # type: ignore[no-untyped-call]
    host.xaxis.set_major_formatter(lambda x, at: words(x, at)[:12])  # milliseconds are enough
    first = data.start.astimezone(data.zone)
    label = f"local time on {first:%Y-%m-%d}, {zone_label(data.zone, data.start.astimezone(UTC))}"
    host.set_xlabel(label, fontsize=LIGHT.head_pt, color=LIGHT.ink)
    host.tick_params(axis="x", labelsize=LIGHT.head_pt, length=3, width=0.6, color=LIGHT.quiet)
    host.grid(visible=True, axis="x", color=LIGHT.grid, linewidth=0.6)
    host.set_axisbelow(True)
    host.set_yticks([])
    for spine in host.spines.values():
        spine.set_visible(False)


def _draw_lane(host: "Axes", lane: TrailLane, top: float, scale: _Scale) -> None:
    middle = top + ROW_PT / 2
    where = host.get_yaxis_transform()
    name = shorten(literal(lane.name), LEFT_PT - 16, LIGHT.head_pt, bold=True)
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
    from matplotlib.lines import Line2D

    drawn = {_kind(row) for lane in data.lanes for row in lane.rows}
    kinds = [kind for kind in INKS if kind in drawn]
    ink: Ink = {"frameon": False, "fontsize": LIGHT.text_pt, "borderpad": 0, "handletextpad": 0.1}
    host.legend(
        [Line2D([], [], **_ink(kind)) for kind in kinds],
        kinds,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(kinds),
        **ink,
    )


def _labels(lane: TrailLane, scale: _Scale) -> list[tuple[dict[str, Any], str, Place]]:
    """Return the first of each run of equal events with its words and place, where it has one."""
    runs: list[tuple[dict[str, Any], int]] = []
    for row in lane.rows:
        if runs and row_words(row, 1) == row_words(runs[-1][0], 1):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    marks = [scale.mark(row["time"]) for row in lane.rows]
    tags, texts = [], []
    for row, count in runs:
        text = shorten(row_words(row, count), LABEL_PT, LIGHT.text_pt)
        start, end = scale.mark(row["time"])
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
    placed = place_tags(tags, room=scale.width, levels=LEVELS, marks=marks)
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
    scale: _Scale,
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
        scale.day(place.left),
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
        (row["time"], place * _lane_pt() + ROW_PT / 2)
        for place, lane in enumerate(data.lanes)
        for row in lane.rows
        if row["what"] == "event"
    )
    ink: Ink = {"color": LIGHT.grey, "linewidth": 0.7, "alpha": 0.7}
    host.plot([days(t) for t, _ in steps], [y for _, y in steps], zorder=1, gid="way", **ink)
