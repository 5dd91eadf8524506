"""When the first attempt is hit after a change, by playing it: lag, rollout, ramp, chance.

The share of hosts that run a new build grows through its rollout, and with it the rate at which
attempts are hit; so the first of them may come much later than the change.
"""

from typing import Final

import numpy as np

from authlogs.simulation.incidents.arrays import Floats
from authlogs.simulation.incidents.lags import LAWS

PLAYED: Final = 60_000
MOST_HOSTS: Final = 8
CANARIES: Final = 0.12
"""Share of guilty deploys that stay on one host for long."""
LONGEST_RAMP: Final = 900.0


def first_hit(rng: np.random.Generator, law: str, change_type: str, a_second: float) -> Floats:
    """Return seconds from the change to the first hit; `a_second` holds at full exposure."""
    lag = LAWS[law].draws(rng, PLAYED)
    need = rng.exponential(1 / a_second, PLAYED)
    if law == "delayed":
        ramp = rng.uniform(0, LONGEST_RAMP, PLAYED)
        early = np.sqrt(2 * need * ramp)
        return np.asarray(lag + np.where(early < ramp, early, need + ramp / 2))
    if law == "rollout" and change_type == "deploy":
        canary = rng.random(PLAYED) < CANARIES
        return np.where(canary, lag + need, _rolling(rng, lag, need))
    return np.asarray(lag + need)


def _rolling(rng: np.random.Generator, lag: Floats, need: Floats) -> Floats:
    """Return when so much exposure has come together, host by host."""
    hosts = rng.integers(2, MOST_HOSTS + 1, PLAYED)
    last = np.maximum(rng.uniform(60, 900, PLAYED), lag + 1)
    switches = rng.uniform(lag[:, None], last[:, None], (PLAYED, MOST_HOSTS))
    switches[np.arange(MOST_HOSTS)[None, :] >= hosts[:, None]] = np.inf
    switches[:, 0] = lag
    switches.sort(axis=1)
    found = np.full(PLAYED, np.inf)
    exposed = np.zeros(PLAYED)
    for count in range(1, MOST_HOSTS + 1):
        begins = switches[:, count - 1]
        ends = switches[:, count] if count < MOST_HOSTS else np.full(PLAYED, np.inf)
        with np.errstate(invalid="ignore"):
            when = begins + (need - exposed) * hosts / count
            exposed = exposed + (ends - begins) * count / hosts
        here = np.isinf(found) & (begins < np.inf) & (when <= ends)
        found = np.where(here, when, found)
    return np.asarray(found)
