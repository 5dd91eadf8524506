"""What is shaded across all strips."""

from typing import TYPE_CHECKING

from authlogs.plot.sheet import Sheet, days
from authlogs.plot.style import Ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILLS: dict[str, Ink] = {
    "incident": {"facecolor": "#000000", "alpha": 0.045, "linewidth": 0},
    "onset": {"facecolor": "#000000", "alpha": 0.30, "linewidth": 0},
    "recovered_new": {"facecolor": "#000000", "alpha": 0.18, "linewidth": 0},
    "recovered_all": {"facecolor": "#000000", "alpha": 0.18, "linewidth": 0},
    "tail": {"facecolor": "none", "hatch": "////", "edgecolor": "#B5B5B5", "linewidth": 0},
}
MISSING: Ink = {
    "facecolor": "#F2F2F2", "edgecolor": "#8C8C8C", "hatch": "xxxx", "linewidth": 0,
}  # fmt: skip
SILENT: Ink = {
    "facecolor": "none", "edgecolor": "#8C8C8C", "hatch": "||||", "linewidth": 0,
}  # fmt: skip
ALL = frozenset(FILLS)
LINED = ALL - {"tail", "incident"}
"""Where versions are hatched, hatching says something else; and small print wants white."""
LINES = {"onset": "-", "recovered_new": "--", "recovered_all": "-."}


def shade(ax: "Axes", sheet: Sheet, *, only: frozenset[str]) -> None:
    """Shade the incident, the intervals of its onset and recoveries, and its tail."""
    for row in sheet.data.spans.to_pylist():
        if row["kind"] in only:
            ax.axvspan(
                days(row["start"]),
                days(row["end"]),
                zorder=0.2,
                gid=f"span:{row['kind']}",
                **FILLS[row["kind"]],
            )
    for row in sheet.data.lanes.to_pylist():
        if row["role"] in LINES:
            ax.axvline(
                days(row["time"]),
                color="#1A1A1A",
                linewidth=0.9,
                linestyle=LINES[row["role"]],
                zorder=0.3,
                gid=f"moment:{row['role']}",
            )


def hatch_missing(ax: "Axes", sheet: Sheet) -> None:
    """Hatch what was not recorded; a silent source only at the foot, for others still spoke."""
    for row in sheet.data.spans.to_pylist():
        whole = row["kind"] == "missing"
        if whole or row["kind"] == "silent":
            ax.axvspan(
                days(row["start"]),
                days(row["end"]),
                ymax=1.0 if whole else 0.06,
                zorder=2.8,
                gid=f"span:{row['kind']}",
                **(MISSING if whole else SILENT),
            )
