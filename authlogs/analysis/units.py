"""The units of evidence: tokens at first presentation, else people per five minutes; never lines.

Retry storms make counts of lines worthless. A unit is one thing that could go well or fail, with
the build of every service that took part in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from authlogs.analysis.likelihood import Floats
from authlogs.analysis.lineage import Tokens, trace_tokens
from authlogs.analysis.result import Incident, Lineage, Signal
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import ATTEMPTS
from authlogs.engine.base import Events
from authlogs.engine.duckdb_engine import run_sql

Bools = NDArray[np.bool_]
Words = NDArray[np.object_]
TOKEN_USES = ("token_validate", "token_introspect", "session_check")
DIMENSIONS = ("client", "browser", "region", "idp", "use_instance", "issue_instance", "use_version")
PEOPLE = f"""
SELECT min(epoch_us("time")) AS used_us, min(epoch_us("time")) AS issued_us,
       bool_or(outcome = 'failure' AND coalesce(reason, 'unspecified') = $3) AS failed,
       {PERSON} AS person, min_by(client, "time") AS client, min_by(browser, "time") AS browser,
       min_by(region, "time") AS region, min_by(idp, "time") AS idp,
       min_by(instance, "time") AS use_instance, NULL AS issue_instance,
       min_by(service, "time") AS use_service, min_by(service_version, "time") AS use_version,
       min_by(coalesce(trace_id, request_id), "time") AS trace
FROM events WHERE {ATTEMPTS} AND service IS NOT DISTINCT FROM $1 AND event_type = $2
GROUP BY {PERSON}, client, epoch_us("time") // 300000000 ORDER BY used_us, person
"""
TRACED = """
SELECT units.trace AS key, events.service, max_by(service_version, "time") AS version
FROM (SELECT DISTINCT trace FROM units WHERE trace IS NOT NULL) AS units
JOIN events ON coalesce(events.trace_id, events.request_id) = units.trace
WHERE service_version IS NOT NULL AND service IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, eq=False)
class Units:
    """One entry a unit, ordered by `used_us` (first use, µs since the epoch).

    `issued_us` is when the issuing path ran, NaN where unknown. `builds` holds, by (role, service),
    the version that took part, null where it is not known; the role is `issue` or `use`.
    """

    used_us: Floats
    issued_us: Floats
    failed: Bools
    person: Words
    builds: Mapping[tuple[str, str], Words]
    dimensions: Mapping[str, Words]
    kind: str
    how: Lineage
    tokens: Tokens | None = field(default=None)

    def __len__(self) -> int:
        return len(self.used_us)


def gather_units(events: Events, incident: Incident) -> Units:
    """Return the units of an incident's signal: tokens where they can be followed, else people."""
    if incident.signal.event_type in TOKEN_USES:
        tokens = trace_tokens(events)
        if tokens is not None:
            builds = _builds(tokens.table, "key", tokens.paths, "issue")
            return _units(tokens.table, builds, "token", tokens.how, tokens)
    return _people(events, incident.signal)


def _people(events: Events, signal: Signal) -> Units:
    table = run_sql(PEOPLE, [signal.service, signal.event_type, signal.reason], events=events)
    paths = run_sql(TRACED, events=events, units=table.select(["trace"]))
    return _units(table, _builds(table, "trace", paths, "use"), "person", Lineage(), None)


def _units(
    table: pa.Table,
    builds: dict[tuple[str, str], Words],
    kind: str,
    how: Lineage,
    tokens: Tokens | None,
) -> Units:
    services, versions = _words(table["use_service"]), _words(table["use_version"])
    for service in {str(s) for s in services if s is not None}:
        builds["use", service] = _only(versions, services == service)
    return Units(
        used_us=table["used_us"].to_numpy().astype(np.float64),
        issued_us=_floats(table["issued_us"]),
        failed=table["failed"].to_numpy().astype(bool),
        person=_words(table["person"]),
        builds=builds,
        dimensions={name: _words(table[name]) for name in DIMENSIONS},
        kind=kind,
        how=how,
        tokens=tokens,
    )


def _builds(table: pa.Table, key: str, paths: pa.Table, role: str) -> dict[tuple[str, str], Words]:
    """Return, for each service on the paths, the version that each unit met."""
    keys = table[key].to_pylist()
    met: dict[str, dict[str, str]] = {}
    for name, service, version in zip(*(c.to_pylist() for c in paths.columns), strict=True):
        met.setdefault(service, {})[name] = version
    return {
        (role, service): np.array([versions.get(name) for name in keys], dtype=object)
        for service, versions in met.items()
    }


def _only(words: Words, chosen: Bools) -> Words:
    """Return the chosen words, null elsewhere."""
    kept = np.full(len(words), None, dtype=object)
    kept[chosen] = words[chosen]
    return kept


def _words(column: Any) -> Words:
    return np.array(column.to_pylist(), dtype=object)


def _floats(column: Any) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
