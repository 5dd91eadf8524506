"""How often people sign in, and what they do when it does not work: numbers only."""

from typing import Final

from authlogs.simulation.moments import HOUR, MINUTE, SECOND

DEMAND: Final = (14.0, 18.5, 22.5, 23.5, 22.5, 21.5, 18.5, 20.0, 21.5, 20.0, 19.0)
"""First sign-ins a minute at 06:00, 07:00 … 16:00, straight lines between."""

WRONG_PASSWORD: Final = 0.05
UNKNOWN_USER: Final = 0.004
PROVIDER_TIMEOUT: Final = 0.001
TRIES_AGAIN_AFTER_TYPO: Final = 0.85

NEVER_PRESENTED: Final = 0.015
"""Tabs closed between sign-in and first call."""
PRESENTED_AGAIN: Final = (0.55, 0.85)
"""Below the first: no later call in the sample; below the second: one; above: two."""
PRESENTED_TOO_LATE: Final = 0.025
LOGS_OUT: Final = 0.05

RETRY_AFTER_REJECT: Final = (0.55, 0.48, 0.42, 0.35, 0.3)
"""Chance to sign in again after the first, second … rejected token in a row."""
RETRY_DELAY: Final = (
    (4 * SECOND, 18 * SECOND),
    (12 * SECOND, 50 * SECOND),
    (40 * SECOND, 150 * SECOND),
    (2 * MINUTE, 6 * MINUTE),
    (5 * MINUTE, 12 * MINUTE),
)
AWAY_AFTER_GIVING_UP: Final = (20 * MINUTE, 70 * MINUTE)
COMES_BACK: Final = 0.3
POLL_EVERY: Final = (48 * SECOND, 72 * SECOND)
POLLER_SIGNS_IN_AGAIN: Final = 0.5


def demand(moment: int) -> float:
    """Return first sign-ins a minute at a moment."""
    hour, part = divmod(moment - 6 * HOUR, HOUR)
    before, after = DEMAND[hour], DEMAND[hour + 1]
    return before + (after - before) * part / HOUR
