"""`trail`: one person's, token's, session's or request's way through all services, in order."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql
from authlogs.engine.spark_table import SparkTable
from authlogs.errors import BadCall
from authlogs.logs import Logs, load
from authlogs.query.linking import (
    STEPS,
    Linked,
    bearing,
    identifiers,
    link,
    unseen,
    without,
)
from authlogs.schema import CHANGES
from authlogs.secrets import Fingerprints, jwt_claims

if TYPE_CHECKING:
    import pandas as pd

REACH_S: Final = 600.0
SHOWN: Final = 200
CLOSENESS: Final = ("request", "token", "session", "user")
_FINGERPRINT: Final = re.compile("[0-9a-f]{32}")
_SCHEME: Final = re.compile(r"(?i)(?:bearer|dpop|token|jwt)[\s:]+")
IN_ORDER: Final = tuple((name, "ascending") for name in ("time", "source_file", "byte_offset"))
MEANWHILE: Final = """
SELECT * FROM changes WHERE "time" <= $2 AND coalesce(end_time, "time") >= $1
ORDER BY "time", change_id NULLS LAST
"""
ROWS: Final = """
SELECT "time", 'event' AS what, service, event_type AS kind, outcome, reason,
       coalesce(nullif(concat_ws(' ', http_method, http_path), ''), message) AS detail, "user",
       source_ip, service_version AS version, link, source_file, line_no
FROM events UNION ALL
SELECT "time", 'change', service, change_type, status, NULL, description, actor, NULL, version,
       NULL, source_file, line_no
