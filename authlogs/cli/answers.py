"""The commands that answer: investigate, triage, report."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from authlogs.cli.asking import custody_of, investigated, now, shown
from authlogs.cli.gate import gate_code, margins_of, since_of
from authlogs.cli.options import HISTORY, Asked, reads_logs
from authlogs.cli.reading import Reading, read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.cli.writing import check_new, write_text
from authlogs.report.files import FILES, USUAL

if TYPE_CHECKING:
    from authlogs.analysis.result import Investigation
    from authlogs.report.custody import Custody

TEMPLATE: Final = "postmortem.md"
OUT: Final = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the report into DIR."
)
OUT_NEEDED: Final = click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where to write."
)
OBTAINED: Final = click.option(
    "--obtained",
    multiple=True,
    metavar="WORDS",
    help="How the sources came here, for the manifest; 'gateway*=WORDS' for some of them.",
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
@HISTORY
@click.option(
    "--margin",
    type=float,
    metavar="POINTS",
    help="Further failures in 100 that --fail-on lets pass: 2 unless said.",
)
@click.option("--alpha", type=float, help="How often --fail-on may be wrong: 0.05 unless said.")
@OBTAINED
@FORCE
def investigate_command(
    asked: Asked,
    *,
    out: Path | None,
    as_json: bool,
    fail_on: str | None,
    margin: float | None,
    alpha: float | None,
    obtained: tuple[str, ...],
    force: bool,
) -> int:
    """Say what broke the logins, when, for whom, and which change is most supported."""
    started, margins = now(), margins_of(fail_on, margin, alpha)
    if out:
        _check_place(out, USUAL, force=force)
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
        custody = custody_of(asked, reading, obtained, started)
        seal = _write(reading, found, out, USUAL, custody, force=force)
        (say if as_json else show)(seal)
    if whole is None or since is None:
        return reading.exit_code
    return gate_code(whole, since, found.display_zone, say if as_json else show, margins)


@click.command("triage")
@reads_logs
def triage_command(asked: Asked) -> int:
    """Give a first answer in six lines, for the first minutes of an incident."""
    from authlogs.analysis.first_look import look_at

    progress("reading …")
    reading = read_asked(replace(asked, since=None))
    reading.say_what_was_read()
    logs = shown(reading, asked)
    zone = asked.display_zone or "UTC"
    for line in look_at(logs, display_zone=zone, since=asked.since).lines:
        show(line)
    return reading.exit_code


@click.command("report")
@reads_logs
@OUT_NEEDED
@HISTORY
@click.option(
    "--format",
    "formats",
    default=",".join(USUAL),
    show_default=True,
    help=f"Which files to write: {', '.join(FILES)}.",
)
@click.option(
    "--template",
    is_flag=True,
    help=f"Write {TEMPLATE} beside it: a postmortem, its measured parts filled in.",
)
@OBTAINED
@FORCE
def report_command(
    asked: Asked,
    *,
    out: Path,
    formats: str,
    template: bool,
    obtained: tuple[str, ...],
    force: bool,
) -> int:
    """Write the report: page, text, figures, tables, result and manifest."""
    started = now()
    wanted = tuple(name.strip() for name in formats.split(","))
    _check_place(out, wanted, force=force)
    if template:
        check_new(out / TEMPLATE)
    reading, found = investigated(asked)
    reading.say_what_was_read()
    custody = custody_of(asked, reading, obtained, started)
    show(_write(reading, found, out, wanted, custody, force=force))
    if template:
        from authlogs.report.postmortem import postmortem_template

        write_text(out / TEMPLATE, postmortem_template(found), what="postmortem", new=True)
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


def _check_place(out: Path, formats: tuple[str, ...], *, force: bool) -> None:
    """Refuse before the work what would be refused after it."""
    from authlogs.report.folder import check_place

    check_place(out, formats, force=force)


def _write(
    reading: Reading,
    found: "Investigation",
    out: Path,
    formats: tuple[str, ...],
    custody: "Custody",
    *,
    force: bool,
) -> str:
    """Write the report, and return the hash of its manifest as `sha256sum` prints it."""
    from authlogs.report.folder import write_report
    from authlogs.report.manifest import sha256_of

    progress("writing …")
    *_, manifest = write_report(
        found,
        out,
        logs=reading.logs,
        formats=formats,
        force=force,
        identities=bool(custody.asked["identities"]),
        custody=custody,
    )
    say(f"report: {out}")
    return f"{sha256_of(manifest)}  {manifest}"


COMMANDS: Final = (investigate_command, triage_command, report_command)
