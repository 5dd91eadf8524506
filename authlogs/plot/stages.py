"""The third strip: success by stage, where issuing may stay well while first use fails."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from authlogs.plot.bins import unit_name
from authlogs.plot.drawn import TimelineData
from authlogs.plot.frame import say_empty, size_pt
from authlogs.plot.keys import Key, draw_head, draw_key
from authlogs.plot.lettering import text_width
from authlogs.plot.sheet import (
    Bools,
    Floats,
    Sheet,
    day_column,
    days,
    numbers,
    steps,
)
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP, FOOT = 132.0, -14.0
CROWDED = 1_000.0
"""A name that would cost so much lies on another, or outside."""


@dataclass(frozen=True)
class Line:
    """How a stage is drawn and named; `colour` is the name of one."""

    stage: str
    name: str
    colour: str
    style: str
    width: float

    def ink(self, look: Look) -> str:
        colour: str = getattr(look, self.colour)
        return colour

    def text(self, look: Look) -> str:
        colour: str = getattr(look, f"{self.colour}_text")
        return colour


LINES = (
    Line("first_use", "first use", "vermillion", "-", 2.2),
    Line("challenge", "challenge completed", "purple", ":", 1.6),
    Line("issue", "issue", "green", "-", 1.4),
    Line("login", "login", "blue", "--", 1.2),
)
"""The last is drawn on top."""


def stages_name(data: TimelineData) -> str:
    """Return the strip's name."""
    pale = " (pale: under 10 attempts)" if any(data.stages["thin"].to_pylist()) else ""
    return f"Success by stage, % per {unit_name(data.share_bin_s)}{pale}"


def draw_stages(ax: "Axes", sheet: Sheet, key: Key) -> None:
    """Draw the share of successes in each stage, pale where few attempts stand behind it."""
    draw_head(ax, stages_name(sheet.data), sheet.look, key)
    stages = sheet.data.stages
    if not stages.num_rows:
        say_empty(ax, "no stages of a sign-in could be told apart", sheet.look)
        return
    ax.set_ylim(FOOT, TOP)
    ax.set_yticks([0, 50, 100])
    ax.axhline(100, color=sheet.look.grid, linewidth=0.8, zorder=0.5)
    ax.axhline(0, color=sheet.look.grid, linewidth=0.8, zorder=0.5)
    drawn: list[tuple[Line, Floats, Floats]] = []
    for line in LINES:
        rows = stages.filter(pc.equal(stages["stage"], line.stage))
        if rows.num_rows:
            starts, share = day_column(rows["time"]), 100 * numbers(rows["share"])
            thin = np.asarray(rows["thin"])
            _draw(ax, line, (starts, share, thin), sheet)
            drawn.append((line, starts, share))
    _name_lines(ax, drawn, sheet)


def _draw(ax: "Axes", line: Line, points: tuple[Floats, Floats, Bools], sheet: Sheet) -> None:
    starts, share, thin = points
    width_s, colour = sheet.data.share_bin_s, line.ink(sheet.look)
    gid = f"stage:{line.stage}"
    firm = np.where(thin, np.nan, share)
    ax.plot(
        *steps(starts, width_s, firm),
        color=colour,
        linewidth=line.width,
        linestyle=line.style,
        gid=gid,
        solid_joinstyle="round",
    )
    pale = np.where(thin, share, np.nan)
    if thin.any():
        ax.plot(*steps(starts, width_s, pale), color=colour, linewidth=0.9, alpha=0.4)


def _name_lines(ax: "Axes", drawn: list[tuple[Line, Floats, Floats]], sheet: Sheet) -> None:
    """Name each line where it is told best: inside the incident, clear of the other lines."""
    first, last = _told_between(sheet)
    axis = days(sheet.data.start), days(sheet.data.end)
    per_point = (TOP - FOOT) / size_pt(ax)[1]
    taken = [
        (days(row["start"]), days(row["end"]), FOOT, TOP)
        for row in sheet.data.spans.to_pylist()
        if row["kind"] in {"missing", "tail"}
    ]
    crowded: list[Line] = []
    for line, starts, share in drawn:
        inside = (starts >= first) & (starts < last)
        middle = float(np.nanmedian(share[inside])) if inside.any() else float(np.nanmedian(share))
        where = " in the incident" if _has_incident(sheet) else ""
        name = f"{line.name}: median {middle:.0f}%{where}"
        wide = (text_width(name, sheet.look.text_pt, bold=True) + 4) / sheet.width_pt
        wide *= axis[1] - axis[0]
        tall = 11.0 * sheet.look.scale * per_point
        centres = np.linspace(first, last, 23)[1:-1]
        centres = np.clip(centres, axis[0] + wide / 2, axis[1] - wide / 2)
        box, cost = _quietest(drawn, taken, centres, (wide, tall), middle)
        if cost >= CROWDED:
            crowded.append(line)
            continue
        taken.append(box)
        ax.text(
            (box[0] + box[1]) / 2,
            (box[2] + box[3]) / 2,
            name,
            ha="center",
            va="center_baseline",
            fontsize=sheet.look.text_pt,
            fontweight="bold",
            color=line.text(sheet.look),
            gid="label",
            bbox={"facecolor": sheet.look.paper, "alpha": 0.7, "linewidth": 0, "pad": 0.5},
            zorder=6,
        )
    _key(ax, crowded, sheet.look)


def _key(ax: "Axes", lines: list[Line], look: Look) -> None:
    """Name above the strip what found no room inside."""
    for line in lines:
        ink: Ink = {"color": line.ink(look), "linestyle": line.style, "linewidth": line.width}
        ax.plot([], [], label=line.name, **ink)
    draw_key(ax, Key(columns=len(lines), lines=1), look)


def _has_incident(sheet: Sheet) -> bool:
    return "incident" in sheet.data.spans["kind"].to_pylist()


def _told_between(sheet: Sheet) -> tuple[float, float]:
    rows = [row for row in sheet.data.spans.to_pylist() if row["kind"] == "incident"]
    if rows:
        return days(rows[0]["start"]), days(rows[0]["end"])
    return days(sheet.data.start), days(sheet.data.end)


def _quietest(
    drawn: list[tuple[Line, Floats, Floats]],
    taken: list[tuple[float, float, float, float]],
    centres: Floats,
    size: tuple[float, float],
    value: float,
) -> tuple[tuple[float, float, float, float], float]:
    """Return the box near `value` that least covers lines and other names, and what it covers."""
    wide, tall = size
    best, least = (0.0, 0.0, 0.0, 0.0), float("inf")
    for offset in (0.75, -0.75, 1.4, -1.4, 2.2, -2.2):
        for number, x in enumerate(centres):
            y = value + offset * tall
            box = (x - wide / 2, x + wide / 2, y - tall / 2, y + tall / 2)
            cost = abs(offset) + 0.02 * abs(number - len(centres) // 2)
            cost += CROWDED * (box[2] < FOOT or box[3] > TOP)
            cost += CROWDED * sum(_touch(box, other) for other in taken)
            for _, starts, share in drawn:
                under = (starts > box[0] - wide * 0.1) & (starts < box[1])
                cost += 20.0 * float(((share[under] > box[2]) & (share[under] < box[3])).sum())
            if cost < least:
                best, least = box, cost
    return best, least


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
