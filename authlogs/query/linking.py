"""Which events belong together: a request's token, a token's session, a session's person.

An event that carries two identifiers links them. Links are followed round by round: one SQL query
over all events finds those that carry a new identifier, and small ones find what these lead to.
What many people share (the process of a server, a session named `null`) links nobody, and from an
event that names somebody else nothing is followed.
"""

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql
from authlogs.query.statements import Statement

COLUMNS: Final = {
    "user": ("user", "user_id", "sub"),
    "token": ("token_hash", "jti"),
    "session": ("session_hash",),
    "request": ("request_id", "trace_id", "attempt_id"),
    "ip": ("source_ip",),
}
"""Kinds of identifiers, and the columns that hold each; one value may stand in any of them."""
STEPS: Final = (
    "time", "service", "instance", "service_version", "event_type", "outcome", "reason",
    "http_method", "http_path", "http_status", "user", "user_id", "sub", "source_ip", "client",
    "client_id", "token_type", "token_hash", "session_hash", "jti", "kid", "request_id",
    "trace_id", "attempt_id", "message", "source_file", "line_no", "byte_offset",
)  # fmt: skip
"""The columns of `events` that a trail has."""
MOST_SHARING: Final = 5
"""Names that may share an identifier (a login, its address, its number) before it is nobody's."""
ROUNDS: Final = 6
KNOWN: Final = pa.schema([("kind", pa.string()), ("value", pa.string())])
_NONE: Final = KNOWN.empty_table()


def carries(kind: str, table: str = "known") -> str:
    """Return the SQL for whether an event carries an identifier of a kind in a table of them."""
    among = f"(SELECT value FROM {table} WHERE kind = '{kind}')"
    told = " OR ".join(f'"{name}" IN {among}' for name in COLUMNS[kind])
    return f"coalesce({told}, false)"


_STEPS: Final = ", ".join(f'"{name}"' for name in STEPS)
_LONG: Final = " UNION ALL ".join(
    f"SELECT place, who, ours, '{kind}' AS kind, \"{name}\" AS value FROM met "
    f'WHERE "{name}" IS NOT NULL'
    for kind, names in COLUMNS.items()
    for name in names
)
FEW: Final = 50
"""Values that are written into a query, so that a store's filters rule out what lacks them."""
LINKS: Final = f"""
WITH met AS (
    SELECT *, row_number() OVER (ORDER BY "time") AS place, who IS NULL OR {carries("user")} AS ours
    FROM (SELECT *, coalesce("user", user_id, sub) AS who FROM rows_met)),
long AS ({_LONG}),
shared AS (
    SELECT kind, value FROM long WHERE kind <> 'user'
    GROUP BY kind, value HAVING count(DISTINCT who) > {MOST_SHARING}),
linked AS (
    SELECT DISTINCT long.place FROM long JOIN fresh USING (kind, value)
    LEFT JOIN shared USING (kind, value) WHERE $2 OR shared.value IS NULL)
SELECT DISTINCT long.kind, long.value, shared.value IS NOT NULL AS shared
FROM long JOIN linked USING (place) LEFT JOIN shared USING (kind, value)
WHERE (long.ours OR $1) AND long.kind <> 'ip' ORDER BY kind, value
"""


@dataclass(frozen=True, eq=False)
class Linked:
    """What was found: a table of identifiers (kind, value), and one of the events met on the way.

    Some of these carry but identifiers that turned out to be nobody's.
    """

    known: pa.Table
    events: pa.Table

    def values(self, kind: str) -> list[str]:
        """Return the identifiers of one kind, in alphabetical order."""
        return sorted(self.of(kind)["value"].to_pylist())

    def of(self, kind: str) -> pa.Table:
        """Return the table of the identifiers of one kind."""
        return _kind(self.known, kind)


def identifiers(kind: str, values: list[str]) -> pa.Table:
    """Return a table of identifiers of one kind."""
    return pa.table({"kind": [kind] * len(values), "value": values}, KNOWN)


