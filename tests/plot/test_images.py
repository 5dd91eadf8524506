"""A few figures, compared with pictures of them, by one matplotlib: another draws a little else.

Where a figure was changed on purpose: look at it, then `python tests/plot/test_images.py`.
"""

from pathlib import Path

import matplotlib as mpl
import pytest
import staged
from matplotlib.testing.compare import compare_images

from authlogs.plot.figures import draw_figure
from authlogs.plot.style import ink_rules

PINNED = "3.11"
PICTURES = Path(__file__).parent / "pictures"
CASES = (("phases", "screen", False), ("versions", "paper", True), ("suspects", "paper", False))


def draw(folder, name, style, dark):
    """Write a figure at 80 dots an inch."""
    figure, _ = draw_figure(name, staged.complete(4), style=style, dark=dark)
    path = folder / f"{name}.png"
    with ink_rules():
        figure.savefig(path, dpi=80)
    return path


@pytest.mark.skipif(
    not mpl.__version__.startswith(PINNED),
    reason=f"the pictures were drawn by matplotlib {PINNED}, this is {mpl.__version__}",
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_figures_look_as_they_did(case, tmp_path):
    drawn = draw(tmp_path, *case)
    assert compare_images(str(PICTURES / drawn.name), str(drawn), tol=2.0) is None


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for one in CASES:
        draw(PICTURES, *one)
