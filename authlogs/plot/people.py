"""The second strip: people failing in each bin, and attempts with what is usual."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from authlogs.plot.bins import OTHER_REASONS, unit_name
from authlogs.plot.drawn import TimelineData
from authlogs.plot.frame import say_empty
from authlogs.plot.keys import Key, draw_head, draw_key
from authlogs.plot.lettering import literal, shorten
from authlogs.plot.shading import missing_fill, tail_fill
from authlogs.plot.sheet import Floats, Sheet, day_column, numbers, steps
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAILING, TRIED, USUAL = "people failing", "attempts", "usual range of attempts (98%)"
TAIL, NO_DATA = "tail, after the rollback", "no data"
REASON_PT = 120.0


def people_name(data: TimelineData) -> str:
    """Return the strip's name."""
    return f"People per {unit_name(data.bin_s)}"


def people_labels(data: TimelineData, look: Look) -> list[str]:
    """Return what the strip's key says."""
    if not data.minutes.num_rows:
        return []
    kinds = data.spans["kind"].to_pylist()
    others = _others(data)
    told = [_failing_for(name, look) for name in (data.reason, *others) if others and name]
    told = [*(told or [FAILING]), TRIED, USUAL]
    return told + [TAIL] * ("tail" in kinds) + [NO_DATA] * ("missing" in kinds)


def draw_people(ax: "Axes", sheet: Sheet, key: Key) -> None:
    """Draw people failing as areas by reason, attempts as a line in the band of what is usual."""
    data, look = sheet.data, sheet.look
    minutes, width = data.minutes, data.bin_s
    draw_head(ax, people_name(data), look, key)
    if not minutes.num_rows:
        say_empty(ax, "no attempts were recorded", look)
        return
    starts = day_column(minutes["time"])
    tried, failing = numbers(minutes["attempts"]), numbers(minutes["people_failing"])
    low, high = numbers(minutes["attempts_low"]), numbers(minutes["attempts_high"])
    seen = ~np.isnan(tried)
    band = (np.where(seen, bound, np.nan) for bound in (low, high))
    x, lower, upper = steps(starts, width, *band)
    ax.fill_between(x, lower, upper, color=look.sky, alpha=0.28, linewidth=0, label=USUAL)
    kinds = data.spans["kind"].to_pylist()
    if "tail" in kinds:
        ax.fill_between([], [], [], label=TAIL, **tail_fill(look))
    if "missing" in kinds:
        ax.fill_between([], [], [], label=NO_DATA, **missing_fill(look))
    top = _draw_failing(ax, sheet, (starts, failing))
    ax.plot(*steps(starts, width, tried), color=look.blue, linewidth=0.8, label=TRIED)
    most = np.nanmax(np.concatenate([tried, high, top, [1.0]]))
    ax.set_ylim(0, 1.08 * most)
    ax.locator_params(axis="y", nbins=4, integer=True)
    draw_key(ax, key, look, order=people_labels(data, look))


def _draw_failing(ax: "Axes", sheet: Sheet, failing: tuple[Floats, Floats]) -> Floats:
    """Draw those who fail for the incident's reason, and on top of them all others by theirs."""
    starts, floor = failing
    width, look, main = sheet.data.bin_s, sheet.look, sheet.data.reason
    others = _others(sheet.data)
    named = _failing_for(main, look) if main and others else FAILING
    x, y = steps(starts, width, floor)
    ax.fill_between(x, 0, y, color=look.vermillion, linewidth=0, label=named, gid="failing")
    for name, fill in zip(others, look.otherwise[1:], strict=False):
        rows = sheet.data.reasons.filter(pc.equal(sheet.data.reasons["reason"], name))
        more = np.zeros(len(starts))
        at = np.searchsorted(starts, day_column(rows["time"]))
        more[at[at < len(starts)]] = numbers(rows["people"])[at < len(starts)]
        some = np.where(more > 0, floor, np.nan)
        x, low, high = steps(starts, width, some, some + more)
        ink: Ink = {"facecolor": fill.face, "hatch": fill.hatch or None, "edgecolor": fill.lines}
        label = _failing_for(name, look)
        ax.fill_between(x, low, high, linewidth=0, label=label, gid=f"failing:{name}", **ink)
        floor = floor + more
    return floor


def _others(data: TimelineData) -> list[str]:
    """Return the reasons beside the incident's own, those taken together last."""
    names = list(dict.fromkeys(data.reasons["reason"].to_pylist()))
    return sorted((n for n in names if n != data.reason), key=lambda n: (n == OTHER_REASONS, n))


def _failing_for(reason: str, look: Look) -> str:
    return shorten(f"failing: {literal(reason)}", REASON_PT * look.scale, look.text_pt)
