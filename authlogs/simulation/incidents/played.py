"""All that happened, as columns: one row for each step that a service could log."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Bools, Floats, Ints

EVENTS: Final = ("login", "mfa", "token_issue", "token_validate", "session_check")
LOGIN, MFA, ISSUE, VALIDATE, USE = range(5)
ROLE_OF: Final = ("login", "login", "issuer", "gateway", "gateway")
SUCCESS, FAILURE, CHALLENGE = range(3)


@dataclass(frozen=True)
class Played:
    """Columns of equal length, in no order; `moments` are true seconds since the logs begin."""

    moments: Floats
    event: Ints
    host: Ints
    user: Ints
    outcome: Ints
    reason: Ints
    faulty: Bools
    """the fault made this attempt fail, or kept this challenge from being answered"""
    trace: Ints
    """one sign-in with its first use; later uses have their own"""
    token: Ints
    issuer: Ints
    """host that issued the token, -1 before that"""
    issued: Floats
    millis: Floats
    fresh: Bools
    """belongs to a first try, which nothing before it provoked"""
    address: Ints
    """position among the addresses; the person's own but for attackers"""

    def where(self, chosen: Bools | Ints) -> "Played":
        """Return the chosen rows."""
        return Played(**{name: column[chosen] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Vanished:
    """Attempts that never reached a log, because the page was dead or the road was cut."""

    moments: Floats
    user: Ints


def join(one: Played, other: Played) -> Played:
    """Return the rows of both."""
    return together([vars(one), vars(other)])


def together(parts: list[dict[str, np.ndarray]]) -> Played:
    """Return batches of rows as one."""
    names = Played.__dataclass_fields__
    return Played(**{name: np.concatenate([part[name] for part in parts]) for name in names})