def link(events: Events, asked: pa.Table) -> Linked:
    """Follow the links from the identifiers asked for (all of one kind) to all that belong to them.

    A person's names are searched for where a person was asked for; else they are only noted, from
    the first round that has some. From an address nobody's name is taken: many people share it.
    """
    kind = asked["kind"][0].as_py()
    nameless = kind not in ("user", "ip")
    known, fresh, seen, refused = asked, asked, _NONE, _NONE
    met: list[pa.Table] = []
    while len(fresh) and len(met) < ROUNDS:
        met.append(unseen(events, fresh, seen))
        seen = pa.concat_tables([seen, fresh])
        tables = {"rows_met": pa.concat_tables(met), "fresh": fresh, "known": known}
        told = run_sql(LINKS, [nameless or kind == "ip", len(met) == 1], **tables)
        refused = pa.concat_tables([refused, without(_of(told, shared=True), asked)])
        new = without(_of(told, shared=False), known, refused)
        names, fresh = _kind(new, "user"), _kind(new, "user", other=True)
        known = pa.concat_tables([without(known, refused), fresh])
        if 0 < len(names) <= MOST_SHARING and (kind == "user" or nameless):
            known, nameless = pa.concat_tables([known, names]), False
            fresh = new if kind == "user" else fresh
    return Linked(known, pa.concat_tables(met))


def unseen(
    events: Events, fresh: pa.Table, seen: pa.Table, when: str = "true", params: Any = ()
) -> pa.Table:
    """Return the steps of events that carry a fresh identifier and none that was searched for.

    Each column is a scan of its own: an OR over columns, or a join, could not be asked of a store's
    pages and filters, and took two to three times as long. Who is found by two is kept once.
    """
    statement = Statement([*params])
    scans: list[str] = []
    carried: list[tuple[str, pa.ChunkedArray]] = []
    for kind in fresh["kind"].unique().to_pylist():
        values = _kind(fresh, kind)["value"]
        among = f"SELECT value FROM fresh WHERE kind = '{kind}'"
        if len(values) <= FEW:
            among = ", ".join(map(statement.put, values.to_pylist()))
        for name in COLUMNS[kind]:
            scans.append(
                f'SELECT {_STEPS}, {len(scans)} AS scan FROM events WHERE "time" IS NOT NULL '
                f'AND {when} AND "{name}" IN ({among})'
            )
            carried.append((name, values))
    found = run_sql(" UNION ALL ".join(scans), statement.params, events=events, fresh=fresh)
    first = pa.nulls(len(found), pa.int64())
    for scan, (name, values) in reversed(tuple(enumerate(carried))):
        first = pc.if_else(pc.is_in(found[name], values), scan, first)
    found = found.filter(pc.equal(found["scan"], first)).drop("scan")
    return found.filter(pc.invert(bearing(found, seen)))


def bearing(steps: pa.Table, known: pa.Table) -> pa.ChunkedArray:
    """Tell which steps carry one of some identifiers."""
    told = pa.chunked_array([pa.repeat(pa.scalar(False), len(steps))])
    for kind in known["kind"].unique().to_pylist():
        values = _kind(known, kind)["value"]
        for name in COLUMNS[kind]:
            told = pc.or_(told, pc.is_in(steps[name], values))
    return told


def without(table: pa.Table, *others: pa.Table) -> pa.Table:
    """Return the identifiers that stand in none of the others."""
    for other in others:
        table = table.join(other, ["kind", "value"], join_type="left anti")
    return table.select(["kind", "value"]).cast(KNOWN)


def _of(told: pa.Table, *, shared: bool) -> pa.Table:
    return told.filter(pc.equal(told["shared"], shared)).select(["kind", "value"]).cast(KNOWN)


def _kind(table: pa.Table, kind: str, *, other: bool = False) -> pa.Table:
    mask = pc.equal(table["kind"], kind)
    return table.filter(pc.invert(mask) if other else mask)
