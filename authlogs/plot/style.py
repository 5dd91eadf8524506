"""How figures look: colours that survive colour blindness and grey print, and the sizes of type.

Colours are those of Okabe and Ito; each comes with a marker, a line style or a hatch of its own.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

Ink = dict[str, Any]
"""Keyword arguments of an artist."""

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"

RULES: Final = {
    "text.parse_math": False,  # a `$` in a log is a dollar
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and copied
    "svg.hashsalt": "authlogs",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": False,
}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one role is drawn in the lanes."""

    colour: str
    marker: str = "o"
    size: float = 5.0
    hollow: bool = False
    bold: bool = False
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colours, and sizes in points."""

    ink: str = "#1A1A1A"
    quiet: str = "#5A5A5A"
    grid: str = "#E4E4E4"
    stripe: str = "#F6F6F6"
    paper: str = "#FFFFFF"
    text_pt: float = 8.0
    head_pt: float = 9.0
    title_pt: float = 13.0
    level_pt: float = 11.5
    row_pt: float = 14.0


PAPER: Final = Look()
ROLES: Final = {
    "incident": Mark(colour="#3A3A3A"),
    "other_incident": Mark(colour="#8C8C8C", text="#5A5A5A"),
    "onset": Mark(colour="#1A1A1A", marker="", bold=True),
    "recovered_new": Mark(colour="#1A1A1A", marker="", bold=True),
    "recovered_all": Mark(colour="#1A1A1A", marker="", bold=True),
    "most_supported": Mark(colour=VERMILLION, marker="*", size=12, bold=True, text="#A84A00"),
    "suspect": Mark(colour=ORANGE, marker="D", size=5.5, text="#7A5400"),
    "ruled_out": Mark(colour="#8C8C8C", marker="o", size=4.5, text="#5A5A5A"),
    "recorded": Mark(colour=BLUE, marker="o"),
    "mitigation": Mark(colour=BLUE, marker="s", text="#004F7C"),
    "mark": Mark(colour=GREEN, marker="D", size=5, text="#005C43"),
    "alert": Mark(colour=PURPLE, marker="^", size=6.5, text="#8A3565"),
    "claim": Mark(colour="#1A1A1A", marker="o", hollow=True),
}


@contextmanager
def ink_rules() -> Iterator[None]:
    """Return the context in which everything is drawn: no setting of the user reaches in or out.

    Characters that the font lacks are drawn as boxes without a warning; the SVG keeps them.
    """
    from matplotlib import style

    with style.context(["default", RULES]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
