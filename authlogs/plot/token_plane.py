"""The token plane: issue against use of every token, and the shape that the rejected ones form."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.analysis.result import Interval, Investigation
from authlogs.plot.drawn import LEAST_SPAN
from authlogs.plot.frame import Words, open_frame, room_pt, say_empty
from authlogs.plot.incidents import charts_of, main_incident, seen_when
from authlogs.plot.plane_ink import draw_plane
from authlogs.plot.style import Style, ink_rules, look_of
from authlogs.plot.token_shapes import Shape, find_shape
from authlogs.window import parse_zone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEFORE = 1.0
"""Issues are shown this many spans of the logs before their start; what is older is counted."""


@dataclass(frozen=True, kw_only=True)
class TokenPlaneData(Words):
    """What `plot_token_plane` draws.

    points: issued, used (UTC), failed, version (the issuing build), stands_for (a sample: each
            stands for so many tokens)
    issued, used: the stretches of both axes
    shape:  what the rejected tokens form, with its bounds in seconds since 1970; null where they
            form none
    older:  how many points were issued before the axis begins
    """

    points: pa.Table
    issued: Interval
    used: Interval
    shape: Shape | None
    older: int


def token_plane_data(investigation: Investigation) -> TokenPlaneData:
    """Return the tokens, axes and shape that `plot_token_plane` draws.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.token_plane_data(al.investigate(logs)).shape.name
    'vertical band'
    """
    points = charts_of(investigation).tokens
    shape = _shape(points)
    used = (
        investigation.analysed[0],
        max(investigation.analysed[1], investigation.analysed[0] + LEAST_SPAN),
    )
    issued = _issued(points, used)
    older = int(pc.sum(pc.less(points["issued"], pa.scalar(issued[0]))).as_py() or 0)
    title = _title(points, shape, main_incident(investigation) is not None)
    return TokenPlaneData(
        title=title,
        subtitle=seen_when(investigation, main_incident(investigation)),
        notes=_notes(points, older),
        alt=_alt(title, points, shape, investigation.display_zone),
        points=points,
        issued=issued,
        used=used,
        shape=shape,
        older=older,
    )


def plot_token_plane(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw tokens by when they were issued (across) and used (up), rejected ones as crosses.

    A vertical band of rejections is a bad issuer, a horizontal one a bad validator; all that is
    older than an instant is a key rotation, a thin diagonal is clock skew. The shape that is
    recognised is drawn and named. Returns the axes; the plane is in its `child_axes`. With `ax` all
    but title and notes stands in its box. `style` and `dark` are those of `plot_timeline`. Raises
    BadCall for an unknown style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_token_plane(al.investigate(logs))
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = token_plane_data(investigation)
        share = 0.62 if data.points.num_rows else 0.08
        frame = open_frame(ax, data, look, height_pt=room_pt(ax, look, share=share))
        if data.points.num_rows:
            zone = parse_zone(investigation.display_zone)
            draw_plane(frame, data, zone, investigation.display_zone)
        else:
            say_empty(frame.host, "no token could be followed from its issue to its use", look)
    return frame.host


def seconds(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column of times as seconds since 1970."""
    return np.asarray(pc.cast(column, pa.int64()), dtype=np.float64) / 1e6


def _shape(points: pa.Table) -> Shape | None:
    if not points.num_rows:
        return None
    failed = np.asarray(points["failed"], dtype=bool)
    weight = np.asarray(points["stands_for"], dtype=np.float64)
    return find_shape(seconds(points["issued"]), seconds(points["used"]), failed, weight)


def _issued(points: pa.Table, used: Interval) -> Interval:
    """Return the axis of issues: that of uses, and as much before it as holds most tokens."""
    if not points.num_rows:
        return used
    first = float(np.quantile(seconds(points["issued"]), 0.01))
    reach = used[0] - BEFORE * (used[1] - used[0])
    start = min(used[0], max(reach, datetime.fromtimestamp(first, UTC) - timedelta(seconds=1)))
    return start, used[1]


def _counts(points: pa.Table) -> tuple[int, int]:
    """Return how many uses were rejected, and how many accepted."""
    weight, failed = points["stands_for"], points["failed"]
    bad = pc.sum(pc.if_else(failed, weight, 0.0)).as_py() or 0.0
    return round(bad), round((pc.sum(weight).as_py() or 0.0) - bad)


def _title(points: pa.Table, shape: Shape | None, incident: bool) -> str:  # noqa: FBT001
    if not points.num_rows:
        return "No token could be followed" if incident else "No incident was found"
    if shape is None:
        return "The rejected tokens form no shape that tells issuer and validator apart"
    formed = "are all" if shape.name == "older than an instant" else "form a"
    return f"The rejected tokens {formed} {shape.name}: {shape.cause}; {shape.meaning}"


def _notes(points: pa.Table, older: int) -> tuple[str, ...]:
    if not points.num_rows:
        return ()
    most = float(pc.max(points["stands_for"]).as_py())
    notes = [
        "First and last use of each token; below the diagonal a token is used before its issue."
    ]
    if most > 1.5:
        notes.append(f"A sample: a mark stands for up to {most:.0f} uses.")
    if older:
        notes.append(f"{older:,} marks were issued before this axis begins.")
    return (" ".join(notes),)


def _alt(title: str, points: pa.Table, shape: Shape | None, zone: str) -> str:
    if not points.num_rows:
        return f"{title}."
    bad, good = _counts(points)
    told = f"{title}. {bad:,} uses of tokens were rejected, {good:,} accepted."
    if shape is None:
        return told
    sides = (("issued", shape.issued), ("used", shape.used))
    bounds = [f"{name} {words}" for name, side in sides if (words := _between(side, zone))]
    rates = f"{shape.inside:.0%} of the uses inside the shape fail, {shape.outside:.0%} outside"
    return f"{told} The shape: {', '.join(bounds)}; {rates}."


def _between(bounds: tuple[float | None, float | None], zone: str) -> str:
    there = parse_zone(zone)
    low, high = (
        None if bound is None else datetime.fromtimestamp(bound, UTC).astimezone(there)
        for bound in bounds
    )
    if high is None:
        return "" if low is None else f"from {low:%Y-%m-%d %H:%M:%S} {zone}"
    if low is None:
        return f"before {high:%Y-%m-%d %H:%M:%S} {zone}"
    return f"from {low:%Y-%m-%d %H:%M:%S} to {high:%Y-%m-%d %H:%M:%S} {zone}"
