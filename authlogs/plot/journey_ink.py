"""The ink of the journey: a pair of bars a stage, the usual day beside the incident."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from authlogs.plot.frame import Frame
from authlogs.plot.keys import draw_head, draw_key, plan_key
from authlogs.plot.shading import missing_fill
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT_PT, FOOT_PT, RIGHT_PT = 40.0, 22.0, 8.0
WIDE, APART, PALE = 0.36, 0.2, 0.4
PASSED = {"usual": "usual: pass", "incident": "in the incident: pass"}
HEAD, TRIED = "People per hour", "try and do not pass"


def draw_journey(frame: Frame, rows: list[dict[str, Any]], names: Mapping[str, str]) -> None:
    """Draw people per hour and stage: who pass filled, who try and do not pass as an outline."""
    look = frame.look
    labels = [*PASSED.values(), TRIED]
    key = plan_key(labels, HEAD, look, frame.width_pt - LEFT_PT * look.scale)
    panel = frame.panel(
        "journey", left=LEFT_PT * look.scale, right=RIGHT_PT * look.scale,
        top=key.height_pt(look), foot=FOOT_PT * look.scale,
    )  # fmt: skip
    draw_head(panel, HEAD, look, key)
    stages = list(dict.fromkeys(row["stage"] for row in rows))
    panel.set_xlim(-0.6, len(stages) - 0.4)
    panel.set_xticks(range(len(stages)), [names[stage] for stage in stages])
    panel.tick_params(axis="x", length=0, labelsize=look.head_pt)
    most = max((row["tried_per_hour"] or 0.0 for row in rows), default=0.0) or 1.0
    panel.set_ylim(0, 1.18 * most)
    panel.locator_params(axis="y", nbins=4)
    panel.grid(visible=True, axis="y", color=look.grid, linewidth=0.6)
    for row in rows:
        at = stages.index(row["stage"]) + (APART if row["period"] == "incident" else -APART)
        _draw(panel, at, row, most, look)
    _legend(panel, look)
    draw_key(panel, key, look, order=labels)


def _fill(period: str, look: Look) -> Ink:
    if period == "incident":
        return {"facecolor": look.vermillion, "edgecolor": look.paper, "hatch": "////"}
    return {"facecolor": look.blue, "edgecolor": look.paper}


def _draw(panel: "Axes", at: float, row: dict[str, Any], most: float, look: Look) -> None:
    stage, period = row["stage"], row["period"]
    gid = f"{stage}:{period}"
    if not row["logged"] or row["tried_per_hour"] is None:
        panel.bar(at, 0.5 * most, WIDE, gid=gid, zorder=2, **missing_fill(look))
        if period == "usual":
            box = {"facecolor": look.paper, "linewidth": 0, "pad": 1.0}
            ink: Ink = {"fontsize": look.text_pt, "color": look.quiet, "bbox": box}
            said = "not in\nthese logs"
            panel.text(at + APART, 0.25 * most, said, ha="center", va="center", zorder=4, **ink)
        return
    alpha = PALE if row["thin"] else 1.0
    outline: Ink = {"facecolor": "none", "edgecolor": look.grey, "linewidth": 1.0, "zorder": 2}
    panel.bar(at, row["tried_per_hour"], WIDE, **outline)
    ink = _fill(period, look) | {"alpha": alpha, "linewidth": 0, "zorder": 3}
    panel.bar(at, row["passed_per_hour"], WIDE, gid=gid, **ink)
    if row["share"] is not None:
        panel.annotate(
            f"{100 * row['share']:.3g} %",
            (at, row["tried_per_hour"]),
            xytext=(0, 3 * look.scale),
            textcoords="offset points",
            ha="center",
            fontsize=look.text_pt,
            color=look.vermillion_text if period == "incident" else look.blue_text,
            gid="label",
        )


def _legend(panel: "Axes", look: Look) -> None:
    """Give the key its entries: what nothing drawn is labelled with."""
    for period, label in PASSED.items():
        panel.bar(0, 0, WIDE, label=label, **(_fill(period, look) | {"linewidth": 0}))
    outline: Ink = {"facecolor": "none", "edgecolor": look.grey, "linewidth": 1.0}
    panel.bar(0, 0, WIDE, label=TRIED, **outline)
