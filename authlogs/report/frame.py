"""Where the timeline lies in its drawing and what its bins hold: what a page needs to answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from authlogs.analysis.result import Investigation
from authlogs.plot.drawn import TimelineData, timeline_data
from authlogs.report.inert import printable
from authlogs.window import zone_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GID: Final = "strip:"
TITLES: Final = {
    "lanes": "what happened",
    "people": "people",
    "stages": "success by stage",
    "issuing": "issuing versions",
}
STAGE_NAMES: Final = {"login": "signing in", "issue": "issuing", "first_use": "first use"}
MOST_MARKS: Final = 400
MOST_BINS: Final = 1_500
LABEL: Final = 120


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The box of the time axis and its strips, in points from the top left, and what is drawn.

    `strips` is (name, title, top, bottom) for each; `document` is all of it as JSON, in which no
    sign can end a script element.
    """

    strips: tuple[tuple[str, str, float, float], ...]
    document: str


def frame_of(figure: "Figure", investigation: Investigation) -> Frame | None:
    """Return the frame of a timeline; None where it holds no strips."""
    hosts = [axes for axes in figure.axes if _strips(axes)]
    if not hosts:
        return None
    host, data = hosts[0], timeline_data(investigation)
    left, top, right, bottom = _box(host)
    strips = tuple(
        (name, TITLES.get(name, name), *_box(axes)[1::2]) for name, axes in _strips(host).items()
    )
    told = {
        "box": [left, top, right, bottom],
        "strips": [[name, title, round(a, 2), round(b, 2)] for name, title, a, b in strips],
        "start": _ms(data.start),
        "end": _ms(data.end),
        "offsets": _offsets(data),
        "bins": list(_bins(data)),
        "binMs": data.bin_s * 1000,
        "shares": list(_shares(data)),
        "shareMs": data.share_bin_s * 1000,
        "marks": list(_marks(data)),
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Frame(strips=strips, document=text)


def _strips(axes: "Axes") -> "dict[str, Axes]":
    named = [(str(child.get_gid() or ""), child) for child in axes.child_axes]
    return {gid.removeprefix(GID): child for gid, child in named if gid.startswith(GID)}  # type: ignore[misc]


def _box(axes: "Axes") -> tuple[float, float, float, float]:
    """Return left, top, right and bottom in points, as SVG counts them."""
    figure = axes.figure.canvas.figure
    scale, tall = 72 / figure.dpi, figure.get_size_inches()[1] * 72
    box = axes.get_window_extent()
    edges = box.x0 * scale, tall - box.y1 * scale, box.x1 * scale, tall - box.y0 * scale
    return tuple(round(float(edge), 2) for edge in edges)  # type: ignore[return-value]


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def _offsets(data: TimelineData) -> list[list[Any]]:
    """Return from when on which offset holds: [ms, minutes east, how it is said]."""
    told: list[list[Any]] = []
    span = (data.end - data.start) / 48
    for step in range(49):
        moment = data.start + step * span
        offset = moment.astimezone(data.zone).utcoffset()
        minutes = round(offset.total_seconds() / 60) if offset is not None else 0
        if not told or told[-1][1] != minutes:
            told.append([_ms(moment), minutes, zone_label(data.zone, moment)])
    return told


def _bins(data: TimelineData) -> Iterator[list[Any]]:
    """Give [ms, attempts, people failing] for each bin; null where nothing is known."""
    rows = data.minutes.select(["time", "attempts", "people_failing"]).to_pylist()
    for row in rows[:MOST_BINS]:
        yield [_ms(row["time"]), row["attempts"], row["people_failing"]]


def _shares(data: TimelineData) -> Iterator[list[Any]]:
    """Give [ms, what, per cent, of how many] for each stage and issuing version in a bin."""
    for row in data.stages.to_pylist()[:MOST_BINS]:
        name = f"{STAGE_NAMES.get(row['stage'], row['stage'])} succeeds"
        yield [_ms(row["time"]), name, round(100 * row["share"], 1), row["attempts"]]
    for row in data.issuing.to_pylist()[:MOST_BINS]:
        name = f"issued by {printable(str(row['version']))[:LABEL]}"
        yield [_ms(row["time"]), name, round(100 * row["share"], 1), row["tokens"]]


def _marks(data: TimelineData) -> Iterator[list[Any]]:
    """Give [ms, end or null, lane, label] for each record that is drawn."""
    for row in data.lanes.to_pylist()[:MOST_MARKS]:
        label = printable(row["label"] or "")
        detail = printable(row["detail"] or "")
        text = f"{label}: {detail}" if detail else label
        end = _ms(row["end_time"]) if row["end_time"] else None
        yield [_ms(row["time"]), end, row["lane"], text[: 2 * LABEL]]
