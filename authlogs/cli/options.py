"""The options that every command which reads logs shares."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from authlogs.errors import BadCall

Command = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the user asked to be read, and how."""

    paths: tuple[str, ...]
    tz: tuple[str, ...] = ()
    year: int | None = None
    log_format: str | None = None
    since: str | None = None
    until: str | None = None
    strict: bool = False
    key_file: Path | None = None
    identities: bool = False
    engine: str = "duckdb"
    history: str | None = None
    key: bytes | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _key(self.key_file) if self.key_file else None)

    def reading(self) -> dict[str, Any]:
        """Return the keywords of `read`."""
        names = ("year", "log_format", "since", "until", "strict", "key")
        return {name: getattr(self, name) for name in names} | {"tz": self.zones()}

    def zones(self) -> str | dict[str, str] | None:
        """Return `--tz` as `read` takes it: one zone, or zones by glob (`*` for the rest)."""
        pairs = [text.rpartition("=")[::2] for text in self.tz]
        plain = [zone for glob, zone in pairs if not glob]
        by_glob = {glob: zone for glob, zone in pairs if glob}
        if len(plain) > 1:
            raise BadCall(
                f"--tz says both {plain[0]} and {plain[1]}",
                next_step=f"say for which files: --tz 'auth*.log={plain[1]}'",
            )
        if not by_glob:
            return plain[0] if plain else None
        return by_glob | ({"*": plain[0]} if plain else {})

    @property
    def display_zone(self) -> str | None:
        """The zone that people read times in: the one that `--tz` gives for everything."""
        zones = self.zones()
        return zones if isinstance(zones, str) else (zones or {}).get("*")


def _key(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadCall(
            f"the key cannot be read: {error.strerror}",
            where=str(file),
            next_step="make one with: head -c 32 /dev/urandom > team.key",
        ) from error


_OPTIONS = (
    click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
    click.option(
        "--tz",
        multiple=True,
        metavar="ZONE",
        help="Zone of times that name none: America/Bogota, -05:00, or 'auth*.log=ZONE' for some.",
    ),
    click.option("--year", type=click.IntRange(1970, 2200), help="Year of times that name none."),
    click.option("--log-format", metavar="NAME", help="Read every file as this format."),
    click.option("--since", metavar="WHEN", help="Start: 2024-05-03T09:00-05:00, 09:00 or 30m."),
    click.option("--until", metavar="WHEN", help="End, written likewise."),
    click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        show_default=True,
        help="What reads and counts: this process, or Spark (docs/spark.md).",
    ),
    click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read."),
    click.option(
        "--key",
        "key_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Key of fingerprints and pseudonyms, to compare results of several runs.",
    ),
    click.option(
        "--identities",
        is_flag=True,
        help="Show people and addresses as they are; the result says so.",
    ),
)


HISTORY = click.option(
    "--history",
    type=click.Path(exists=True),
    metavar="STORE|PATH",
    help="Healthy days of the same service, read as the logs are: how many would have signed in.",
)


def reads_logs(command: Command) -> Command:
    """Give a command the PATHs and the options for reading them, as one `asked`."""

    def run(**given: Any) -> Any:
        names = Asked.__dataclass_fields__
        asked = Asked(**{name: given.pop(name) for name in list(given) if name in names})
        return command(asked, **given)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__click_params__ = list(getattr(command, "__click_params__", ()))  # type: ignore[attr-defined]
    for option in reversed(_OPTIONS):
        run = option(run)
    return run
