"""The rows of the figure of suspects: candidates, under the foremost their evidence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.words import chance
from authlogs.plot.frame import Frame
from authlogs.plot.lettering import shorten, text_width
from authlogs.plot.rows import GAP_PT, NAME_SHARE, fitting, row_pt
from authlogs.plot.style import Ink, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXPLAINED, LEAST, MOST_FINDINGS = 3, 0.01, 6
"""So many candidates show evidence, from this probability on, and so much of it each."""
BAR_SHARE, LEFT_OUT = 0.25, "left out"
Line = dict[str, Any]


def plan_candidates(
    candidates: pa.Table, evidence: pa.Table, look: Look, room: float
) -> list[Line]:
    """Return the lines from the top down, as many as the room holds; the last counts the rest."""
    found = evidence.to_pylist()
    lines: list[Line] = []
    for place, row in enumerate(candidates.to_pylist()):
        lines.append(row | {"line": "candidate"})
        if place >= EXPLAINED or row["probability"] < LEAST:
            continue
        own = [e for e in found if e["candidate"] == place]
        lines += [e | {"line": "finding"} for e in own[:MOST_FINDINGS]]
        if len(own) > MOST_FINDINGS:
            told = f"and {len(own) - MOST_FINDINGS} further findings"
            lines.append({"line": "note", "text": told})
    kept = fitting(len(lines), room, look, taken=40.0 * look.scale)
    rest = [line for line in lines[kept:] if line["line"] == "candidate"]
    if not rest:
        return lines[:kept]
    together = sum(line["probability"] for line in rest)
    told = f"and {len(rest)} more, together {chance(together)}"
    return [*lines[:kept], {"line": "note", "text": told}]


def draw_candidates(frame: Frame, lines: list[Line]) -> None:
    """Draw name, bar, probability and reason of each candidate, and the evidence between them."""
    look, width = frame.look, frame.width_pt
    gap = GAP_PT * look.scale
    shown = [line for line in lines if line["line"] == "candidate"]
    widest = max((text_width(n["name"], look.text_pt, bold=True) for n in shown), default=0.0)
    left = min(widest, NAME_SHARE * width) + gap
    tall = len(lines) * row_pt(look)
    bars = frame.panel(
        "bars", left=left, right=(1 - BAR_SHARE) * width - left, foot=frame.height_pt - tall
    )
    words = frame.panel("words", foot=frame.height_pt - tall)
    words.set_facecolor("none")
    words.set_xlim(0, width)
    for ax in (bars, words):
        ax.set_ylim(max(1, len(lines)), 0)
        ax.set_yticks([])
    for side in ("left", "bottom"):
        words.spines[side].set_visible(False)
    words.set_xticks([])
    _scale(bars, look)
    for number, line in enumerate(lines):
        place = Place(number + 0.5, left, width, look)
        if line["line"] == "candidate":
            _bar(bars, line, place)
        {"candidate": _candidate, "finding": _finding, "note": _note}[line["line"]](
            words, line, place
        )


def _scale(bars: "Axes", look: Look) -> None:
    bars.set_xlim(0, 1)
    bars.set_xticks([0, 0.5, 1], ["0", "50", "100 %"])
    bars.set_xlabel("probability", fontsize=look.text_pt, color=look.ink, labelpad=1)
    bars.grid(visible=True, axis="x", color=look.grid, linewidth=0.6)


@dataclass(frozen=True)
class Place:
    """Where a line stands: its middle in rows, the left edge of the bars, the whole width."""

    y: float
    left: float
    width: float
    look: Look


def _bar(bars: "Axes", line: Line, place: Place) -> None:
    look, y = place.look, place.y
    mark = look.mark(line["role"])
    hatch = {"suspect": "////", "theory": "||"}.get(line["role"])
    ink: Ink = {
        "facecolor": "none" if mark.hollow else mark.colour,
        "edgecolor": look.paper if hatch else mark.colour,
        "hatch": hatch,
        "linewidth": 0.8,
    }
    bars.barh(y, line["probability"], 0.56, gid=f"candidate:{line['name']}", zorder=2, **ink)
    if line["prior"] is not None:
        stroke: Ink = {"color": look.ink, "linewidth": 1.1, "zorder": 3}
        bars.plot([line["prior"]] * 2, [y - 0.38, y + 0.38], gid="prior", **stroke)


def _candidate(words: "Axes", line: Line, place: Place) -> None:
    look, left, y = place.look, place.left, place.y
    mark, gap = look.mark(line["role"]), GAP_PT * look.scale
    bold = line["role"] == "most_supported"
    text: Ink = {"fontsize": look.text_pt, "va": "center_baseline", "gid": "label"}
    name = shorten(line["name"], left - gap, look.text_pt, bold=bold)
    named: Ink = {"color": mark.text or look.ink, "fontweight": "bold" if bold else "normal"}
    words.text(left - gap * 0.7, y, name, ha="right", **named, **text)
    at = left + BAR_SHARE * place.width + gap * 0.7
    out = line["role"] == "ruled_out"
    ink: Ink = {"color": look.quiet} if out else {"color": look.ink, "fontweight": "bold"}
    words.text(at, y, chance(line["probability"]), **ink, **text)
    at += text_width("< 99.9 %", look.text_pt, bold=True) + gap
    if line["reason"]:
        reason = shorten(line["reason"], place.width - at, look.text_pt)
        words.text(at, y, reason, color=look.quiet, **text)


def _finding(words: "Axes", line: Line, place: Place) -> None:
    """Write a finding across the bars: a triangle for or against, its words, and its weight."""
    look, y = place.look, place.y
    mark, gap = look.mark(line["direction"]), GAP_PT * look.scale
    at = place.left + gap * 0.8
    face = "none" if mark.hollow else mark.colour
    ink: Ink = {"markerfacecolor": face, "markeredgecolor": mark.colour, "linestyle": "none"}
    gid = f"finding:{line['direction']}"
    words.plot([at], [y], marker=mark.marker, markersize=mark.size, gid=gid, zorder=5, **ink)
    weight = _weight(line["log_bayes_factor"])
    text: Ink = {"fontsize": look.text_pt, "va": "center_baseline", "gid": "label", "zorder": 5}
    text |= {"color": mark.text, "bbox": {"facecolor": look.paper, "linewidth": 0, "pad": 0.6}}
    room = place.width - at - 2 * gap - text_width(weight, look.text_pt)
    words.text(at + gap, y, shorten(line["statement"], room, look.text_pt), **text)
    if weight:
        words.text(place.width, y, weight, ha="right", **text)


def _note(words: "Axes", line: Line, place: Place) -> None:
    look = place.look
    at = place.left + GAP_PT * look.scale * 1.8
    box = {"facecolor": look.paper, "linewidth": 0, "pad": 0.6}
    ink: Ink = {"fontsize": look.text_pt, "va": "center_baseline", "color": look.quiet}
    words.text(at, place.y, line["text"], gid="label", bbox=box, zorder=5, **ink)


def _weight(log_factor: float | None) -> str:
    """Return a finding's weight: the natural logarithm of its Bayes factor."""
    return "" if log_factor is None else f"ln BF {log_factor:+.1f}"