FROM changes ORDER BY "time", what, source_file NULLS LAST, line_no NULLS LAST
"""


@dataclass(frozen=True, eq=False, kw_only=True)
class Trail:
    """One way through all services, in order of time.

    `events`: the events of the way, with `link`: what ties each to it (asked, request, token,
    session, user). `changes`: those under way meanwhile, or shortly before or after.
    `identifiers`: kind and value of all that were found to belong together; tokens and sessions
    are fingerprints. `asked` says in words what was asked for, never a token itself.
    """

    asked: str
    events: pa.Table
    changes: pa.Table
    identifiers: pa.Table

    @property
    def services(self) -> tuple[str, ...]:
        """The services on the way, in the order in which they were reached."""
        return tuple(dict.fromkeys(s for s in self.events["service"].to_pylist() if s))

    def to_arrow(self) -> pa.Table:
        """Return events and changes as one table in order of time.

        Columns: time (UTC), what (event or change), service, kind, outcome, reason, detail, user,
        source_ip, version, link, source_file, line_no.
        """
        return run_sql(ROWS, events=self.events, changes=self.changes)

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table of `to_arrow` as a data frame."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def __len__(self) -> int:
        return int(self.events.num_rows)

    def __repr__(self) -> str:
        way = " → ".join(self.services) or "nothing was found"
        return f"Trail({self.asked}: {len(self)} events, {len(self.changes)} changes; {way})"

    def _repr_html_(self) -> str:
        names = ("time", "service", "kind", "outcome", "reason", "detail", "user", "link")
        rows = self.to_arrow().select(names).slice(0, SHOWN).to_pylist()
        head = "".join(f"<th>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row.values()) + "</tr>"
            for row in rows
        )
        more = len(self) + len(self.changes) - len(rows)
        rest = f"<p>and {more} more rows</p>" if more > 0 else ""
        return f"<p>{escape(repr(self))}</p><table><tr>{head}</tr>{body}</table>{rest}"


def trail(
    logs: Any,
    *,
    user: str | None = None,
    token: str | None = None,
    session: str | None = None,
    ip: str | None = None,
    request: str | None = None,
    reach_s: float = REACH_S,
) -> Trail:
    """Follow one person, token, session, address or request through all services, in order.

    Give exactly one. Identifiers on one event are linked: a request leads to its token, that to
    its session, those to the person. A person's trail is all that person did; the trail of a token,
    session or request has, of what is tied to it by the person alone, only the events within
    `reach_s` seconds of it. From an address requests, tokens and sessions are followed, no person.

    `token` and `session` may be raw values, which are fingerprinted with the key of the logs and
    stand nowhere in the result, fingerprints, or a token's id (`jti`). `logs` are Logs, a store's
    path, or a table of events (without changes and key). Raises BadCall where nothing or two
    things are asked for, where a raw value has no key, and for events without the columns needed.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> way = al.trail(logs, request="no such request")
    >>> len(way), way.services
    (0, ())
    """
    asked = {"user": user, "token": token, "session": session, "ip": ip, "request": request}
    kind, value = _one(asked)
    held = load(logs) if isinstance(logs, str) or hasattr(logs, "__fspath__") else logs
    events = as_events(held)
    _check(events)
    told = held.changes if isinstance(held, Logs) else CHANGES.empty_table()
    values = _values(kind, value, held.key if isinstance(held, Logs) else b"")
    sought = identifiers(kind, values)
    linked = link(events, sought)
    found = _tied(events, linked, sought, reach_s)
    shown = f"{values[0][:12]}…" if kind in ("token", "session") else value
    return Trail(
        asked=f"{kind} {shown}",
        events=found,
        changes=_meanwhile(told, found, reach_s),
        identifiers=linked.known.sort_by([("kind", "ascending"), ("value", "ascending")]),
    )


def _one(asked: dict[str, str | None]) -> tuple[str, str]:
    given = [(kind, value) for kind, value in asked.items() if value]
    if len(given) != 1:
        raise BadCall(
            f"a trail follows one thing, and {len(given)} were given",
            where="trail",
            next_step=f"give one of {', '.join(asked)}",
        )
    return given[0]


def _check(events: Events) -> None:
    names = events.schema.names if not isinstance(events, SparkTable) else STEPS
    if missing := sorted({*STEPS} - {*names}):
        raise BadCall(
            f"the events lack {', '.join(missing)}",
            where="trail",
            next_step="read the logs without columns=[…]",
        )


def _values(kind: str, value: str, key: bytes) -> list[str]:
    """What to look for: of a secret its fingerprint, never itself; of a JWT its id as well."""
    if kind not in ("token", "session"):
        return [value]
    raw = _SCHEME.sub("", value.strip(), count=1)
    claims = jwt_claims([raw])[0] if kind == "token" else {}
    sought = [raw] if _FINGERPRINT.fullmatch(raw) or (kind == "token" and len(raw) <= 64) else []
    if key:
        sought = [Fingerprints(key).one(raw), *sought]
    elif not _FINGERPRINT.fullmatch(raw):
        raise BadCall(
            f"these logs have no key, so a {kind} cannot be recognised in them",
            where="trail",
            next_step=f"give its fingerprint ({kind}_hash), or the logs with their key",
        )
    jti = claims.get("jti")
    return [*sought, jti] if isinstance(jti, str) else sought


def _tied(events: Events, linked: Linked, asked: pa.Table, reach_s: float) -> pa.Table:
    """All events of the trail, each with what ties it."""
    found = _with_links(linked.events, linked, asked)
    names = linked.of("user")
    if asked["kind"][0].as_py() not in ("user", "ip") and len(found) and len(names):
        seen, near = without(linked.known, names), '"time" BETWEEN $1 AND $2'
        more = unseen(events, names, seen, near, _span(found, reach_s))
        found = _with_links(pa.concat_tables([found.drop("link"), more]), linked, asked)
    return found.sort_by(list(IN_ORDER))


def _with_links(met: pa.Table, linked: Linked, asked: pa.Table) -> pa.Table:
    """The events that something ties to the trail, with the closest of what does."""
    tables = {"asked": asked} | {kind: linked.of(kind) for kind in CLOSENESS}
    link = pa.nulls(len(met), pa.string())
    for word, known in reversed(tables.items()):
        link = pc.if_else(bearing(met, known), word, link)
    return met.append_column("link", link).filter(pc.is_valid(link))


def _span(events: pa.Table, reach_s: float) -> tuple[datetime, datetime]:
    ends, reach = pc.min_max(events["time"]).as_py(), timedelta(seconds=reach_s)
    return ends["min"] - reach, ends["max"] + reach


def _meanwhile(changes: pa.Table, events: pa.Table, reach_s: float) -> pa.Table:
    """The changes that were under way from `reach_s` before the first event to after the last."""
    if not len(events) or not len(changes):
        return run_sql("SELECT * FROM changes LIMIT 0", changes=changes)
    return run_sql(MEANWHILE, list(_span(events, reach_s)), changes=changes)


def _cell(value: object) -> str:
    return "" if value is None else escape(str(value))
