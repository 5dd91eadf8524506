"""What happened on 3 May 2024: rollouts, human acts and the windows of unrelated trouble."""

from dataclasses import dataclass
from typing import Final

from authlogs.simulation.moments import HOUR, MINUTE, SECOND, at

START: Final = at("06:00")
END: Final = at("16:00")
TOKEN_LIFE: Final = 30 * MINUTE


@dataclass(frozen=True)
class Rollout:
    """One release: which instance runs the new version from which moment on."""

    change_id: str
    service: str
    version: str
    previous: str
    actor: str
    description: str
    created: int
    start: int
    end: int
    switches: tuple[tuple[str, int], ...]
    task: str = "deploy"


def _stagger(service: str, count: int, first: int, step: int) -> tuple[tuple[str, int], ...]:
    return tuple((f"{service}-{k + 1}", first + k * step) for k in range(count))


THE_DAY_BEFORE: Final = Rollout(
    "1528411906", "web", "5.12.0", "5.11.4", "mvargas", "Accessible login form",
    # 2 May, three in the afternoon: moments count from midnight of 3 May.
    -9 * HOUR - 24 * SECOND, -9 * HOUR, -9 * HOUR + 4 * MINUTE, (),
)  # fmt: skip
GUILTY: Final = Rollout(
    "1529004417", "web", "5.13.0", "5.12.0", "mvargas",
    "Authentication integration: new provider token wrapper",
    at("09:40:36"), at("09:41"), at("09:44:52"),
    _stagger("web", 8, at("09:41"), 30 * SECOND),
)  # fmt: skip
GATEWAY: Final = Rollout(
    "1529006120", "gateway", "4.3.2", "4.3.1", "jortiz", "Dependency updates",
    at("09:42:41"), at("09:43"), at("09:44:12"),
    _stagger("gw", 3, at("09:43"), 30 * SECOND),
)  # fmt: skip
ROLLBACK: Final = Rollout(
    "1529077302", "web", "5.12.0", "5.13.0", "sduque", "Roll back to 5.12.0, host by host",
    at("12:29:24"), at("12:30"), at("13:30"),
    # A host is drained, rebuilt and back after seven and a half minutes.
    _stagger("web", 8, at("12:37:30"), 7 * MINUTE + 30 * SECOND), "rollback",
)  # fmt: skip
REPORTING: Final = Rollout(
    "1528950233", "reporting", "2.4.1", "2.4.0", "lpena", "Monthly export in one query",
    at("08:09:31"), at("08:10"), at("08:12:05"), (),
)  # fmt: skip
NOTIFICATIONS: Final = Rollout(
    "1529048871", "notifications", "1.9.4", "1.9.3", "dcano", "Shorter push texts",
    at("11:19:22"), at("11:20"), at("11:22:47"), (),
)  # fmt: skip
ROLLOUTS: Final = (REPORTING, GUILTY, GATEWAY, NOTIFICATIONS, ROLLBACK)

VERSIONS: Final = {"web": "5.12.0", "gateway": "4.3.1", "token-issuer": "2.8.1"}
"""Versions at the start of the day."""


def build_of(service: str, instance: str, moment: int) -> str:
    """Return the version that an instance runs at a moment."""
    version = VERSIONS[service]
    for rollout in ROLLOUTS:
        if rollout.service == service and dict(rollout.switches)[instance] <= moment:
            version = rollout.version
    return version


@dataclass(frozen=True)
class Act:
    """One row of the team's own change log."""

    change_id: str
    start: int
    end: int
    change_type: str
    service: str
    actor: str
    status: str
    description: str


FLAG: Final = Act(
    "CHG-4471", at("09:38"), at("09:38"), "flag", "web", "cmejia", "done",
    "flag login-banner on for everybody",
)  # fmt: skip
ACKNOWLEDGED: Final = Act(
    "INC-212-1", at("09:50"), at("09:50"), "incident", "gateway", "sduque", "acknowledged",
    "on call acknowledged GatewayTokenRejections",
)  # fmt: skip
DECLARED: Final = Act(
    "INC-212-2", at("10:02"), at("10:02"), "incident", "", "sduque", "declared",
    "incident declared, first tickets from users",
)  # fmt: skip
FAILOVER: Final = Act(
    "CHG-4474", at("10:55"), at("10:56:10"), "failover", "database", "rbeltran", "done",
    "primary moved from db-1 to db-2",
)  # fmt: skip
FLUSH: Final = Act(
    "CHG-4476", at("13:05"), at("13:06"), "session_flush", "web", "sduque", "done",
    "server-side sessions flushed",
)  # fmt: skip
CLOSED: Final = Act(
    "INC-212-3", at("14:20"), at("14:20"), "incident", "", "sduque", "resolved",
    "incident closed",
)  # fmt: skip
ACTS: Final = (FLAG, ACKNOWLEDGED, DECLARED, FAILOVER, FLUSH, CLOSED)

SLOW_DATABASE: Final = ((at("09:35"), at("09:50")), (at("10:40"), at("10:53")))
"""A batch job that has nothing to do with sign-ins."""
RESETS: Final = (at("10:20"), at("10:24"))
RESET_ZONE: Final = "bog-b"


def database_slowness(moment: int) -> float:
    """Return how many times slower than usual the database is: 1 to 4, with flanks of a minute."""
    for start, end in SLOW_DATABASE:
        if start <= moment < end:
            flank = min(moment - start, end - moment) / MINUTE
            return 1.0 + 3.0 * min(1.0, flank)
    return 1.0
