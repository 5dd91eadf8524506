"""`rules`: Sigma rules over logs, and when each fired."""

import json
from pathlib import Path
from typing import Final

import click

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import read_asked
from authlogs.cli.terminal import progress, say, show


@click.command("rules")
@reads_logs
@click.option(
    "--rules",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your own rules: a YAML file or a folder of them, in place of those that ship.",
)
@click.option("--json", "as_json", is_flag=True, help="Print rows as JSON lines.")
def rules_command(asked: Asked, *, files: tuple[Path, ...], as_json: bool) -> int:
    """Run Sigma rules (docs/sigma.md) over the logs and say when each fired; 1 when none did."""
    from authlogs.analysis.result import plain
    from authlogs.pseudonyms import pseudonymise
    from authlogs.query.sigma import run_rules
    from authlogs.query.sigma_rules import load_rules
    from authlogs.window import parse_zone, show_time

    rules = load_rules(files) if files else None
    progress("reading …")
    reading = read_asked(asked)
    reading.say_what_was_read()
    logs = reading.logs if asked.identities else pseudonymise(reading.logs, key=asked.key)
    fired = run_rules(logs, rules)
    zone = parse_zone(asked.display_zone or "UTC")
    for row in fired.to_pylist():
        if as_json:
            show(json.dumps(plain(row), ensure_ascii=False))
            continue
        told = f"{show_time(row['time'], zone, dated=True)}  {row['level']:<8} {row['rule']:<28}"
        show(f"{told} {row['count']:>6}  {row['group']}".rstrip())
    say(f"firings: {len(fired):,}, rules that fired: {len(set(fired['rule'].to_pylist()))}")
    return reading.exit_code if len(fired) else Exit.DIFFERS


COMMANDS: Final = (rules_command,)
