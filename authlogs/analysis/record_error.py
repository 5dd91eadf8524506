"""How far a recorded time may lie from when the change truly began.

A record that states its uncertainty is mostly within it. One that does not, and is written in whole
minutes, was typed by somebody: minutes off is usual. Every law keeps a tail, since no clock and no
person is beyond error.
"""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.likelihood import Floats

PLACES = 41
MACHINE_S = 5.0
TYPED_S = 60.0
TYPED_TAIL_S, STATED_TAIL_S = 180.0, 60.0
TYPED_TAIL, STATED_TAIL = 0.5, 0.1


@dataclass(frozen=True, eq=False)
class RecordError:
    """True start less recorded start: places in seconds, and their weights (sum 1)."""

    places: Floats
    weights: Floats

    @property
    def width_s(self) -> float:
        """Half the central 90 %, in seconds."""
        reached = np.cumsum(self.weights)
        low, high = np.interp([0.05, 0.95], reached, self.places)
        return float(high - low) / 2


def within(width_s: float) -> RecordError:
    """Return an even error of at most `width_s` to either side."""
    places = np.linspace(-width_s, width_s, PLACES)
    return RecordError(places, np.full(PLACES, 1.0 / PLACES))


def error_of(stated_s: float | None, *, whole_minute: bool) -> RecordError:
    """Return the law of a record's error: an even middle and exponential tails (Laplace)."""
    if stated_s is None and whole_minute:
        middle, tail_s, share = TYPED_S, TYPED_TAIL_S, TYPED_TAIL
    else:
        middle = max(stated_s or 0.0, MACHINE_S)
        tail_s, share = max(STATED_TAIL_S, 2 * middle), STATED_TAIL
    reach = max(middle, 4 * tail_s)
    places = reach * np.sinh(np.linspace(-3, 3, 4 * PLACES + 1)) / np.sinh(3)
    widths = np.gradient(places)
    even = (np.abs(places) <= middle).astype(np.float64)
    tails = np.exp(-np.abs(places) / tail_s)
    weights = (1 - share) * even * widths / (even * widths).sum()
    weights += share * tails * widths / (tails * widths).sum()
    return RecordError(places, weights)
