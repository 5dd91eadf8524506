"""The commands around the answers: parse, formats, verify, simulate."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.cli.writing import write_rows
from authlogs.errors import BadCall

if TYPE_CHECKING:
    from authlogs.parse.envelope_file import Envelope
    from authlogs.parse.format import Format


@click.command("parse")
@reads_logs
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="STORE|FILE.parquet",
    help="A folder for all four tables, or one .parquet file for the events alone.",
)
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Write nothing; show for the first records which envelope, format and rule did what.",
)
def parse_command(asked: Asked, out: Path | None, *, explained: bool) -> int:
    """Write what the logs hold as Parquet: events, changes, rejects, sources.

    A store that is there already is appended to; files that it has are not read again.
    """
    if explained:
        from authlogs.cli.explaining import explanations

        for line in explanations(asked):
            show(line)
        return Exit.DONE
    if out is None:
        raise BadCall("there is nowhere to write to", next_step="say --out STORE, or --explain")
    progress("reading …")
    alone = out.suffix == ".parquet"
    reading = read_asked(asked, store=None if alone else out)
    reading.say_what_was_read()
    if alone:
        write_rows(out, reading.logs.events, what="events")
        say("only the events were written; changes, rejects and sources need a folder")
    show(str(out))
    return reading.exit_code


@click.command("formats")
@click.argument("name", required=False)
@click.option("--test", is_flag=True, help="Check that samples give what they want.")
def formats_command(name: str | None, *, test: bool) -> int:
    """List formats and envelopes, one line each; with NAME (or a file of yours), show one of them.

    A file of yours is tested among all formats: --test my.toml, or changes/my.toml for changes.
    """
    from authlogs.parse.envelope_file import load_envelopes
    from authlogs.parse.registry import load_registry

    if name and name.endswith(".toml"):
        return _own_format(Path(name), test=test)
    registry = load_registry()
    around = {one.name: one for one in load_envelopes().all}
    if name in around and not test:
        _line(around[name].format, "envelope")
        _show_samples(around[name])
        return Exit.DONE
    chosen = (registry.named(name),) if name else registry.formats
    if test:
        return _test(chosen)
    for one in chosen:
        _line(one, one.kind)
    if name:
        _describe(chosen[0])
    else:
        for envelope in around.values():
            _line(envelope.format, "envelope")
    return Exit.DONE


def _own_format(path: Path, *, test: bool) -> int:
    """Show or test a format of the user's, among all formats."""
    from authlogs.cli.samples import own_format

    with own_format(path) as (registry, folder):
        one = registry.named(path.stem)
        if test:
            return _test((one,), folder)
        _line(one, one.kind)
        _describe(one)
    return Exit.DONE


def _line(one: "Format", kind: str) -> None:
    show(f"{one.name:<24} {kind:<8} {one.shape:<7} {one.title}")


def _show_samples(envelope: "Envelope") -> None:
    show(f"vendor: {envelope.format.vendor}")
    for sample in envelope.samples:
        show(f"sample: {sample.line.strip()}")
        for inner in sample.gives:
            show(f"  holds: {inner}")


def _describe(one: "Format") -> None:
    show(f"vendor: {one.vendor or 'none'}")
    if one.kind == "events":
        show(f"logs successes: {one.logs_success}")
    show(f"columns: {', '.join(sorted({*one.columns, *one.set}))}")
    for sample in one.samples:
        show(f"sample: {sample.line}")


def _test(chosen: "tuple[Format, ...]", own: Path | None = None) -> int:
    """Run the samples of formats; of one's own (in a folder) the rest of the contract as well."""
    from authlogs.cli.samples import failures, shortcomings

    if own is None:
        failed = [line for one in chosen for line in failures(one)]
    else:
        failed = [line for one in chosen for line in (*failures(one, own), *shortcomings(one))]
    for line in failed:
        show(line)
    samples = sum(len(one.samples) for one in chosen)
    say(f"{samples} samples of {len(chosen)} formats, {len(failed)} failures")
    return Exit.DIFFERS if failed else Exit.DONE


@click.command("verify")
@click.argument("place", type=click.Path(path_type=Path), metavar="REPORT|STORE")
@click.option(
    "--logs",
    "logs_at",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where the logs are now, if they were moved.",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The key that the report was made with, if one was given.",
)
def verify_command(place: Path, logs_at: Path | None, key_file: Path | None) -> int:
    """Tell whether a report, or the logs behind it or behind a store, were altered.

    The logs of a report are read and investigated again, and the first place is named where the
    result is another one.
    """
    from authlogs.cli.checking import check

    differences = list(check(place, logs_at, key_file))
    for line in differences:
        show(line)
    say("it differs" if differences else "nothing was altered")
    return Exit.DIFFERS if differences else Exit.DONE


class _WithKinds(click.Command):
    """Its help lists what can be simulated."""

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the kinds, each with its line."""
        from authlogs.simulation import KINDS

        with formatter.section("Kinds"):
            formatter.write_dl(list(KINDS.items()))


@click.command("simulate", cls=_WithKinds)
@click.argument("kind")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where to write."
)
@click.option("--seed", type=int, help="Another seed gives another incident of the kind.")
@click.option("--lines", type=click.IntRange(min=500), help="At most so many lines of logs.")
def simulate_command(kind: str, out: Path, seed: int | None, lines: int | None) -> int:
    """Write the logs of an incident whose cause is known."""
    from authlogs.simulation.folder import simulate

    simulate(kind, out, seed=seed, lines=lines)
    show(str(out))
    say(f"the truth: {out.with_name(out.name + '.truth.json')}")
    return Exit.DONE


COMMANDS: Final = (parse_command, formats_command, verify_command, simulate_command)
