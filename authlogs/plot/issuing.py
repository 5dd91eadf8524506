"""The fourth strip: which version issued the tokens."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from authlogs.plot.bins import OTHERS, unit_name
from authlogs.plot.drawn import TimelineData
from authlogs.plot.frame import say_empty, size_pt
from authlogs.plot.keys import Key, draw_head, draw_key
from authlogs.plot.lettering import literal, shorten, text_width
from authlogs.plot.sheet import (
    Bools,
    Floats,
    Sheet,
    day_column,
    days,
    numbers,
    steps,
)
from authlogs.plot.style import Fill, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERSION_PT = 110.0


def issuing_name(data: TimelineData) -> str:
    """Return the strip's name."""
    return f"Issued tokens by issuing version, % per {unit_name(data.share_bin_s)}"


def issuing_labels(data: TimelineData, look: Look) -> list[str]:
    """Return what the strip's key says at most: versions are named in their areas if they fit."""
    return [_short(name, look) for name in dict.fromkeys(data.issuing["version"].to_pylist())]


def draw_issuing(ax: "Axes", sheet: Sheet, key: Key) -> None:
    """Draw each version's share of the issued tokens, one above the other."""
    draw_areas(ax, sheet, key, issuing_name(sheet.data))


def draw_areas(ax: "Axes", sheet: Sheet, key: Key, name: str) -> None:
    """Draw the shares of versions one above the other, with the name of the strip."""
    width = sheet.data.share_bin_s
    draw_head(ax, name, sheet.look, key)
    issuing = sheet.data.issuing
    if not issuing.num_rows:
        say_empty(ax, "no issued token names the version that issued it", sheet.look)
        return
    times = np.unique(day_column(issuing["time"]))
    floor = np.zeros(len(times))
    fills = _fills(sheet)
    for version in fills:
        rows = issuing.filter(pc.equal(issuing["version"], version))
        share = _dense(times, day_column(rows["time"]), 100 * numbers(rows["share"]))
        x, low, high = steps(times, width, floor, floor + share)
        fill = fills[version]
        name = _short(version, sheet.look)
        named = _name_area(ax, name, times, (floor, share), sheet)
        ax.fill_between(
            x,
            low,
            high,
            facecolor=fill.face,
            hatch=fill.hatch or None,
            edgecolor=fill.lines,
            linewidth=0,
            label="_" if named else name,
            gid=f"version:{literal(version)}",
        )
        ax.plot(x, high, color=sheet.look.paper, linewidth=1.2)
        floor = floor + share
    ax.set_ylim(0, 100)
    ax.set_yticks([0, 50, 100])
    draw_key(ax, key, sheet.look)


def _short(version: str, look: Look) -> str:
    return shorten(literal(version), VERSION_PT * look.scale, look.text_pt)


def _name_area(
    ax: "Axes", name: str, times: Floats, area: tuple[Floats, Floats], sheet: Sheet
) -> bool:
    """Write the version into its area where it is largest; tell whether there was room."""
    floor, share = area
    look = sheet.look
    tall = (look.text_pt + 5) / size_pt(ax)[1] * 100
    wide = (text_width(name, look.text_pt, bold=True) + 10) / sheet.width_pt
    wide *= days(sheet.data.end) - days(sheet.data.start)
    width = sheet.data.share_bin_s / 86_400
    runs = _runs(times, share > 2 * tall, width)
    first, last = max(runs, key=lambda run: run[1] - run[0], default=(0.0, 0.0))
    if last - first < wide:
        return False
    x = (first + last) / 2
    inside = (times > x - wide / 2 - width) & (times < x + wide / 2)
    low, high = floor[inside].max(), (floor + share)[inside].min()
    ax.text(
        x,
        (low + high) / 2,
        name,
        ha="center",
        va="center_baseline",
        fontsize=look.text_pt,
        fontweight="bold",
        color=look.ink,
        bbox={"facecolor": look.paper, "linewidth": 0, "pad": 2.0},
        gid="label",
        zorder=6,
    )
    return True


def _runs(times: Floats, chosen: Bools, width: float) -> list[tuple[float, float]]:
    """Return the unbroken stretches of chosen bins."""
    found: list[tuple[float, float]] = []
    for start in times[chosen]:
        if found and abs(found[-1][1] - start) < width / 1000:
            found[-1] = (found[-1][0], start + width)
        else:
            found.append((start, start + width))
    return found


def _fills(sheet: Sheet) -> dict[str, Fill]:
    """Return how each version is filled, from the bottom up: as they appear, the rest last."""
    names: list[str] = list(dict.fromkeys(sheet.data.issuing["version"].to_pylist()))
    light = iter(sheet.look.otherwise)
    return {
        name: sheet.look.blamed if name == sheet.data.blamed_version else next(light)
        for name in sorted(names, key=lambda name: name == OTHERS)
    }


def _dense(times: Floats, at: Floats, share: Floats) -> Floats:
    values = np.zeros(len(times))
    values[np.searchsorted(times, at)] = share
    return values
