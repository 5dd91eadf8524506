"""`authlogs code`: where in the code a review should begin."""

from pathlib import Path
from typing import Final

import click

from authlogs.cli.asking import investigated
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.terminal import show


@click.command("code")
@reads_logs
@click.option(
    "--repo",
    type=click.Path(path_type=Path),
    required=True,
    metavar="PATH",
    help="The git repository that the blamed service is built from.",
)
@click.option(
    "--range",
    "commits",
    metavar="A..B",
    help="Commits to rank; by default those that the suspect change brought.",
)
@click.option("--authors", is_flag=True, help="Show who wrote the commits.")
def code_command(asked: Asked, *, repo: Path, commits: str | None, authors: bool) -> int:
    """Rank the suspect change's commits and files by their words in common with the incident.

    A list to start a review from, never a verdict, and never one on a person.
    """
    from authlogs.analysis.commits.suspects import suspect_code

    reading, found = investigated(asked)
    reading.say_what_was_read()
    for incident in found.incidents:
        show(incident.incident_id)
        ranked = suspect_code(reading.logs, incident, repo=repo, commits=commits, authors=authors)
        show(str(ranked))
    if not found.incidents:
        show("no incident: there is nothing to hold the code against")
    return reading.exit_code


COMMANDS: Final = (code_command,)
