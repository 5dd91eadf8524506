"""Which build each host ran around a rollback, and when the traffic had left the one taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from authlogs.analysis.exposure import bare
from authlogs.analysis.lineage import ISSUES
from authlogs.analysis.rollups import whole
from authlogs.analysis.series import MICROS, micros, moment
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql

BIN_S = 60
BEFORE_S = 900
SLACK_S = 60
"""A host that is this much later than the recorded end is late."""
MOST_TRAFFIC = 0.99
BUILDS = f"""
SELECT {whole('(unix_micros("time") - $1)', str(BIN_S * MICROS))} AS bin,
       coalesce(instance, '') AS instance, service_version AS version,
       count(*) AS events, count(*) FILTER (WHERE {ISSUES}) AS tokens,
       min(unix_micros("time")) AS first_us, max(unix_micros("time")) AS last_us
FROM events
WHERE "time" IS NOT NULL AND service = $2 AND service_version IS NOT NULL
  AND unix_micros("time") >= $3 AND unix_micros("time") < $4
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, kw_only=True)
class HostReturn:
    """One host: its last record under the build taken back, its first under another one after it.

    `late_s`: seconds that it ran that build after the rollback's end; 0 where it was in time.
    `stuck`: nothing else was seen of it until the end of what was looked at.
    """

    instance: str
    left: datetime
    back: datetime | None
    late_s: float
    stuck: bool


@dataclass(frozen=True, eq=False)
class Traffic:
    """Records of a service by minute, host and build, around the command of a rollback.

    `rows`: bin (minutes from the command, negative before), instance, version, events, tokens,
    first_us, last_us. `gone`: the build that is taken back, null where the logs do not tell.
    """

    service: str | None
    command_us: int
    end_us: int
    rows: pa.Table
    gone: str | None

    def table(self) -> pa.Table:
        """Return `rows` with the time of each minute in place of its number."""
        starts = self.command_us + self.rows["bin"].to_numpy() * BIN_S * MICROS
        times = pa.array(starts, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
        return pa.table(
            {"time": times}
            | {name: self.rows[name] for name in ("instance", "version", "events", "tokens")}
        )


def traffic_around(events: Events, row: Mapping[str, Any], *, until: datetime) -> Traffic:
    """Return the traffic of the service of a rollback, and which build was taken back.

    The record's `previous_version` decides; else what most of the traffic ran under in the quarter
    of an hour before.
    """
    command, end = micros(row["time"]), micros(row["end_time"] or row["time"])
    start = command - BEFORE_S * MICROS
    rows = run_sql(BUILDS, [command, row["service"], start, micros(until) + 1], events=events)
    seen: dict[str, int] = {}
    for version, number, count in zip(
        *(rows[name].to_pylist() for name in ("version", "bin", "events")), strict=True
    ):
        seen[version] = seen.get(version, 0) + (count if number < 0 else 0)
    return Traffic(row["service"], command, end, rows, _taken_back(row, seen))


def _taken_back(row: Mapping[str, Any], before: Mapping[str, int]) -> str | None:
    named = {bare(version): version for version in before}
    if row["previous_version"] and bare(row["previous_version"]) in named:
        return named[bare(row["previous_version"])]
    others = [v for v in before if bare(v) != bare(row["version"] or "") and before[v]]
    return max(sorted(others), key=lambda v: before[v], default=None)


def hosts_of(traffic: Traffic, *, recorded_end: bool) -> tuple[HostReturn, ...]:
    """Return every host that ran the build taken back, the latest first.

    Where no end is on record, late is who was later than 99 % of the traffic.
    """
    if traffic.gone is None:
        return ()
    left = None if recorded_end else most_left(traffic)
    due = micros(left) if left else traffic.end_us
    spans: dict[str, dict[bool, list[int]]] = {}
    for row in traffic.rows.to_pylist():
        mine = spans.setdefault(row["instance"], {True: [], False: []})
        mine[row["version"] == traffic.gone] += [row["first_us"], row["last_us"]]
    found = (_host(name, both[True], both[False], due) for name, both in spans.items())
    return tuple(sorted((h for h in found if h), key=lambda h: (-h.late_s, h.instance)))


def _host(name: str, gone: list[int], other: list[int], due_us: int) -> HostReturn | None:
    if not gone:
        return None
    left = max(gone)
    after = [at for at in other if at > left]
    late = max(0.0, (left - due_us) / MICROS)
    return HostReturn(
        instance=name,
        left=moment(left),
        back=moment(min(after)) if after else None,
        late_s=late if late > SLACK_S else 0.0,
        stuck=not after and late > SLACK_S,
    )


def most_left(traffic: Traffic) -> datetime | None:
    """Return the last record after which no minute had over 1 % under the build taken back.

    Null where the traffic never left it, or never ran under it after the command.
    """
    shares = gone_by_minute(traffic)
    over = [number for number, (gone, total) in shares.items() if gone > (1 - MOST_TRAFFIC) * total]
    if not over or max(over) == max(shares):
        return None
    told = traffic.rows.to_pylist()
    lasts = [r["last_us"] for r in told if r["bin"] == max(over) and r["version"] == traffic.gone]
    return moment(max(lasts))


def first_effect(traffic: Traffic) -> datetime | None:
    """Return the first record after the command of a host that has left the build taken back."""
    rows = traffic.rows.to_pylist()
    ran = {r["instance"] for r in rows if r["version"] == traffic.gone and r["bin"] < 0}
    came = [
        row["first_us"]
        for row in rows
        if row["bin"] >= 0 and row["version"] != traffic.gone and row["instance"] in ran
    ]
    return moment(min(came)) if came else None


def gone_by_minute(traffic: Traffic) -> dict[int, tuple[int, int]]:
    """Return, by minute after the command, records under the build taken back, and all."""
    found: dict[int, tuple[int, int]] = {}
    for row in traffic.rows.to_pylist():
        if row["bin"] >= 0:
            gone, total = found.get(row["bin"], (0, 0))
            mine = row["events"] if row["version"] == traffic.gone else 0
            found[row["bin"]] = (gone + mine, total + row["events"])
    return found


def tokens_after(traffic: Traffic) -> int:
    """Count the tokens that the build taken back issued in minutes after the rollback's end."""
    late = traffic.end_us + SLACK_S * MICROS
    rows = traffic.rows.to_pylist()
    return sum(r["tokens"] for r in rows if r["version"] == traffic.gone and r["first_us"] > late)
