"""What is believed before looking: hazards by kind of change, and rates of the other causes.

The defaults follow the triggers that Google's SRE workbook reports (binary push 37 %, configuration
push 31 %, appendix C); they are a default and not your site: pass your own to `attribute`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RESERVE = 0.01
"""Kept for causes that no theory here describes; data cannot shrink it, so nothing is certain."""

BY_TYPE: Mapping[str, float] = {
    "deploy": 0.010,
    "rollback": 0.004,
    "config": 0.010,
    "flag": 0.004,
    "migration": 0.010,
    "key_rotation": 0.020,
    "secret_rotation": 0.020,
    "cert_renewal": 0.015,
    "policy": 0.010,
    "infra": 0.006,
    "permission": 0.006,
    "failover": 0.010,
    "restart": 0.003,
    "scale": 0.003,
    "session_flush": 0.006,
}
PER_DAY: Mapping[str, float] = {
    "unlisted_change": 0.020,
    "upstream_idp": 0.010,
    "database_overload": 0.010,
    "network": 0.010,
    "credential_attack": 0.010,
}
BY_CLASS: Mapping[str, Mapping[str, float]] = {
    "change": {
        "token_fault": 0.35, "client_fault": 0.20, "availability": 0.20, "policy": 0.10,
        "user_error": 0.05, "unknown": 0.10,
    },
    "dependency": {
        "token_fault": 0.03, "client_fault": 0.02, "availability": 0.85, "policy": 0.01,
        "user_error": 0.01, "unknown": 0.08,
    },
    "upstream": {
        "token_fault": 0.05, "client_fault": 0.10, "availability": 0.70, "policy": 0.03,
        "user_error": 0.02, "unknown": 0.10,
    },
    "credential_attack": {
        "token_fault": 0.02, "client_fault": 0.02, "availability": 0.05, "policy": 0.15,
        "user_error": 0.65, "attack": 0.08, "unknown": 0.03,
    },
}  # fmt: skip
"""How likely each group of reasons is, given a class of cause. It enters once, not per failure."""


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Prior probability of one change by its type, and of each other cause per day."""

    by_type: Mapping[str, float] = field(default_factory=lambda: BY_TYPE)
    per_day: Mapping[str, float] = field(default_factory=lambda: PER_DAY)
    off_path: float = 0.1
    """Factor for a change to a service that no failing attempt is known to pass through."""

    def of_change(self, change_type: str) -> float:
        return self.by_type.get(change_type, 0.005)

    def of_cause(self, name: str, days: float) -> float:
        return self.per_day[name] * max(days, 1 / 24)

    def of_reason(self, cause_class: str, group: str | None) -> float:
        return BY_CLASS[cause_class].get(group or "unknown", 0.01)
