"""The units of evidence: tokens at first presentation, else people per five minutes; never lines.

Retry storms make counts of lines worthless. A unit is one thing that could go well or fail, with
the build of every service that took part in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from authlogs.analysis.likelihood import Floats, Ints
from authlogs.analysis.lineage import FAILED, ORDERED, Tokens, trace_tokens
from authlogs.analysis.result import Incident, Lineage, Signal
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import ATTEMPTS
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql
from authlogs.schema import TOKEN_USES

Bools = NDArray[np.bool_]
Words = NDArray[np.object_]
DIMENSIONS = (
    "client", "browser", "region", "idp", "tenant", "kid", "use_instance", "issue_instance",
    "use_version",
)  # fmt: skip
PEOPLE = f"""
WITH attempts AS (
    SELECT *, unix_micros("time") AS at_us, {PERSON} AS person,
           {whole('unix_micros("time")', "300000000")} AS five
    FROM events
    WHERE {ATTEMPTS} AND service IS NOT DISTINCT FROM $1 AND event_type = $2),
placed AS (
    SELECT *, bool_or({FAILED}) OVER (PARTITION BY person, client, five) AS failed,
           row_number() OVER (PARTITION BY person, client, five ORDER BY {ORDERED}) AS place
    FROM attempts)
SELECT at_us AS used_us, at_us AS issued_us, failed, person, client, browser, region, idp, tenant,
       kid, instance AS use_instance, CAST(NULL AS STRING) AS issue_instance,
       service AS use_service, service_version AS use_version,
       coalesce(trace_id, request_id) AS trace
FROM placed WHERE place = 1
ORDER BY used_us, person NULLS LAST, client NULLS LAST
"""
SERVICES = """
SELECT DISTINCT service, CASE WHEN service IS NULL THEN source_file END AS source_file FROM events
WHERE service IS NOT NULL OR source_file IS NOT NULL
"""
TRACED = """
SELECT units.trace AS key, events.service, max(service_version) AS version,
       min(unix_micros("time")) AS first_us
FROM (SELECT trace FROM units WHERE trace IS NOT NULL
      GROUP BY trace HAVING count(*) <= 50) AS units
JOIN events ON coalesce(events.trace_id, events.request_id) = units.trace
WHERE service IS NOT NULL GROUP BY ALL ORDER BY ALL NULLS LAST
"""


@dataclass(frozen=True, eq=False)
class Units:
    """One entry a unit, ordered by `used_us` (first use, µs since the epoch).

    `issued_us` is when the issuing path ran, NaN where unknown. `builds` holds, by (role, service),
    the version that took part, null where it is not known; the role is `issue` or `use`. `met`
    tells, by service, which units passed through it at all, and `follows` in which share of those
    that went well it spoke later than the unit's own service, where that can be told; `heard` names
    every service of the logs, by its own word or by the name of its file.
    """

    used_us: Floats
    issued_us: Floats
    failed: Bools
    person: Words
    builds: Mapping[tuple[str, str], Words]
    met: Mapping[str, Bools]
    dimensions: Mapping[str, Words]
    follows: Mapping[str, float]
    heard: frozenset[str]
    kind: str
    how: Lineage
    tokens: Tokens | None = field(default=None)

    def __len__(self) -> int:
        return len(self.used_us)


def gather_units(events: Events, incident: Incident) -> Units:
    """Return the units of an incident's signal: tokens where they can be followed, else people."""
    if incident.signal.event_type in TOKEN_USES:
        tokens = trace_tokens(events, incident.signal)
        if tokens is not None:
            return _units(tokens.table, "key", tokens.paths, tokens, services_of(events))
    return _people(events, incident.signal)


def services_of(events: Events) -> frozenset[str]:
    """Return the services that speak in the logs, by their own word or by the name of their file.

    >>> file_stem("eu/token-issuer.log.1.gz")
    'token-issuer'
    """
    rows = run_sql(SERVICES, events=events).to_pylist()
    return frozenset(row["service"] or file_stem(row["source_file"]) for row in rows)


