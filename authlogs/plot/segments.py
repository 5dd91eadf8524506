"""The figure of segments: which slice of the traffic fails more than the rest, and by how much."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.result import Investigation, Segment
from authlogs.plot.frame import Words
from authlogs.plot.incidents import chosen_incident, seen_when
from authlogs.plot.lettering import literal
from authlogs.plot.rows import Row, draw_interval, open_rows
from authlogs.plot.style import Look, Style, ink_rules, look_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEGMENTS = pa.schema(
    [
        ("name", pa.string()),
        ("rate", pa.float64()),
        ("rest", pa.float64()),
        ("rate_ratio", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)
WIDEST = 1_000.0
"""Ratios beyond this are drawn at the edge, with an arrow."""


@dataclass(frozen=True, kw_only=True)
class SegmentsData(Words):
    """What `plot_segments` draws.

    segments: name, rate and rest (failing shares of the slice and of all others), rate_ratio with
              its 90 % interval (low, high); most different first
    """

    segments: pa.Table


def segments_data(investigation: Investigation, *, incident_id: str | None = None) -> SegmentsData:
    """Return the slices of traffic that fail otherwise than the rest, for `plot_segments`.

    By default of the incident that hit most people. Raises BadCall for an unknown `incident_id`.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.segments_data(al.investigate(logs)).segments.column_names[:3]
    ['name', 'rate', 'rest']
    """
    incident = chosen_incident(investigation, incident_id)
    rows: list[dict[str, Any]] = [
        {
            "name": _name(segment), "rate": segment.rate, "rest": segment.rest,
            "rate_ratio": segment.rate_ratio, "low": segment.interval[0],
            "high": segment.interval[1],
        }
        for segment in (incident.segments if incident else ())
    ]  # fmt: skip
    if incident is None:
        title = "No incident was found, so no slice of the traffic is compared"
    elif not rows:
        title = "No slice of the traffic fails otherwise than the rest"
    else:
        first = rows[0]
        more = "more" if first["rate_ratio"] >= 1 else "less"
        title = f"{first['name']} fails {more} than the rest: {_against(first)}"
    told = [f"{row['name']} {_against(row)}" for row in rows]
    return SegmentsData(
        title=title,
        subtitle=seen_when(investigation, incident),
        notes=("Dot: rate ratio with its 90 % interval. New sign-ins only.",) if rows else (),
        alt=f"{title}." + (f" {len(rows)} slices: {'; '.join(told)}." if rows else ""),
        segments=pa.Table.from_pylist(rows, schema=SEGMENTS),
    )


def plot_segments(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    incident_id: str | None = None,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw how much more each slice of the traffic fails than the rest, on a logarithmic scale.

    Returns the axes; the rows are in its `child_axes`. With `ax` all but title and notes stands in
    its box. `style` and `dark` are those of `plot_timeline`. Raises BadCall for an unknown incident
    or style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_segments(al.investigate(logs), dark=True)
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = segments_data(investigation, incident_id=incident_id)
        found = data.segments.to_pylist()
        rows = [Row(name=row["name"], text=_against(row)) for row in found]
        drawn = open_rows(
            ax, data, rows, look, gid="segments",
            rest=lambda kept: f"and {len(rows) - kept} more", empty="nothing to compare",
        )  # fmt: skip
        if drawn.panel is not None:
            _draw(drawn.panel, found[: drawn.kept], look)
    return drawn.host


def _draw(panel: "Axes", rows: list[dict[str, Any]], look: Look) -> None:
    """Draw a dot with its interval a row; the line at 1 is the rest of the traffic."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    panel.set_xscale("log")
    ends = [value for row in rows for value in (row["low"], row["high"], 1.0)]
    low = max(1 / WIDEST, min(0.5, *ends))
    high = min(WIDEST, max(2.0, *ends))
    panel.set_xlim(low / 1.3, high * 1.3)
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 50 else (1.0, 2.0, 5.0)))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    panel.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)
    panel.axvline(1.0, color=look.quiet, linewidth=0.9, linestyle="--", gid="rest")
    panel.set_xlabel(
        "failing share against the rest", fontsize=look.text_pt, color=look.ink, labelpad=1
    )
    for number, row in enumerate(rows):
        worse = row["rate_ratio"] >= 1
        colour, marker = (look.vermillion, "o") if worse else (look.blue, "s")
        y = number + 0.5
        span = max(low / 1.3, row["low"]), min(high * 1.3, row["high"])
        at = min(max(row["rate_ratio"], low), high)
        gid = f"segment:{row['name']}"
        draw_interval(panel, y, (at, span), look, gid=gid, marker=marker, color=colour)


def _name(segment: Segment) -> str:
    return literal(
        ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in segment.where.items())
    )


def _against(row: dict[str, Any]) -> str:
    """Return `91 % fail, elsewhere 2 %: 45x (30x to 66x)`."""
    told = f"{100 * row['rate']:.3g} % fail, elsewhere {100 * row['rest']:.2g} %"
    return f"{told}: {row['rate_ratio']:.2g}x ({row['low']:.2g}x to {row['high']:.2g}x)"
