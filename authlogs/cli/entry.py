"""`authlogs`: the group of commands, and the door that every run goes through."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

import authlogs
from authlogs.cli import (
    answers,
    assessing,
    code,
    drawing,
    learning,
    reconciling,
    redacting,
    searching,
    sigma_rules,
    tables,
    trails,
)
from authlogs.cli.alerts import alerts_command
from authlogs.cli.ending import leave
from authlogs.cli.exits import guarded
from authlogs.cli.starting import without_pandas


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(authlogs.__version__, prog_name="authlogs")
def app() -> None:
    """Find out what broke the logins, from the logs that are there.

    PATH is a file, a folder or a glob; logs, change records, alerts and a postmortem may be mixed.

    Exit codes: 0 done, also when no incident was found; 1 search, trail or rules found nothing,
    verify differs or formats --test fails; 2 usage; 3 some input could not be read, or nothing
    could; 4 --fail-on was met; 5 --fail-on has too little traffic; 70 a fault of ours.
    """


COMMANDS = (
    *answers.COMMANDS,
    *searching.COMMANDS,
    *trails.COMMANDS,
    alerts_command,
    *assessing.COMMANDS,
    *code.COMMANDS,
    *drawing.COMMANDS,
    *learning.COMMANDS,
    *reconciling.COMMANDS,
    *redacting.COMMANDS,
    *sigma_rules.COMMANDS,
    *tables.COMMANDS,
)
for _command in COMMANDS:
    app.add_command(_command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    if args is None:
        without_pandas()
    words = sys.argv[1:] if args is None else list(args)
    return guarded(
        lambda: app.main(words, prog_name="authlogs", standalone_mode=False, obj=tuple(words))
    )


def run() -> NoReturn:
    """Be the program: run the command line and end with its exit code."""
    leave(main())
