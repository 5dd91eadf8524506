"""Which records each format would read if it were the only one; envelopes are opened once."""

from collections.abc import Sequence

import numpy as np

from authlogs.parse.clock import Clock
from authlogs.parse.engine import DEEPEST, Inside, Queue, Work
from authlogs.parse.envelopes import open_early, open_late
from authlogs.parse.format import Format
from authlogs.parse.lanes import Lanes
from authlogs.parse.records import Records, Rows


def readers(records: Records, formats: Sequence[Format]) -> dict[str, Rows]:
    """Return, by the name of each format, the rows that it reads."""
    work = _Survey(Queue(tuple(formats), ()), Clock())
    work.read(records, np.arange(len(records), dtype=np.int64))
    return {name: np.unique(np.concatenate(rows)) for name, rows in work.seen.items()}


class _Survey(Work):
    """Every format is asked for every record, and every envelope is opened."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        super().__init__(queue, clock)
        none = np.empty(0, np.int64)
        self.seen: dict[str, list[Rows]] = {one.name: [none] for one in queue.order}

    def read(self, records: Records, place: Rows, inside: Inside | None = None) -> None:
        """Open what is an envelope, and note who reads what."""
        at = inside or Inside()
        lanes = Lanes(records)
        bare = np.ones(len(records), bool)
        if at.depth < DEEPEST:
            for opened in open_early(lanes, self.clock):
                bare[self._enter(opened, place, at)] = False
        rows = np.flatnonzero(bare)
        for format in self.queue.order:
            for claim in lanes.claim(format, rows):
                self.seen[format.name].append(place[claim.rows])
        if len(rows) and at.depth < DEEPEST:
            for opened in open_late(lanes, rows, self.clock):
                self._enter(opened, place, at)
