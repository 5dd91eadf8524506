"""The gate: pass, fail, or not enough traffic, for each rollout since a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from authlogs.analysis.exposure import bare, change_id
from authlogs.analysis.gate.attempts import Handled, handled_by
from authlogs.analysis.gate.confidence import ALPHA, confidence_sequence, pairs_needed
from authlogs.analysis.gate.pairs import just_restarted, pair
from authlogs.analysis.likelihood import Floats
from authlogs.analysis.series import micros
from authlogs.analysis.units import Bools
from authlogs.engine.base import Events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.logs import Logs

MARGIN = 0.02
LEAST_RESTARTS = 30
"""Pairs of just restarted hosts below which earlier restarts tell nothing."""
Verdict = Literal["pass", "fail", "not_enough"]
VERSIONS = """
SELECT service, service_version AS version, min("time") AS first FROM events
WHERE "time" IS NOT NULL AND service IS NOT NULL AND service_version IS NOT NULL
GROUP BY ALL ORDER BY first, service, version
"""


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A version of a service that came into use: by a record, or as the logs show it."""

    service: str
    version: str
    since: datetime
    change: str | None


@dataclass(frozen=True, kw_only=True)
class RolloutCheck:
    """What the gate says of one rollout; `excess` is in failures per attempt, -1 to 1.

    `unpaired`: attempts of the new build that had no fellow, as where no other build is left.
    `excess_interval` holds at every peek with probability 1 - alpha, for a mean in which early
    pairs weigh more, which is the mean where it does not change. `allowed`: what earlier
    restarts of the service's hosts cost, at most the margin. `more_needed`: pairs still to come
    until it can be decided, if things stay as they are; null where that is more than two million.
    """

    rollout: Rollout
    verdict: Verdict
    attempts: int
    pairs: int
    unpaired: int
    excess: float
    excess_interval: tuple[float, float]
    allowed: float
    restart_pairs: int
    margin: float
    more_needed: int | None


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The verdict over all rollouts: the worst of them. None at all is `not_enough`."""

    verdict: Verdict
    checks: tuple[RolloutCheck, ...]
    since: datetime

    def __str__(self) -> str:
        from authlogs.analysis.gate.words import gate_lines

        return "\n".join(gate_lines(self, "UTC"))


def check_rollout(
    logs: Logs, since: datetime, *, margin: float = MARGIN, alpha: float = ALPHA
) -> Gate:
    """Compare each rollout since a moment with the builds beside it, as often as one likes.

    Attempts of the new build are paired with attempts of the same five minutes, client and region
    under another build. `fail`: the confidence sequence of the excess lies above what earlier
    restarts cost. `pass`: it lies below that and `margin`. Else `not_enough`, also where the logs
    name no builds or no rollout is seen: silence never passes. Each of the two can be wrong with
    probability `alpha` / 2 over all peeks together (Waudby-Smith and Ramdas 2024). Raises BadCall
    for a naive time, or a margin or alpha outside (0, 1).

    >>> import authlogs as al
    >>> from datetime import UTC, datetime
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> al.check_rollout(logs, datetime(2024, 5, 3, 14, 40, tzinfo=UTC)).verdict
    'fail'
    """
    if since.tzinfo is None:
        raise BadCall("since has no zone", next_step="give it one: datetime(…, tzinfo=UTC)")
    if not (0 < margin < 1 and 0 < alpha < 1):
        raise BadCall("margin and alpha lie between 0 and 1", next_step="use 0.02 and 0.05")
    checks = tuple(
        _check(rollout, handled_by(logs.dataset, rollout.service), margin, alpha)
        for rollout in rollouts_since(logs, since)
    )
    verdicts = {check.verdict for check in checks}
    worst: Verdict = "pass" if verdicts == {"pass"} else "not_enough"
    return Gate(verdict="fail" if "fail" in verdicts else worst, checks=checks, since=since)


def rollouts_since(logs: Logs, since: datetime) -> Iterator[Rollout]:
    """Yield the releases on record, and versions first seen, since a moment.

    A version that the logs show from their beginning is no rollout.
    """
    seen = _versions(logs.dataset)
    named = {(service, bare(version)): version for service, version in seen}
    told: set[tuple[str, str]] = set()
    for row in logs.changes.to_pylist():
        if row["time"] and row["time"] >= since and row["version"] and row["service"]:
            version = named.get((row["service"], bare(row["version"])), row["version"])
            if (row["service"], version) not in told and row["change_type"] == "deploy":
                told.add((row["service"], version))
                yield Rollout(
                    service=row["service"], version=version, since=row["time"],
                    change=change_id(row),
                )  # fmt: skip
    begun = {s: min(t for (name, _), t in seen.items() if name == s) for s, _ in seen}
    for (service, version), first in seen.items():
        if first >= since and first > begun[service] and (service, version) not in told:
            yield Rollout(service=service, version=version, since=first, change=None)


def _versions(events: Events) -> dict[tuple[str, str], datetime]:
    rows = run_sql(VERSIONS, events=events).to_pylist()
    return {(row["service"], row["version"]): row["first"] for row in rows}


def _check(rollout: Rollout, seen: Handled, margin: float, alpha: float) -> RolloutCheck:
    start = micros(rollout.since)
    new = (seen.version == rollout.version) & (seen.at_us >= start)
    beside = (seen.version != rollout.version) & (seen.at_us >= start)
    pairs = pair(seen, new, beside)
    earlier = _earlier_restarts(seen, new, start)
    cost = float(earlier.mean()) if len(earlier) >= LEAST_RESTARTS else 0.0
    allowed = min(margin, max(0.0, cost))
    values = pairs.difference
    bounds = confidence_sequence(values, alpha=alpha)
    low, high = (float(bounds.low[-1]), float(bounds.high[-1])) if len(values) else (-1.0, 1.0)
    verdict = _verdict(low, high, allowed, margin)
    return RolloutCheck(
        rollout=rollout,
        verdict=verdict,
        attempts=int(new.sum()),
        pairs=len(values),
        unpaired=pairs.left,
        excess=float(values.mean()) if len(values) else 0.0,
        excess_interval=(low, high),
        allowed=allowed,
        restart_pairs=len(earlier),
        margin=margin,
        more_needed=_more(values, allowed, margin, alpha) if verdict == "not_enough" else 0,
    )


def _earlier_restarts(seen: Handled, new: Bools, start_us: int) -> Floats:
    """Return the differences that earlier restarts made, of the very hosts where they had any.

    Pods have a new name each time: then the restarts of the whole service must do.
    """
    before = seen.at_us < start_us
    warm = just_restarted(seen, start_us) & before
    same = np.isin(seen.host.astype(str), seen.host[new].astype(str))
    own = pair(seen, warm & same, ~warm & before).difference
    return own if len(own) >= LEAST_RESTARTS else pair(seen, warm, ~warm & before).difference


def _verdict(low: float, high: float, allowed: float, margin: float) -> Verdict:
    if low > allowed:
        return "fail"
    return "pass" if high < allowed + margin else "not_enough"


def _more(values: np.ndarray, allowed: float, margin: float, alpha: float) -> int | None:
    """Return the pairs still needed, if excess and variance stay as they look now."""
    mean = float(values.mean()) if len(values) else 0.0
    variance = float((0.1 + ((values - mean) ** 2).sum()) / (len(values) + 1))
    distance = max(mean - allowed, allowed + margin - mean)
    needed = pairs_needed(variance, distance, alpha=alpha)
    return None if needed is None else max(1, needed - len(values))
