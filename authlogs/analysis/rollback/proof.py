"""Did the rollback do it? Hosts, traffic, tokens and failures around each, and one verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from authlogs.analysis.exposure import change_ref, takes_back
from authlogs.analysis.result import ChangeRef, Incident, Investigation
from authlogs.analysis.rollback.decay import Decay, decay_after
from authlogs.analysis.rollback.hosts import (
    HostReturn,
    first_effect,
    hosts_of,
    most_left,
    tokens_after,
    traffic_around,
)
from authlogs.analysis.rollback.verdict import Seen, Verdict, judge
from authlogs.analysis.series import edges_of
from authlogs.engine.base import Events
from authlogs.logs import Logs
from authlogs.schema import MARKS

LOOK = timedelta(hours=1)
"""How long after recovery and rollback hosts are looked at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RollbackProof:
    """What one rollback did; durations are seconds after its command.

    `takes_back`: the change that it took back, null where no deploy is on record. `first_effect_s`:
    until the first host had left the build; `most_traffic_s`: until 99 % of the traffic had;
    `new_sign_ins_s` and `all_traffic_s`: until each was well. `late`: hosts that ran the build
    after the rollback's end. `tokens_after_end`: tokens that it still issued then. `exposure`:
    time (minute), instance, version, events, tokens.
    """

    change: ChangeRef
    takes_back: str | None
    verdict: Verdict
    statement: str
    first_effect_s: float | None = None
    most_traffic_s: float | None = None
    new_sign_ins_s: float | None = None
    all_traffic_s: float | None = None
    hosts: tuple[HostReturn, ...] = ()
    tokens_after_end: int = 0
    decay: Decay | None = None
    exposure: pa.Table = field(repr=False)

    @property
    def late(self) -> tuple[HostReturn, ...]:
        """The hosts that were late or never came back."""
        return tuple(host for host in self.hosts if host.late_s)

    def __str__(self) -> str:
        from authlogs.analysis.rollback.words import proof_lines

        return "\n".join(proof_lines(self, "UTC"))


def prove_rollbacks(logs: Logs, investigation: Investigation) -> tuple[RollbackProof, ...]:
    """Return what each rollback made during an incident did, in order of time.

    The verdict is `complete` (the traffic left the build and new sign-ins fail no more), `partial`
    (hosts stayed, or failures only fell), `ineffective` (the traffic left, the failures stayed),
    `wrong_change` (they stayed, and another change is the most supported cause) or `unknown`. Logs
    without an incident or a rollback give an empty tuple.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> [proof.verdict for proof in al.prove_rollbacks(logs, al.investigate(logs))]
    ['complete']
    """
    rows = [r for r in logs.changes.to_pylist() if r["time"] and r["change_type"] not in MARKS]
    rows.sort(key=lambda row: (row["time"], row["change_id"] or ""))
    last = edges_of(logs.dataset)[1]
    return tuple(
        _prove(row, rows, incident, logs.dataset, last)
        for incident in investigation.incidents
        for row in _rollbacks(rows, incident)
        if last is not None
    )


def _rollbacks(rows: list[dict[str, Any]], incident: Incident) -> Iterator[dict[str, Any]]:
    for row in rows:
        begun = row["time"] > incident.onset
        over = incident.recovered is not None and row["time"] >= incident.recovered
        if row["change_type"] == "rollback" and begun and not over:
            yield row


def _prove(
    row: dict[str, Any],
    rows: list[dict[str, Any]],
    incident: Incident,
    events: Events,
    last: datetime,
) -> RollbackProof:
    over = max(incident.recovered or last, row["end_time"] or row["time"]) + LOOK
    until = min([last, over, *_next_changes(row, rows)])
    traffic = traffic_around(events, row, until=until)
    hosts = hosts_of(traffic, recorded_end=row["end_time"] is not None)
    earlier = [other for other in rows if other["time"] < row["time"]]
    taken = next((other for other in reversed(earlier) if takes_back(row, other)), None)
    seen = Seen(
        change=change_ref(row),
        taken=change_ref(taken) if taken else None,
        incident=incident,
        gone=traffic.gone,
        hosts=hosts,
        tokens_after_end=tokens_after(traffic),
    )
    verdict, said = judge(seen)
    fresh = incident.recovery.get("new_sign_ins")
    return RollbackProof(
        change=seen.change,
        takes_back=seen.taken.id if seen.taken else None,
        verdict=verdict,
        statement=said,
        first_effect_s=_after(row["time"], first_effect(traffic)),
        most_traffic_s=_after(row["time"], most_left(traffic)),
        new_sign_ins_s=_after(row["time"], fresh.time if fresh else None),
        all_traffic_s=_after(row["time"], incident.recovered),
        hosts=hosts,
        tokens_after_end=seen.tokens_after_end,
        decay=decay_after(events, incident, traffic, until=until),
        exposure=traffic.table(),
    )


def _next_changes(row: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[datetime]:
    """Yield when later releases of the service began: then the rollback is history."""
    for other in rows:
        if other["service"] == row["service"] and other["version"] and other["time"] > row["time"]:
            yield other["time"]


def _after(start: datetime, when: datetime | None) -> float | None:
    return (when - start).total_seconds() if when and when >= start else None
