"""The team's alert, written as a rule and evaluated on the tokens the gateway saw."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from authlogs.simulation.moments import MINUTE, SECOND


@dataclass(frozen=True)
class ShareRule:
    """Fires when a share stays above a threshold for a while."""

    name: str
    expression: str
    threshold: float
    window: int
    hold: int
    every: int


REJECTED_SHARE: Final = ShareRule(
    "GatewayTokenRejections",
    'sum(rate(gateway_token_validate_total{outcome="failure"}[5m]))'
    " / sum(rate(gateway_token_validate_total[5m])) > 0.10",
    threshold=0.10, window=5 * MINUTE, hold=2 * MINUTE, every=30 * SECOND,
)  # fmt: skip


def _count(moments: Sequence[int], start: int, end: int) -> int:
    return bisect_left(moments, end) - bisect_left(moments, start)


def firings(
    rule: ShareRule, failed: Sequence[int], *, every: Sequence[int], start: int, end: int
) -> list[tuple[int, int | None]]:
    """Return when the rule began to fire and when it stopped, from sorted moments of events."""
    found: list[tuple[int, int | None]] = []
    pending: int | None = None
    firing: int | None = None
    for now in range(start + rule.window, end + 1, rule.every):
        total = _count(every, now - rule.window, now)
        share = _count(failed, now - rule.window, now) / total if total else 0.0
        if share > rule.threshold:
            pending = now if pending is None else pending
            if firing is None and now - pending >= rule.hold:
                firing = now
        else:
            if firing is not None:
                found.append((firing, now))
            pending = firing = None
    return found + ([(firing, None)] if firing is not None else [])
