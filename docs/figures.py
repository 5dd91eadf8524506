"""Draw the contact sheet: every figure, light and dark, with 1, 10 and 60 changes.

`python docs/figures.py` (or `make figures`) writes one sheet a figure into docs/figures, and the
words of each into docs/figures/README.md. The incident is made by hand, as in tests/plot.
"""

import io
import sys
from pathlib import Path

from PIL import Image

from authlogs.analysis.result import Investigation
from authlogs.plot.figures import FIGURES, draw_figure
from authlogs.plot.style import ink_rules

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "figures"
COUNTS = (1, 10, 60)
DPI, GAP, COLOURS = 90, 12, 256
"""Dots an inch, pixels between pictures, and colours of a sheet, to keep it small."""


def picture(name: str, investigation: Investigation, *, dark: bool) -> Image.Image:
    """One figure."""
    figure, _ = draw_figure(name, investigation, dark=dark)
    data = io.BytesIO()
    with ink_rules():
        figure.savefig(data, dpi=DPI)
    return Image.open(data).convert("RGB")


def sheet(name: str, cases: list[Investigation]) -> Image.Image:
    """A figure's sheet: a column a case, light above dark."""
    rows = [[picture(name, case, dark=dark) for case in cases] for dark in (False, True)]
    heights = [max(one.height for one in row) for row in rows]
    width = rows[0][0].width
    size = (len(cases) * (width + GAP) + GAP, sum(heights) + (len(rows) + 1) * GAP)
    made = Image.new("RGB", size, "#8C8C8C")
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, one in enumerate(row):
            made.paste(one, (GAP + column * (width + GAP), top))
        top += height + GAP
    return made.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def main() -> None:
    """Write every sheet, and the page that shows them."""
    sys.path.insert(0, str(ROOT / "tests" / "plot"))
    import staged

    OUT.mkdir(parents=True, exist_ok=True)
    cases = [staged.complete(count) for count in COUNTS]
    head = f"Each figure with {', '.join(map(str, COUNTS))} changes, light above dark."
    page = ["# Figures", "", f"{head} Made by `make figures`; the incident is made by hand."]
    for name in FIGURES:
        sheet(name, cases).save(OUT / f"{name}.png", optimize=True)
        alt = FIGURES[name].data(cases[0]).alt
        page += ["", f"## {name}", "", f"![{name}]({name}.png)", "", alt]
    (OUT / "README.md").write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