def file_stem(name: str | None) -> str:
    """Return a file's name without folder and endings."""
    return (name or "").rpartition("/")[2].partition(".")[0]


def _people(events: Events, signal: Signal) -> Units:
    params = [signal.service, signal.event_type, signal.reason]
    table = run_sql(PEOPLE, params, events=events)
    paths = run_sql(TRACED, events=events, units=table.select(["trace"]))
    return _units(table, "trace", paths, None, services_of(events))


def _units(
    table: pa.Table, key: str, paths: pa.Table, tokens: Tokens | None, heard: frozenset[str]
) -> Units:
    services, versions = _words(table["use_service"]), _words(table["use_version"])
    builds, met = _paths(table, key, paths, "issue" if tokens else "use")
    follows = {} if tokens else _order(table, key, paths)
    for service in {str(s) for s in services if s is not None}:
        here = services == service
        builds["use", service] = _only(versions, here)
        met[service] = met.get(service, np.zeros(len(table), dtype=bool)) | here
    return Units(
        used_us=table["used_us"].to_numpy().astype(np.float64),
        issued_us=_floats(table["issued_us"]),
        failed=table["failed"].to_numpy().astype(bool),
        person=_words(table["person"]),
        builds=builds,
        met=met,
        follows=follows,
        dimensions={name: _words(table[name]) for name in DIMENSIONS},
        heard=heard,
        kind="token" if tokens else "person",
        how=tokens.how if tokens else Lineage(),
        tokens=replace(tokens, table=tokens.table.select(["key"])) if tokens else None,
    )


def _paths(
    table: pa.Table, key: str, paths: pa.Table, role: str
) -> tuple[dict[tuple[str, str], Words], dict[str, Bools]]:
    """Return, for each service on the paths, the version that each unit met, and whether it did."""
    builds: dict[tuple[str, str], Words] = {}
    met: dict[str, Bools] = {}
    names, service = factors(paths["service"])
    for number, name in enumerate(names.tolist()):
        own = paths.filter(pa.array(service == number))
        row = pc.index_in(table[key], value_set=own.column(0).combine_chunks())
        met[name] = row.is_valid().to_numpy()
        builds[role, name] = _words(own["version"].take(row))
    return builds, met


def _order(table: pa.Table, key: str, paths: pa.Table) -> dict[str, float]:
    """Return, for each service on the paths, how often it speaks after a unit that went well."""
    well = table.filter(pc.invert(table["failed"])).select([key, "used_us"])
    both = paths.join(well, "key", key, join_type="inner")
    later = pc.greater(both["first_us"], both["used_us"]).cast(pa.int64())
    told = both.append_column("later", later).group_by("service").aggregate([("later", "mean")])
    return dict(zip(told["service"].to_pylist(), told["later_mean"].to_pylist(), strict=True))


def factors(words: Any) -> tuple[Words, Ints]:
    """Return the distinct words of a column, and which of them each entry is; -1 for none.

    >>> [part.tolist() for part in factors(["b", None, "b"])]
    [['b'], [0, -1, 0]]
    """
    column = words if isinstance(words, pa.ChunkedArray) else pa.array(words, pa.string())
    coded = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    coded = coded.combine_chunks().dictionary_encode()
    places = pc.fill_null(coded.indices, -1).to_numpy().astype(np.int64)
    return np.array(coded.dictionary.to_pylist(), dtype=object), places


def _only(words: Words, chosen: Bools) -> Words:
    """Return the chosen words, null elsewhere."""
    kept = np.full(len(words), None, dtype=object)
    kept[chosen] = words[chosen]
    return kept


def _words(column: Any) -> Words:
    """Return a column as words; equal ones are one object, for there may be millions."""
    names, places = factors(column)
    none = np.full(1, None, dtype=object)
    return np.concatenate([names, none])[places]


def _floats(column: Any) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
