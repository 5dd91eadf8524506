"""`redact`: logs, stores and reports as they may be handed on, and the end of a key."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import is_store, read_asked
from authlogs.cli.terminal import progress, say, show
from authlogs.errors import BadCall

if TYPE_CHECKING:
    from authlogs.logs import Logs


@click.command("redact")
@reads_logs
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the store, or of a report the report, that can be handed on is written.",
)
@click.option(
    "--expire",
    is_flag=True,
    help="Destroy the key (STORE.key, or that of --key). STORE itself still names people.",
)
def redact_command(asked: Asked, *, out: Path | None, expire: bool) -> int:
    """Write logs, a store or a report with pseudonyms for people and addresses, without the key.

    Secrets never get so far. The key is that of --key or of the store, so that pseudonyms are those
    of its reports; without either a new one is made and forgotten. Whoever gets the store sees its
    pseudonyms with --identities; without, they are masked once more.
    """
    if out is None and not expire:
        raise BadCall("there is nowhere to write to", next_step="say --out DIR, or --expire")
    if asked.identities:
        raise BadCall(
            "--identities would show what redact hides", next_step="leave one of them out"
        )
    keys = _keys(asked) if expire else []
    code = Exit.DONE if out is None else _write(asked, out)
    for path in keys:
        _destroy(path)
    if keys and out is None:
        say("note: what was made with it still names people; hand on what redact --out DIR writes")
    return code


def _write(asked: Asked, out: Path) -> Exit:
    report = Path(asked.paths[0])
    if (report / "manifest.json").is_file() and not is_store(report):
        return _write_report(asked, out)
    from authlogs.pseudonyms import pseudonymise

    progress("reading …")
    reading = read_asked(asked)
    reading.say_what_was_read()
    _unpathed(pseudonymise(reading.logs, key=asked.key)).save(out)
    show(str(out))
    return reading.exit_code


def _write_report(asked: Asked, out: Path) -> Exit:
    from authlogs.report.redacted import redact_report
    from authlogs.secrets import new_key

    if len(asked.paths) > 1:
        raise BadCall("a report is redacted alone", next_step="name one report at a time")
    redact_report(Path(asked.paths[0]), out, key=asked.key or new_key())
    show(str(out))
    return Exit.DONE


def _unpathed(logs: "Logs") -> "Logs":
    """Logs whose sources do not tell where on this machine they lay."""
    from dataclasses import replace

    at = logs.sources.schema.get_field_index("path")
    names = logs.sources["source_file"]
    return replace(logs, sources=logs.sources.set_column(at, logs.sources.schema.field(at), names))


def _keys(asked: Asked) -> list[Path]:
    """The files of keys that are to be destroyed; raises BadCall where there is none."""
    from authlogs.logs.store import key_path

    if asked.key_file is not None:
        return [asked.key_file]
    stores = [Path(path) for path in asked.paths if is_store(Path(path))]
    keys = [path for store in stores if (path := key_path(store)).is_file()]
    if not keys:
        raise BadCall(
            "no key is known that could be destroyed",
            where=asked.paths[0],
            next_step="name the store whose key it is, or the file with --key",
        )
    return keys


def _destroy(path: Path) -> None:
    from authlogs.logs.store import destroy_key

    destroy_key(path)
    say(f"destroyed: {path}; copies of it (backups) must be destroyed where they are")


COMMANDS: Final = (redact_command,)
