"""What is shaded across all strips."""

from typing import TYPE_CHECKING

from authlogs.plot.sheet import Sheet, days
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALL = frozenset({"incident", "onset", "recovered_new", "recovered_all", "tail"})
LINED = ALL - {"tail", "incident"}
"""Where versions are hatched, hatching says something else; and small print wants white."""
DEPTH = {"incident": 0.045, "onset": 0.30, "recovered_new": 0.18, "recovered_all": 0.18}
LINES = {"onset": "-", "recovered_new": "--", "recovered_all": "-."}


def tail_fill(look: Look) -> Ink:
    """Return how the tail is hatched."""
    return {"facecolor": "none", "hatch": "////", "edgecolor": look.hatched, "linewidth": 0}


def missing_fill(look: Look) -> Ink:
    """Return how a stretch without data is hatched."""
    return {"facecolor": look.stripe, "edgecolor": look.grey, "hatch": "xxxx", "linewidth": 0}


def silent_fill(look: Look) -> Ink:
    """Return how the silence of one source is hatched."""
    return {"facecolor": "none", "edgecolor": look.grey, "hatch": "||||", "linewidth": 0}


def _fill(kind: str, look: Look) -> Ink:
    if kind == "tail":
        return tail_fill(look)
    depth = DEPTH[kind] * (1.0 if look.shadow == "#000000" else 1.6)
    return {"facecolor": look.shadow, "alpha": depth, "linewidth": 0}


def shade(ax: "Axes", sheet: Sheet, *, only: frozenset[str]) -> None:
    """Shade the incident, the intervals of its onset and recoveries, and its tail."""
    for row in sheet.data.spans.to_pylist():
        if row["kind"] in only:
            ax.axvspan(
                days(row["start"]),
                days(row["end"]),
                zorder=0.2,
                gid=f"span:{row['kind']}",
                **_fill(row["kind"], sheet.look),
            )
    for row in sheet.data.lanes.to_pylist():
        if row["role"] in LINES:
            ax.axvline(
                days(row["time"]),
                color=sheet.look.ink,
                linewidth=0.9,
                linestyle=LINES[row["role"]],
                zorder=0.3,
                gid=f"moment:{row['role']}",
            )


def hatch_missing(ax: "Axes", sheet: Sheet) -> None:
    """Hatch what was not recorded; a silent source only at the foot, for others still spoke."""
    for row in sheet.data.spans.to_pylist():
        whole = row["kind"] == "missing"
        if whole or row["kind"] in {"silent", "truncated"}:
            ax.axvspan(
                days(row["start"]),
                days(row["end"]),
                ymax=1.0 if whole else 0.06,
                zorder=2.8,
                gid=f"span:{row['kind']}",
                **(missing_fill if whole else silent_fill)(sheet.look),
            )
