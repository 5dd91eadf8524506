"""The commands that answer: investigate, triage, timeline, report."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from authlogs.cli.gate import gate_code, since_of
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import Reading, read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.errors import BadCall, Unwritable

if TYPE_CHECKING:
    from datetime import datetime

    from authlogs.analysis.result import Investigation
    from authlogs.logs import Logs

FORMATS: Final = ("html", "md", "json")
OUT: Final = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the report into DIR."
)
OUT_NEEDED: Final = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where to write."
)
FORCE: Final = click.option("--force", is_flag=True, help="Replace a report that is there.")


@click.command("investigate")
@reads_logs
@OUT
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.option(
    "--fail-on",
    type=click.Choice(["suspect"]),
    help="Exit 4 if a rollout since --since is suspect, 5 if it is too early to tell.",
)
@FORCE
def investigate_command(
    asked: Asked, *, out: Path | None, as_json: bool, fail_on: str | None, force: bool
) -> int:
    """Say what broke the logins, when, for whom, and which change is most supported."""
    if out:
        _check_place(out, FORMATS, force=force)
    # A gate compares with what was before the rollout, so that all of it is read.
    whole = read_asked(replace(asked, since=None)) if fail_on else None
    since = since_of(whole, asked) if whole else None
    reading, found = investigated(asked, whole, since)
    if as_json:
        reading.say_what_was_read()
        show(found.to_json())
    else:
        from authlogs.report.summary import summary

        show(summary(found))
        _show_rollbacks(reading, found)
        reading.say_what_was_missed()
    if out:
        _write(found, out, FORMATS, force=force)
    if whole is None or since is None:
        return reading.exit_code
    return gate_code(whole, since, found.display_zone, say if as_json else show)


@click.command("triage")
@reads_logs
def triage_command(asked: Asked) -> int:
    """Give a first answer in six lines, for the first minutes of an incident."""
    from authlogs.analysis.first_look import look_at

    progress("reading …")
    reading = read_asked(replace(asked, since=None))
    reading.say_what_was_read()
    logs = _shown(reading, asked)
    zone = asked.display_zone or "UTC"
    for line in look_at(logs, display_zone=zone, since=asked.since).lines:
        show(line)
    return reading.exit_code


@click.command("timeline")
@reads_logs
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="The figure: FILE.png, FILE.svg or FILE.pdf.",
)
def timeline_command(asked: Asked, out: Path) -> int:
    """Draw what happened, on one axis of local time."""
    from authlogs.plot.figures import draw_figure
    from authlogs.plot.saving import check_ending, save_figure

    check_ending(out)
    reading, found = investigated(asked)
    reading.say_what_was_read()
    figure, alt = draw_figure("timeline", found)
    show(str(save_figure(figure, out, alt=alt)))
    return reading.exit_code


@click.command("report")
@reads_logs
@OUT_NEEDED
@click.option(
    "--format",
    "formats",
    default=",".join(FORMATS),
    show_default=True,
    help="Which files to write.",
)
@FORCE
def report_command(asked: Asked, *, out: Path, formats: str, force: bool) -> int:
    """Write the report: page, text, figures, result and manifest."""
    wanted = tuple(formats.split(","))
    _check_place(out, wanted, force=force)
    reading, found = investigated(asked)
    reading.say_what_was_read()
    _write(found, out, wanted, force=force)
    return reading.exit_code


def _show_rollbacks(reading: Reading, found: "Investigation") -> None:
    """Print what each rollback of an incident did."""
    from authlogs.analysis.rollback.proof import prove_rollbacks
    from authlogs.analysis.rollback.words import proof_lines

    proofs = prove_rollbacks(reading.logs, found)
    if proofs:
        show("\nRollbacks")
    for proof in proofs:
        for line in proof_lines(proof, found.display_zone):
            show(f"  {line}")


def investigated(
    asked: Asked, whole: Reading | None = None, since: "datetime | None" = None
) -> tuple[Reading, "Investigation"]:
    """Read (or cut from what was read), hide who is who unless asked not to, and investigate."""
    from authlogs.analysis.investigation import investigate
    from authlogs.logs.span import keep_span

    progress("reading …")
    if whole is None:
        reading = read_asked(asked)
    else:
        reading = replace(whole, logs=keep_span(whole.logs, since=since, until=None))
    progress("investigating …")
    found = investigate(_shown(reading, asked), display_zone=asked.display_zone)
    told = (*found.warnings, *(f"not read: {line}" for line in reading.missing))
    if asked.identities:
        told = (*told, "people and addresses are shown as they are (--identities)")
    return reading, replace(found, warnings=told)


def _shown(reading: Reading, asked: Asked) -> "Logs":
    """The logs as results may show them: with pseudonyms, unless identities were asked for."""
    from authlogs.pseudonyms import pseudonymise, without_typed

    if asked.identities:
        return without_typed(reading.logs)
    return pseudonymise(reading.logs, key=asked.key)


def _check_place(out: Path, formats: tuple[str, ...], *, force: bool) -> None:
    """Refuse before the work what would be refused after it."""
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise BadCall(
            f"no report format {', '.join(unknown)}", next_step=f"choose from {', '.join(FORMATS)}"
        )
    if not force and (out / "manifest.json").exists():
        raise Unwritable(
            "a report is there already", where=str(out), next_step="use --force or another folder"
        )


def _write(found: "Investigation", out: Path, formats: tuple[str, ...], *, force: bool) -> None:
    from authlogs.report.folder import write_report

    write_report(found, out, formats=formats, force=force, command=_command())
    say(f"report: {out}")


def _command() -> str:
    """The command as it was typed, for the manifest, without the secrets of addresses."""
    from authlogs.sources.places import without_secrets

    words = click.get_current_context().find_root().obj
    return shlex.join(["authlogs", *map(without_secrets, words)])


COMMANDS: Final = (investigate_command, triage_command, timeline_command, report_command)
