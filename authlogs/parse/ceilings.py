"""Signs that a source holds less than there was: a round count, or a rate that never rises."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

_ROUND: Final = frozenset(digit * 10**zeros for zeros in range(2, 8) for digit in (1, 2, 5))
"""Where exports stop: 100, 200, 500, 1,000 … 50,000,000."""
_MOST_MINUTES: Final = 100_000
_LOWEST: Final = 100
"""Records a minute below which no ceiling is looked for."""
_FLAT: Final = 5
"""Minutes at the ceiling, and different counts below it, that there must be."""
_MINUTE: Final = 60_000_000


@dataclass
class Ceiling:
    """Counts the records of one file by minute, as they come."""

    minutes: Counter[int] = field(default_factory=Counter)

    def note(self, times: pa.ChunkedArray) -> None:
        """Count some records."""
        moments = times.drop_null().cast(pa.int64()).to_numpy()
        if len(moments) and len(self.minutes) < _MOST_MINUTES:
            minutes, counts = np.unique(moments // _MINUTE, return_counts=True)
            self.minutes.update(dict(zip(minutes.tolist(), counts.tolist(), strict=True)))

    def told(self, records: int, *, exported: bool) -> str | None:
        """Why the file may hold less than there was; `exported` if somebody asked for its rows."""
        if exported and records in _ROUND:
            return (
                f"it holds exactly {records:,} records, where exports stop: "
                "ask for the rest, or for a shorter time"
            )
        counts = Counter(self.minutes.values())
        top = max(counts, default=0)
        round_ = top >= _LOWEST and top % 50 == 0
        if round_ and counts[top] >= _FLAT and len(counts) > _FLAT:
            return (
                f"{counts[top]} minutes hold exactly {top:,} records and none holds more: "
                "a limit may have dropped the rest"
            )
        return None
