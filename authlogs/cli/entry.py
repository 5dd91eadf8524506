"""`authlogs`: the group of commands, and the door that every run goes through."""

import sys
from collections.abc import Sequence

import click

import authlogs
from authlogs.cli import answers, redacting, sigma_rules, tables, trails
from authlogs.cli.exits import guarded


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(authlogs.__version__, prog_name="authlogs")
def app() -> None:
    r"""Find out what broke the logins, from the logs that are there.

    PATH is a file, a folder or a glob; logs, change records, alerts and a postmortem may be mixed.

    \b
    Exit codes: 0 done, also when no incident was found; 1 trail or rules found nothing,
    verify differs or formats --test fails;
    2 usage; 3 some input could not be read, or nothing could; 70 a fault of ours.
    """


for _command in (
    *answers.COMMANDS,
    *tables.COMMANDS,
    *trails.COMMANDS,
    *redacting.COMMANDS,
    *sigma_rules.COMMANDS,
):
    app.add_command(_command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    words = sys.argv[1:] if args is None else list(args)
    return guarded(
        lambda: app.main(words, prog_name="authlogs", standalone_mode=False, obj=tuple(words))
    )
