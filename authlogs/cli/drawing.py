"""The commands that draw one figure of an investigation: plot, timeline."""

from pathlib import Path
from typing import Any, Final

import click

from authlogs.cli.asking import investigated
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.terminal import show
from authlogs.plot.style import SIZES

NAMES: Final = (
    "timeline", "suspects", "token-plane", "versions", "segments", "journey", "phases", "coverage",
)  # fmt: skip


OUT: Final = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="The figure: FILE.png, FILE.svg or FILE.pdf.",
)


@click.command("timeline")
@reads_logs
@OUT
def timeline_command(asked: Asked, out: Path) -> int:
    """Draw what happened, on one axis of local time."""
    return _draw("timeline", asked, out)


@click.command("plot")
@click.argument("name", type=click.Choice(NAMES))
@reads_logs
@OUT
@click.option(
    "--style",
    type=click.Choice(tuple(SIZES)),
    default="screen",
    show_default=True,
    help="Size and type for a wide screen, a slide of 16:9, or the text column of an A4 page.",
)
@click.option("--dark", is_flag=True, help="Draw on dark paper.")
@click.option("--strips", metavar="NAMES", help="Of the timeline: lanes,people,stages,issuing.")
def plot_command(
    asked: Asked, *, name: str, out: Path, style: str, dark: bool, strips: str | None
) -> int:
    """Draw one figure: what happened, who is suspected, where people were lost.

    Its words for people who cannot see it are kept inside the file.
    """
    from authlogs.plot.timeline import chosen_strips

    own = {"strips": chosen_strips(strips.split(","))} if strips and name == "timeline" else {}
    return _draw(name, asked, out, style=style, dark=dark, **own)


def _draw(name: str, asked: Asked, out: Path, **how: Any) -> int:
    from authlogs.plot.figures import draw_figure
    from authlogs.plot.saving import check_ending, save_figure

    check_ending(out)
    reading, found = investigated(asked)
    reading.say_what_was_read()
    figure, alt = draw_figure(name, found, **how)
    show(str(save_figure(figure, out, alt=alt)))
    return reading.exit_code


COMMANDS: Final = (plot_command, timeline_command)
