"""`trail` and `journeys`: one way through all services, and where sign-ins are lost."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import read_asked
from authlogs.cli.terminal import progress, say, show

if TYPE_CHECKING:
    from datetime import tzinfo

    import pyarrow as pa

    from authlogs.query.trails import Trail

LOST: Final = """
SELECT outcome, lost_at, reason, count(*) AS journeys, count(DISTINCT person) AS people
FROM told GROUP BY ALL ORDER BY journeys DESC, outcome, lost_at, reason
"""
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print rows as JSON lines.")


@click.command("trail")
@reads_logs
@click.option("--user", metavar="NAME", help="Follow a person: a login, an address, an id.")
@click.option("--token", metavar="TOKEN", help="Follow a token: raw (- asks for it), fingerprint.")
@click.option("--session", metavar="ID", help="Follow a session: raw (- asks for it), fingerprint.")
@click.option("--ip", metavar="ADDRESS", help="Follow an address.")
@click.option("--request", metavar="ID", help="Follow a request or trace.")
@AS_JSON
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw it as well: FILE.png, FILE.svg or FILE.pdf.",
)
def trail_command(asked: Asked, *, as_json: bool, out: Path | None, **sought: str | None) -> int:
    """Follow one person, token, session, address or request through all services, in order."""
    from authlogs.pseudonyms import naming_key
    from authlogs.query.trails import trail
    from authlogs.window import parse_zone

    followed = {kind: _typed(kind, value) for kind, value in sought.items()}
    progress("reading …")
    reading = read_asked(asked)
    reading.say_what_was_read()
    found = trail(reading.logs, **followed)  # type: ignore[arg-type]
    if not asked.identities:
        found = _pseudonymous(found, naming_key(reading.logs, asked.key))
    zone = parse_zone(asked.display_zone or "UTC")
    for row in found.to_arrow().to_pylist():
        show(_json(row) if as_json else _line(row, zone))
    say(repr(found))
    if not len(found):
        return Exit.DIFFERS
    if out is not None:
        from authlogs.plot.timeline import save_figure
        from authlogs.plot.trail_figure import trail_figure

        figure = trail_figure(found, display_zone=asked.display_zone or "UTC")
        say(f"figure: {save_figure(figure, out, alt=repr(found))}")
    return reading.exit_code


def _typed(kind: str, value: str | None) -> str | None:
    """A secret may be typed unseen instead of standing in the shell's history."""
    if value == "-" and kind in ("token", "session"):
        return str(click.prompt(kind, hide_input=True, err=True))
    return value


def _pseudonymous(found: "Trail", key: bytes) -> "Trail":
    """The trail with the pseudonyms that every other result has."""
    import pyarrow as pa

    from authlogs.pseudonyms import address_names, masked_by, person_names

    person, address = person_names(key), address_names(key)
    rename = {"user": person, "ip": address}

    def named(kind: str, value: str) -> str:
        return rename[kind](value) if kind in rename else value

    kind, _, value = found.asked.partition(" ")
    told = found.identifiers
    values = [named(row["kind"], row["value"]) for row in told.to_pylist()]
    return replace(
        found,
        asked=f"{kind} {named(kind, value)}",
        events=masked_by(found.events, key=key),
        changes=masked_by(found.changes, key=key),
        identifiers=told.set_column(1, "value", pa.array(values, pa.string())),
    )


def _line(row: dict[str, Any], zone: "tzinfo") -> str:
    """One aligned line; a change stands out by its sign."""
    from authlogs.window import show_time

    sign = "*" if row["what"] == "change" else " "
    told = [show_time(row["time"], zone, dated=True), sign, f"{row['service'] or '-':<16}"]
    told += [f"{row['kind'] or '-':<16}", f"{row['outcome'] or '-':<9}", row["reason"] or "-"]
    more = [row[name] for name in ("version", "user", "source_ip", "detail") if row[name]]
    return "  ".join([*told, *more])


@click.command("journeys")
@reads_logs
@AS_JSON
def journeys_command(asked: Asked, *, as_json: bool) -> int:
    """Count sign-ins by outcome and the stage at which they were lost; with --json, show each."""
    from authlogs.engine.queries import run_sql
    from authlogs.pseudonyms import naming_key
    from authlogs.query.login_journeys import journeys

    progress("reading …")
    reading = read_asked(asked)
    reading.say_what_was_read()
    told = journeys(reading.logs)
    if as_json:
        told = told if asked.identities else _unnamed(told, naming_key(reading.logs, asked.key))
        for row in told.to_pylist():
            show(_json(row))
        return reading.exit_code
    show(f"{'journeys':>9} {'people':>8}  {'outcome':<10} {'lost at':<10} reason")
    for row in run_sql(LOST, told=told).to_pylist():
        words = f"{row['outcome']:<10} {row['lost_at'] or '-':<10} {row['reason'] or '-'}"
        show(f"{row['journeys']:>9,} {row['people']:>8,}  {words}")
    return reading.exit_code


def _unnamed(told: "pa.Table", key: bytes) -> "pa.Table":
    """Journeys with pseudonyms for their people."""
    import pyarrow as pa

    from authlogs.pseudonyms import person_names

    person = person_names(key)
    names = pa.array([person(name) for name in told["person"].to_pylist()], pa.string())
    return told.set_column(0, "person", names)


def _json(row: dict[str, Any]) -> str:
    from authlogs.analysis.result import plain

    return json.dumps(plain(row), ensure_ascii=False)


COMMANDS: Final = (trail_command, journeys_command)
