"""The second strip: people failing in each bin, and attempts with what is usual."""

from typing import TYPE_CHECKING

import numpy as np

from authlogs.plot.shading import FILLS, MISSING
from authlogs.plot.sheet import Sheet, day_column, head, numbers, steps, unit_name
from authlogs.plot.style import BLUE, SKY, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAILING, TRIED, USUAL = "people failing", "attempts", "usual range of attempts (98%)"
KEY = {name: place for place, name in enumerate((FAILING, TRIED, USUAL))}


def draw_people(ax: "Axes", sheet: Sheet) -> None:
    """Draw people failing as an area, attempts as a line in the band of what is usual."""
    minutes, width = sheet.data.minutes, sheet.data.bin_s
    head(ax, f"People per {unit_name(width)}", sheet)
    if not minutes.num_rows:
        say_nothing(ax, "no attempts were recorded", sheet)
        return
    starts = day_column(minutes["time"])
    tried, failing = numbers(minutes["attempts"]), numbers(minutes["people_failing"])
    low, high = numbers(minutes["attempts_low"]), numbers(minutes["attempts_high"])
    seen = ~np.isnan(tried)
    x, lower = steps(starts, np.where(seen, low, np.nan), width)
    upper = steps(starts, np.where(seen, high, np.nan), width)[1]
    ax.fill_between(x, lower, upper, color=SKY, alpha=0.28, linewidth=0, label=USUAL)
    kinds = sheet.data.spans["kind"].to_pylist()
    if "tail" in kinds:
        ax.fill_between([], [], [], label="tail: after the rollback ended", **FILLS["tail"])
    if "missing" in kinds:
        ax.fill_between([], [], [], label="no data", **MISSING)
    fx, fy = steps(starts, failing, width)
    ax.fill_between(fx, 0, fy, color=VERMILLION, linewidth=0, label=FAILING, gid="failing")
    ax.plot(*steps(starts, tried, width), color=BLUE, linewidth=0.8, label=TRIED)
    most = np.nanmax(np.concatenate([tried, high, failing, [1.0]]))
    ax.set_ylim(0, 1.08 * most)
    ax.locator_params(axis="y", nbins=4, integer=True)
    key(ax, sheet)


def key(ax: "Axes", sheet: Sheet) -> None:
    """Put the key above the strip's right end, outside the data."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    order = sorted(range(len(labels)), key=lambda n: (KEY.get(labels[n], len(KEY)), n))
    ax.legend(
        [handles[n] for n in order],
        [labels[n] for n in order],
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=2 if sheet.narrow else 6,
        frameon=False,
        fontsize=sheet.look.text_pt,
        borderaxespad=0.2,
        borderpad=0.1,
        handlelength=2.2,
        handleheight=0.8,
        columnspacing=1.6,
        labelcolor=sheet.look.ink,
    )


def say_nothing(ax: "Axes", text: str, sheet: Sheet) -> None:
    """Say in an empty strip why it is empty."""
    ax.set_yticks([])
    ax.set_ylim(0, 1)
    ax.text(
        0.5,
        0.5,
        text,
        transform=ax.transAxes,
        ha="center",
        va="center",
        fontsize=sheet.look.text_pt,
        color=sheet.look.quiet,
    )
