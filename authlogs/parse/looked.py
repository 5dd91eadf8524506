"""What a file was judged by is not asked again: the claims over its first records are kept once."""

import numpy as np

from authlogs.parse.clock import Clock
from authlogs.parse.engine import Assigned
from authlogs.parse.records import Records


class Looked:
    """Claims over some records, for the one who reads the very same records next.

    They are given once, since whoever reads them notes in them what was used.
    """

    def __init__(self, records: Records, assigned: Assigned) -> None:
        self._held: tuple[Records, Assigned] | None = (records, assigned)

    def taken(self, records: Records, clock: Clock) -> Assigned | None:
        """The claims over these records, if they are the same and a clock like this one read them.

        Only envelopes ask the clock, and the one that judged a file knew no zone and no year.
        """
        held = self._held
        if held is None or not _same(held[0], records):
            return None
        self._held = None
        told = clock.zone is not None or clock.year is not None
        return None if told and held[1].envelopes else held[1]


def _same(one: Records, other: Records) -> bool:
    """Whether records are equal and stand in the same places."""
    if len(one) != len(other) or one.elements != other.elements:
        return False
    places = ((one.line_no, other.line_no), (one.offset, other.offset), (one.length, other.length))
    return (
        all(np.array_equal(mine, theirs) for mine, theirs in places)
        and one.text.equals(other.text)
        and one.cells.keys() == other.cells.keys()
        and all(column.equals(other.cells[name]) for name, column in one.cells.items())
    )
