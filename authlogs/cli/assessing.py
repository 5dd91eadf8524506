"""`authlogs impact`: who was hit, who came back, what was lost."""

from dataclasses import replace
from typing import Final

import click

from authlogs.cli.asking import investigated, read_history
from authlogs.cli.options import HISTORY, Asked, reads_logs
from authlogs.cli.terminal import show
from authlogs.errors import BadCall


@click.command("impact")
@reads_logs
@HISTORY
@click.option(
    "--objective",
    type=float,
    default=99.9,
    show_default=True,
    help="Per cent of people who should get through.",
)
@click.option("--days", type=int, default=30, show_default=True, help="Days of the error budget.")
def impact_command(asked: Asked, *, objective: float, days: int) -> int:
    """Tell who was hit, who came back later, what was lost, and the error budget that it took."""
    from authlogs.analysis.assessment import assess_impact

    if not 0 < objective < 100:
        raise BadCall(f"--objective {objective:g} is no per cent", next_step="such as 99.9")
    reading, found = investigated(replace(asked, history=None))
    reading.say_what_was_read()
    told = assess_impact(
        reading.logs,
        found,
        history=read_history(asked),
        objective=objective / 100,
        days=days,
    )
    for one in told:
        show(str(one))
    if not told:
        show("no incident: nobody was kept from signing in")
    return reading.exit_code


COMMANDS: Final = (impact_command,)
