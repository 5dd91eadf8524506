"""What a caller asks of a read, checked before anything is read, and what must not be missing."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from authlogs.errors import AuthlogsError, BadCall, NothingToRead, ZoneNeeded
from authlogs.logs.record import Logs
from authlogs.parse.reader import Settings
from authlogs.parse.reading import Tables
from authlogs.parse.registry import Registry, load_registry
from authlogs.schema import EVENTS
from authlogs.secrets import Fingerprints
from authlogs.sources.find import Findings, Paths, find, given_paths
from authlogs.sources.places import without_secrets
from authlogs.window import parse_moment, parse_zone, stands_alone

Moment = datetime | str | None
Zones = str | Mapping[str, str] | None
Folders = str | Path | Iterable[str | Path]
OnZoneNeeded = Literal["raise", "skip"]

_SHOWN: Final = 12


@dataclass(frozen=True)
class Asked:
    """The files, and what is wanted of them. `zone` is the one that speaks for all files."""

    findings: Findings
    registry: Registry
    zone: tzinfo | None
    span: tuple[datetime | None, datetime | None]
    columns: frozenset[str] | None
    strict: bool
    zones_needed: bool

    @classmethod
    def of(
        cls,
        paths: Paths,
        *,
        tz: Zones,
        span: tuple[Moment, Moment],
        formats: Folders,
        strict: bool,
        on_zone_needed: OnZoneNeeded,
        columns: Iterable[str] | None = None,
    ) -> Self:
        """Check the options of a read and find its files; raises what `read` raises for them."""
        zone = _zones(tz)
        findings = find(paths)
        if not findings.files:
            raise NothingToRead(
                "there is no file in it" + _hint(findings.warnings),
                where=", ".join(map(without_secrets, given_paths(paths))),
                next_step="name a file, or a folder that holds logs",
            )
        folders = [formats] if isinstance(formats, (str, Path)) else formats
        return cls(
            findings,
            load_registry(*map(Path, folders)),
            zone,
            span=(_moment(span[0], zone), _moment(span[1], zone)),
            columns=None if columns is None else _known_columns(columns),
            strict=strict,
            zones_needed=on_zone_needed == "raise",
        )

    def settings(self, key: bytes) -> Settings:
        """What every file is read with."""
        return Settings(self.registry, Fingerprints(key), *self.span, self.columns)

    def check(self, tables: Tables) -> None:
        """Raise for what must not be missing in what was read."""
        if self.zones_needed and (tables.needs_zone or tables.needs_year):
            raise _zone_needed(tables)
        if self.strict and tables.first_reject is not None:
            raise _strictly(tables.first_reject)

    def warnings(self, tables: Tables) -> tuple[str, ...]:
        """What was left out on purpose, and what is worth knowing of how files were read."""
        return (*self.findings.warnings, *tables.notes)

    def logs(self, tables: Tables, key: bytes, *, events: Any = None) -> Logs:
        """What was read as Logs; raises where no line was. `events` are held elsewhere if given."""
        sources = tables.source_table()
        _something_was_read(sources)
        return Logs(
            dataset=ds.dataset(tables.table("events")) if events is None else events,
            changes=tables.table("changes"),
            rejects=tables.table("rejects"),
            sources=sources,
            warnings=self.warnings(tables),
            key=key,
        )


def is_relative(told: Moment) -> bool:
    """Whether only the data can place a moment: `30m`, or a bare time of day."""
    return isinstance(told, str) and not stands_alone(told)


def check_full(*moments: Moment, where: str) -> None:
    """Raise BadCall for moments that only the data can place."""
    for told in moments:
        if is_relative(told):
            raise BadCall(
                f"{told!r} can only be placed once everything is read",
                where=f"since or until, {where}",
                next_step="give a date and a zone: 2024-05-03T09:41-05:00",
            )


def _known_columns(columns: Iterable[str]) -> frozenset[str]:
    asked = frozenset([columns] if isinstance(columns, str) else columns)
    if unknown := sorted(asked - set(EVENTS.names)):
        near = difflib.get_close_matches(unknown[0], EVENTS.names, n=3)
        raise BadCall(
            f"no such column: {', '.join(unknown)}",
            next_step=f"did you mean {', '.join(near)}?" if near else "see authlogs.schema",
        )
    return asked


def _zones(tz: Zones) -> tzinfo | None:
    """Check every zone before anything is read; the one that speaks for all, if there is one."""
    if isinstance(tz, Mapping):
        zones = {glob: parse_zone(name) for glob, name in tz.items()}
        return zones.get("*")
    return None if tz is None else parse_zone(tz)


def _moment(told: Moment, zone: tzinfo | None) -> datetime | None:
    """A moment that can be known before the data is."""
    if told is None or (isinstance(told, str) and not stands_alone(told)):
        return None
    if isinstance(told, str):
        return parse_moment(told, zone=zone)
    if told.tzinfo is None:
        raise BadCall(
            f"{told.isoformat()} has no zone",
            where="since or until",
            next_step="give an aware datetime, or text with an offset",
        )
    return told.astimezone(UTC)


def _hint(warnings: tuple[str, ...]) -> str:
    return f" ({warnings[0]})" if warnings else ""


def _zone_needed(tables: Tables) -> ZoneNeeded:
    parts, steps = [], []
    if tables.needs_zone:
        parts.append(f"times without a zone in {_listed(tables.needs_zone)}")
        steps.append('tz="America/Bogota" or tz="-05:00" (--tz)')
    if tables.needs_year:
        parts.append(f"times without a year in {_listed(tables.needs_year)}")
        steps.append("year=2024 (--year)")
    return ZoneNeeded("; ".join(parts), next_step="say which: " + " and ".join(steps))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _something_was_read(sources: pa.Table) -> None:
    if pc.sum(sources["lines"]).as_py():
        return
    rows: list[dict[str, Any]] = sources.select(["source_file", "error"]).to_pylist()
    told = [f"{row['source_file']}: {row['error'] or 'empty'}" for row in rows[:_SHOWN]]
    raise NothingToRead(
        "no line could be read\n  " + "\n  ".join(told),
        next_step="name a text log, plain, compressed or in an archive",
    )


def _strictly(reject: Mapping[str, Any]) -> AuthlogsError:
    return AuthlogsError(
        f"a record could not be read, for {reject['reason']}: {reject['first_bytes']}",
        where=f"{reject['source_file']}:{reject['line_no']}",
        next_step="read without strict=True to count such records as rejects",
    )
