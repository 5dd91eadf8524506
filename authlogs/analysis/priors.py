"""What is believed before looking: how often changes break logins, and how often other things do.

Competing hazards. One share of all incidents is caused by a change; it is divided among the changes
of the stretch by their kind, so that a site with 200 changes a day is not treated like one with a
single change. The rest is divided among the other causes by how often each happens.

The defaults of the kinds follow the triggers that Google's SRE workbook reports (binary push 37 %,
configuration push 31 %, appendix C); they are a default and not your site: pass your own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RESERVE = 0.01
"""Kept for causes that no theory here describes; data cannot shrink it, so nothing is certain."""

BY_TYPE: Mapping[str, float] = {
    "deploy": 1.0,
    "rollback": 0.4,
    "config": 1.0,
    "flag": 0.5,
    "migration": 1.0,
    "key_rotation": 1.5,
    "secret_rotation": 1.5,
    "cert_renewal": 1.2,
    "policy": 1.0,
    "infra": 0.6,
    "permission": 0.6,
    "failover": 0.8,
    "restart": 0.3,
    "scale": 0.3,
    "session_flush": 0.6,
}
OTHER_TYPE = 0.5


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Shares and weights, all settable.

    `change_share`: share of incidents that a change caused. `unlisted_share`: share of these
    changes that nobody recorded, where records are kept. `by_type`: weight of a change by its kind.
    `beside_path`, `off_path`: factors for a change to a service that the logs know though no
    failing attempt is known to pass through it, and to one that they do not know.
    `per_day`: how often other causes happen, by name; what is not named has its own default.
    """

    change_share: float = 0.5
    unlisted_share: float = 0.15
    by_type: Mapping[str, float] = field(default_factory=lambda: BY_TYPE)
    per_day: Mapping[str, float] = field(default_factory=dict)
    beside_path: float = 0.4
    off_path: float = 0.1

    def of_change(self, change_type: str) -> float:
        """Return the weight of a change among changes."""
        return self.by_type.get(change_type, OTHER_TYPE)

    def of_path(self, *, on_path: bool, in_logs: bool) -> float:
        """Return the factor for where a changed service stands."""
        if on_path:
            return 1.0
        return self.beside_path if in_logs else self.off_path

    def of_cause(self, name: str, usual: float) -> float:
        """Return how often a day a cause happens that is no change."""
        return self.per_day.get(name, usual)

    def shares(self, *, recorded: bool) -> tuple[float, float, float]:
        """Return the shares of recorded changes, unlisted changes and everything else."""
        unlisted = self.change_share * (self.unlisted_share if recorded else 1.0)
        return self.change_share - unlisted, unlisted, 1.0 - self.change_share
