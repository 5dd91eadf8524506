"""`search`: rows that a query asks for, as lines, JSON, CSV or Parquet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from authlogs.cli.exits import Exit
from authlogs.cli.options import Asked, reads_logs
from authlogs.cli.reading import Reading, read_asked
from authlogs.cli.search_notes import on_nothing, on_pseudonyms
from authlogs.cli.terminal import progress, say, show
from authlogs.cli.writing import write_rows
from authlogs.errors import BadCall

if TYPE_CHECKING:
    import pyarrow as pa

    from authlogs.logs import Logs
    from authlogs.query.conditions import Condition

SHOWN: Final = (
    "time", "service", "event_type", "outcome", "reason", "user", "source_ip", "message",
)  # fmt: skip
PLACED: Final = ("source_file", "line_no", "byte_offset", "byte_length")
NAMED: Final = (
    "user", "user_id", "sub", "source_ip", "source_ip_key", "source_ip_chain", "message",
)  # fmt: skip
"""Columns that pseudonyms need, also those in texts."""


@dataclass(frozen=True)
class Wanted:
    """How the rows are to be given."""

    fields: tuple[str, ...] | None
    limit: int | None
    order: str
    form: str
    context: int | None
    parquet: Path | None

    @property
    def whole(self) -> bool:
        """Whether rows are for a program, which gets every column unless told otherwise."""
        return self.form in ("json", "csv", "parquet") and self.fields is None


def _form(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
        click.option("--csv", "as_csv", is_flag=True, help="CSV with a header."),
        click.option(
            "--parquet",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Write the rows to FILE.",
        ),
        click.option("--count", is_flag=True, help="Print how many rows there are, and no row."),
        click.option(
            "--fields", metavar="NAMES", help="Columns, such as time,user,service.version."
        ),
        click.option("--limit", type=click.IntRange(min=0), help="At most so many rows."),
        click.option(
            "--order",
            default="time",
            show_default=True,
            help="Column to sort by; -time gives the last first.",
        ),
        click.option(
            "--context",
            type=click.IntRange(min=0),
            metavar="N",
            help="Show the original lines, and N before and after; needs --identities.",
        ),
        click.option(
            "--follow-file", is_flag=True, help="Go on with what is written to the files."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("search")
@click.argument("query", metavar="QUERY")
@reads_logs
@_form
def search_command(asked: Asked, *, query: str, follow_file: bool, **given: Any) -> int:
    """Print the events that fit QUERY: Lucene's words over the columns (docs/search.md).

    \b
      authlogs search 'outcome:failure AND service:gateway' logs/ --since 09:30 --tz -05:00
      authlogs search 'user.name:ana* AND NOT reason:*' store --json | jq .time
      authlogs search '"connection reset"' logs/ --context 3 --identities

    A line has the time, service, event_type, outcome, reason, user, source_ip and message; - is no
    value. `authlogs parse PATH --out STORE` makes a store, which is searched much faster.
    """  # noqa: D301 (click wants the sign itself)
    wanted = _wanted(given, asked)
    if follow_file:
        from authlogs.cli.following import follow

        return follow(asked, query, wanted)
    progress("reading …")
    reading = read_asked(replace(asked, since=None, until=None))
    held, asked_for = placed(reading.logs, query, asked)
    if wanted.form == "count":
        from authlogs.query.searching import count_rows

        found = count_rows(held, asked_for)
        show(str(found))
    else:
        found = give(rows_of(held, asked_for, wanted), reading.logs, asked, wanted)
    _say(reading, asked, wanted, found)
    if not found:
        for line in on_nothing(held, query, asked_for):
            say(line)
    return Exit.FOUND_NOTHING if not found and not reading.unread else reading.exit_code


def _wanted(given: dict[str, Any], asked: Asked) -> Wanted:
    forms = {"json": given["as_json"], "csv": given["as_csv"], "count": given["count"]}
    chosen = [name for name, on in forms.items() if on] + (["parquet"] if given["parquet"] else [])
    if len(chosen) > 1:
        raise BadCall(f"--{chosen[0]} and --{chosen[1]} are two forms", next_step="choose one")
    form = chosen[0] if chosen else "lines"
    if given["context"] is not None:
        if form != "lines":
            raise BadCall(f"--context shows lines of the logs, and --{form} rows")
        if not asked.identities:
            raise BadCall(
                "the lines around an event name people and addresses as they are",
                where="--context",
                next_step="add --identities if you may see them",
            )
        form = "context"
    named = given["fields"]
    fields = tuple(name.strip() for name in named.split(",") if name.strip()) if named else None
    return Wanted(fields, given["limit"], given["order"], form, given["context"], given["parquet"])


def placed(logs: "Logs", query: str, asked: Asked) -> "tuple[Any, Condition]":
    """The events, and what is asked of them: the query between --since and --until."""
    from authlogs.query.conditions import All
    from authlogs.query.fields import Fields
    from authlogs.query.lucene import parse_query
    from authlogs.query.moments import Clock, since_until
    from authlogs.window import parse_zone

    zone = parse_zone(asked.display_zone) if asked.display_zone else None
    clock = Clock(logs.dataset, zone)
    parts = since_until(asked.since, asked.until, clock)
    return logs.dataset, All((*parts, parse_query(query, Fields.of(logs.dataset), clock)))


def rows_of(held: Any, asked_for: "Condition", wanted: Wanted) -> "pa.Table":
    """The rows, with the columns that are shown and those that pseudonyms and places need."""
    from authlogs.query.fields import Fields
    from authlogs.query.searching import select

    fields = Fields.of(held)
    shown = _columns(fields, wanted)
    named = [name for name in (*NAMED, *PLACED) if name in fields.columns]
    if wanted.form == "lines" and wanted.fields is None:
        named += ["reason_text", "http_method", "http_path"]
    columns = list(dict.fromkeys([*shown, *named]))
    return select(held, asked_for, columns, order=wanted.order, limit=wanted.limit)


def _columns(fields: Any, wanted: Wanted) -> list[str]:
    if wanted.whole:
        return list(fields.columns)
    names: list[str] = fields.names_of(wanted.fields or SHOWN)
    return names


def give(rows: "pa.Table", logs: "Logs", asked: Asked, wanted: Wanted) -> int:
    """Print or write rows in the form that was asked for, and return how many there were."""
    from authlogs.cli import rows as forms
    from authlogs.query.fields import Fields

    if wanted.context is not None:
        from authlogs.cli.context import show_context

        show_context(rows, logs, wanted.context)
        return int(rows.num_rows)
    rows = rows if asked.identities else _masked(rows, logs, asked)
    columns = _columns(Fields.of(rows), wanted)
    if wanted.form == "parquet":
        assert wanted.parquet is not None
        write_rows(wanted.parquet, rows.select(columns), what="rows")
    elif wanted.form == "json":
        forms.show_json(rows.select(columns))
    elif wanted.form == "csv":
        forms.show_csv(rows.select(columns))
    else:
        forms.show_lines(rows, columns, asked.display_zone, by_default=wanted.fields is None)
    return int(rows.num_rows)


def _masked(rows: "pa.Table", logs: "Logs", asked: Asked) -> "pa.Table":
    """The rows with pseudonyms, as every result shows people and addresses."""
    import pyarrow.dataset as ds

    from authlogs.pseudonyms import pseudonymise

    found = replace(logs, dataset=ds.dataset(rows))
    return pseudonymise(found, key=asked.key).dataset.to_table()


def _say(reading: Reading, asked: Asked, wanted: Wanted, found: int) -> None:
    """What was read and found, beside the rows."""
    reading.say_what_was_read(gaps=False)
    cut = " (--limit)" if wanted.limit is not None and found == wanted.limit else ""
    if wanted.form != "count":
        say(f"found {found:,}{cut}")
    if found and not asked.identities and wanted.form != "count":
        say(on_pseudonyms(reading.logs, asked))


COMMANDS: Final = (search_command,)
