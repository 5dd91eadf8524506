"""Zones as logs spell them: offsets, and those names that mean one offset everywhere."""

from typing import Final

import numpy as np

UNKNOWN: Final = np.int64(np.iinfo(np.int64).min)

HOURS: Final = {
    "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "z": 0.0, "WET": 0.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0,
    "MET": 1.0, "MEST": 2.0, "EET": 2.0, "EEST": 3.0, "SAST": 2.0, "WAT": 1.0, "CAT": 2.0,
    "EAT": 3.0, "PKT": 5.0, "HKT": 8.0, "JST": 9.0, "WIB": 7.0, "WITA": 8.0, "WIT": 9.0,
    "AWST": 8.0, "AEST": 10.0, "AEDT": 11.0, "ACST": 9.5, "ACDT": 10.5, "NZST": 12.0, "NZDT": 13.0,
    "EDT": -4.0, "MDT": -6.0, "PDT": -7.0, "NDT": -2.5, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0,
}  # fmt: skip
"""Names with one offset in the tz database since 2000, none of them in other use.

IST, CST, PST, BST, EST, MST, AST, SST and their like have had several: they name no zone.
"""


def seconds_east(text: str) -> int:
    """Seconds east of UTC of `Z`, `CEST`, `+01:30`, `-05`; UNKNOWN where that is not certain."""
    if text[:1] not in ("+", "-"):
        hours = HOURS.get(text)
        return int(UNKNOWN) if hours is None else int(hours * 3600)
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds
