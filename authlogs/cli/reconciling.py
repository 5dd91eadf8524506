"""`authlogs reconcile`: a timeline that people wrote, held against the logs."""

from pathlib import Path
from typing import Final

import click

from authlogs.cli.asking import investigated
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.terminal import say, show
from authlogs.cli.writing import write_text


@click.command("reconcile")
@click.argument("postmortem", type=click.Path(path_type=Path))
@reads_logs
@click.option("--day", metavar="DATE", help="Day of times that name none: 2024-05-03.")
@click.option(
    "--postmortem-tz",
    metavar="ZONE",
    help="Zone of the postmortem's times, where it names none; --tz speaks for it otherwise.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.md",
    help="Write the corrected timeline as Markdown.",
)
def reconcile_command(
    asked: Asked, *, postmortem: Path, day: str | None, postmortem_tz: str | None, out: Path | None
) -> int:
    """Hold each time and figure of a written timeline against the logs, and correct it.

    POSTMORTEM is Markdown, plain text, HTML or a Slack export.
    """
    from authlogs.analysis.reconciliation.checking import reconcile

    reading, found = investigated(asked)
    reading.say_what_was_read()
    checked = reconcile(postmortem, found, tz=postmortem_tz or asked.display_zone, day=day)
    show(str(checked))
    if reading.exit_code:
        say("note: some logs were not read (above): what they hold may change these verdicts")
        say("  next: read them too; --tz ZONE where times name no zone")
    if out is not None:
        from authlogs.report.corrected import corrected_markdown

        write_text(out, corrected_markdown(checked), what="corrected timeline")
        say(f"corrected timeline: {out}")
    return reading.exit_code


COMMANDS: Final = (reconcile_command,)
