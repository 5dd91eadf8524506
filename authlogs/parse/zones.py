"""Local times in UTC, by the offsets that a zone has in each quarter of an hour."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

_SECOND: Final = 1_000_000
_QUARTER: Final = 900 * _SECOND


def localise(local: Longs, zone: tzinfo) -> Longs:
    """UTC of local microseconds, by the zone's offset in each quarter of an hour.

    Of an hour that comes twice the earlier is meant, and a gap never raises.
    """
    fixed = zone.utcoffset(None)
    if fixed is not None:
        return local - int(fixed.total_seconds()) * _SECOND
    quarters, where = np.unique(local // _QUARTER, return_inverse=True)
    known = np.array([_offset_at(int(quarter), zone) for quarter in quarters], np.int64)
    return local - known[where] * _SECOND


def _offset_at(quarter: int, zone: tzinfo) -> int:
    wall = datetime(1970, 1, 1, tzinfo=zone) + timedelta(seconds=900 * quarter)
    return int((wall.utcoffset() or timedelta(0)).total_seconds())
