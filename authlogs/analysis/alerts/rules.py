"""What an alert rule is: rows that count, over a window, held against a threshold.

Four kinds, told by their keys: `above` (a count, or with `of` a share), `below` with `than` (fewer
than so much of an earlier window), and `burn_rate` with `of` (two windows against an objective,
Google, The Site Reliability Workbook, chapter 5). `for` is Prometheus': how long it must hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Condition = Mapping[str, tuple[str | None, ...]]
"""Column and the values that count; None is a column without a value. All must hold."""
Kind = Literal["count", "share", "drop", "burn_rate"]
ISSUING_VERSION = "issuing_version"
"""The build of `issuer` that minted the token: no column of events, but joined from their issue."""
EVERY_S = 30


@dataclass(frozen=True, kw_only=True)
class Burn:
    """A pair of windows in seconds: the error budget burns `factor` times too fast in both."""

    long_s: int
    short_s: int
    factor: float


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """One rule; windows and durations are seconds, shares lie in [0, 1].

    `count`: the rows that count. `of`: the rows that they are a share of. `by`: each value of this
    column is judged on its own. `least`: the fewest rows for which the rule speaks at all (of
    `count`; of the earlier window where the rule is a drop). `every_s`: how often it is evaluated.
    """

    alert: str
    count: Condition
    of: Condition | None = None
    by: str | None = None
    issuer: str | None = None
    window_s: int = 300
    above: float | None = None
    below: float | None = None
    than_s: int | None = None
    objective: float | None = None
    burns: tuple[Burn, ...] = ()
    least: int = 0
    for_s: int = 0
    every_s: int = EVERY_S
    severity: str = "page"
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        if self.burns:
            return "burn_rate"
        if self.below is not None:
            return "drop"
        return "count" if self.of is None else "share"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rule names, each once."""
        named = [*self.count, *(self.of or {}), *([self.by] if self.by else [])]
        return tuple(dict.fromkeys(named))

    @property
    def reach_s(self) -> int:
        """How far back the rule looks at most."""
        if self.burns:
            return max(burn.long_s for burn in self.burns)
        return self.window_s + (self.than_s or 0)

    @property
    def warm_up_s(self) -> int:
        """From when on it speaks: a long window that is not full yet holds a share all the same."""
        if self.burns:
            return max(burn.short_s for burn in self.burns)
        return self.reach_s
