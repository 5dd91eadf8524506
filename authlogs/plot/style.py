"""How figures look: colours that survive colour blindness and grey print, and the sizes of type.

Colours are those of Okabe and Ito (2008); each comes with a marker, a line style or a hatch of its
own. On dark paper they are lightened until text reads.
"""

import dataclasses
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from authlogs.errors import BadCall

Ink = dict[str, Any]
"""Keyword arguments of an artist."""
Style = Literal["screen", "slide", "paper"]
"""Where a figure goes: a wide screen or page, a slide of 16:9, the text column of an A4 page."""

RULES: Final = {
    "text.parse_math": False,  # a `$` in a log is a dollar
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and copied
    "svg.hashsalt": "authlogs",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
    "text.hinting": "none",  # letters as wide as they were measured, at any resolution
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": False,
}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one role is drawn: `colour` and `text` name colours of the look, `size` is in points."""

    colour: str
    marker: str = "o"
    size: float = 5.0
    hollow: bool = False
    bold: bool = False
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fill:
    """An area: its face, the hatch that tells it apart without colour, and the hatch's colour."""

    face: str
    hatch: str
    lines: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colours, and sizes in points; the figure's own size in inches."""

    ink: str = "#1A1A1A"
    quiet: str = "#5A5A5A"
    deep: str = "#3A3A3A"
    grey: str = "#8C8C8C"
    hatched: str = "#B5B5B5"
    grid: str = "#E4E4E4"
    stripe: str = "#F6F6F6"
    paper: str = "#FFFFFF"
    shadow: str = "#000000"
    orange: str = "#E69F00"
    sky: str = "#56B4E9"
    green: str = "#009E73"
    blue: str = "#0072B2"
    vermillion: str = "#D55E00"
    purple: str = "#CC79A7"
    orange_text: str = "#7A5400"
    green_text: str = "#005C43"
    blue_text: str = "#004F7C"
    vermillion_text: str = "#A84A00"
    purple_text: str = "#8A3565"
    blamed: Fill = Fill(face="#D55E00", hatch="////", lines="#FFFFFF")
    otherwise: tuple[Fill, ...] = (
        Fill(face="#CFE8F8", hatch="", lines="#56B4E9"),
        Fill(face="#A9DCCB", hatch="||", lines="#006B4E"),
        Fill(face="#F7F1A6", hatch="xx", lines="#8A8000"),
        Fill(face="#EBCADD", hatch="--", lines="#8A3565"),
        Fill(face="#8FBBD6", hatch="\\\\", lines="#004F7C"),
        Fill(face="#D9D9D9", hatch="++", lines="#5A5A5A"),
    )
    """The blamed is dark, all others are light."""
    size_in: tuple[float, float] = (12.0, 9.0)
    text_pt: float = 8.0
    head_pt: float = 9.0
    title_pt: float = 13.0
    level_pt: float = 11.5
    row_pt: float = 14.0
    strips: tuple[str, ...] = ("lanes", "people", "stages", "issuing")
    """The strips of the timeline that there is room for."""

    @property
    def scale(self) -> float:
        """How much larger everything is than on a screen."""
        return self.text_pt / 8.0

    @cached_property
    def marks(self) -> dict[str, Mark]:
        """Every role's mark, with this look's colours and sizes."""
        return {role: self._own(mark) for role, mark in ROLES.items()}

    def mark(self, role: str) -> Mark:
        """Return how a role is drawn."""
        return self.marks[role]

    def _own(self, mark: Mark) -> Mark:
        return dataclasses.replace(
            mark,
            colour=getattr(self, mark.colour),
            text=getattr(self, mark.text) if mark.text else None,
            size=mark.size * self.scale,
        )


ROLES: Final = {
    "incident": Mark(colour="deep"),
    "other_incident": Mark(colour="grey", text="quiet"),
    "onset": Mark(colour="ink", marker="", bold=True),
    "recovered_new": Mark(colour="ink", marker="", bold=True),
    "recovered_all": Mark(colour="ink", marker="", bold=True),
    "most_supported": Mark(
        colour="vermillion", marker="*", size=12, bold=True, text="vermillion_text"
    ),
    "suspect": Mark(colour="orange", marker="D", size=5.5, text="orange_text"),
    "ruled_out": Mark(colour="grey", marker="o", size=4.5, text="quiet"),
    "recorded": Mark(colour="blue", marker="o"),
    "mitigation": Mark(colour="blue", marker="s", text="blue_text"),
    "mark": Mark(colour="green", marker="D", size=5, text="green_text"),
    "alert": Mark(colour="purple", marker="^", size=6.5, text="purple_text"),
    "claim": Mark(colour="ink", marker="o", hollow=True),
    "theory": Mark(colour="sky", marker="h", text="blue_text"),
    "for": Mark(colour="green", marker="^", text="green_text"),
    "against": Mark(colour="vermillion", marker="v", text="vermillion_text"),
    "unknown": Mark(colour="quiet", marker="o", hollow=True, text="quiet"),
}
LIGHT: Final = Look()
DARK: Final = Look(
    ink="#E8EAED",
    quiet="#A3ABB6",
    deep="#C3C9D1",
    grey="#8C939C",
    hatched="#565E69",
    grid="#2A3038",
    stripe="#22272E",
    paper="#14171B",
    shadow="#FFFFFF",
    green="#1FB58A",
    blue="#4AA8DE",
    vermillion="#E8762C",
    orange_text="#E6B450",
    green_text="#45C69B",
    blue_text="#7CC0EE",
    vermillion_text="#F29A5C",
    purple_text="#E3A3C6",
    blamed=Fill(face="#E8762C", hatch="////", lines="#14171B"),
    otherwise=(
        Fill(face="#1B3A4F", hatch="", lines="#4AA8DE"),
        Fill(face="#17443A", hatch="||", lines="#45C69B"),
        Fill(face="#423F16", hatch="xx", lines="#C9BD3A"),
        Fill(face="#4A2A3F", hatch="--", lines="#E3A3C6"),
        Fill(face="#24506E", hatch="\\\\", lines="#7CC0EE"),
        Fill(face="#383E46", hatch="++", lines="#A3ABB6"),
    ),
)
SIZES: Final[dict[str, Ink]] = {
    "screen": {},
    "slide": {
        "size_in": (13.333, 7.5), "text_pt": 9.5, "head_pt": 10.5, "title_pt": 16.0,
        "level_pt": 13.0, "row_pt": 15.5, "strips": ("lanes", "people", "stages"),
    },
    "paper": {
        "size_in": (6.3, 7.6), "text_pt": 6.5, "head_pt": 7.0, "title_pt": 9.5,
        "level_pt": 9.5, "row_pt": 11.5,
    },
}  # fmt: skip


def look_of(style: str = "screen", *, dark: bool = False) -> Look:
    """Return the look of a style: `screen`, `slide` or `paper`, on white or on dark paper.

    Raises BadCall for any other style.

    >>> look_of("slide").size_in
    (13.333, 7.5)
    """
    if style not in SIZES:
        raise BadCall(f"no style is called {style!r}", next_step=f"choose from {', '.join(SIZES)}")
    return dataclasses.replace(DARK if dark else LIGHT, **SIZES[style])


@contextmanager
def ink_rules() -> Iterator[None]:
    """Return the context in which everything is drawn: no setting of the user reaches in or out.

    Characters that the font lacks are drawn as boxes without a warning; the SVG keeps them.
    """
    from matplotlib import style

    with style.context(["default", RULES]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
