"""The name and the key above a strip: on one line where there is room, else the key below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from authlogs.plot.lettering import text_width
from authlogs.plot.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HANDLE_EM, GAP_EM, BESIDE_EM = 3.0, 1.6, 3.0
"""Widths of a patch with its gap, of the gap between entries, and of the gap after the name."""
NAME_PT, LINE_PT = 22.0, 13.5


@dataclass(frozen=True, kw_only=True)
class Key:
    """How many entries stand on a line, on how many lines, and whether beside the name."""

    columns: int = 0
    lines: int = 0
    beside: bool = True

    def height_pt(self, look: Look) -> float:
        """Return the height above the strip, for its name and its key."""
        below = 0.0 if self.beside else self.lines * LINE_PT
        return (NAME_PT + below) * look.scale


def plan_key(labels: Sequence[str], name: str, look: Look, width_pt: float) -> Key:
    """Return the place of a key with these labels above a strip of that name and width."""
    if not labels:
        return Key()
    size = look.text_pt
    widths = [text_width(label, size) + (HANDLE_EM + GAP_EM) * size for label in labels]
    left = text_width(name, look.head_pt, bold=True) + BESIDE_EM * size
    if left + sum(widths) <= width_pt:
        return Key(columns=len(labels), lines=1)
    columns = max((n for n in range(1, len(labels) + 1) if _wide(widths, n) <= width_pt), default=1)
    return Key(columns=columns, lines=-(-len(labels) // columns), beside=False)


def _wide(widths: list[float], columns: int) -> float:
    """Return the width of entries that fill the columns one after the other, the first fullest."""
    least, more = divmod(len(widths), columns)
    total, place = 0.0, 0
    for column in range(columns):
        end = place + least + (column < more)
        total, place = total + max(widths[place:end]), end
    return total


def draw_head(ax: "Axes", name: str, look: Look, key: Key) -> None:
    """Write a strip's name above its left end."""
    ax.annotate(
        name, (0, 1), xytext=(0, key.height_pt(look) - 17 * look.scale),
        xycoords="axes fraction", textcoords="offset points", va="bottom",
        fontsize=look.head_pt, fontweight="bold", color=look.ink,
    )  # fmt: skip


def draw_key(ax: "Axes", key: Key, look: Look, *, order: Sequence[str] = ()) -> None:
    """Put the key above the strip's right end, outside the data; `order` names come first."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    place = {name: number for number, name in enumerate(order)}
    sequence = sorted(range(len(labels)), key=lambda n: (place.get(labels[n], len(place)), n))
    ax.legend(
        [handles[n] for n in sequence],
        [labels[n] for n in sequence],
        loc="lower right" if key.beside else "lower left",
        bbox_to_anchor=(1.0, 1.0) if key.beside else (0.0, 1.0),
        ncols=max(1, key.columns),
        frameon=False,
        fontsize=look.text_pt,
        borderaxespad=0.2,
        borderpad=0.1,
        handlelength=2.2,
        handleheight=0.8,
        columnspacing=1.6,
        labelspacing=0.35,
        labelcolor=look.ink,
    )
