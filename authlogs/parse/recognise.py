"""Which format a file is in, from the records it begins with, and how sure that is."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow.compute as pc

from authlogs.parse.clock import Clock
from authlogs.parse.columns import read_times
from authlogs.parse.engine import assign
from authlogs.parse.envelope_file import Envelope
from authlogs.parse.format import Format
from authlogs.parse.looked import Looked
from authlogs.parse.ordering import specific_first
from authlogs.parse.records import Records, rows_where
from authlogs.parse.registry import Registry

SAMPLED: Final = 200
"""Records that a file is judged by."""


@dataclass(frozen=True)
class Recognition:
    """What a file's first records say: its format, the share of them it claims, its times.

    `order` is the order in which formats are tried, `likely` the formats and `envelopes` the
    envelopes met so far, `yearless` the month and day of the first stamp without a year.
    """

    format: Format | None
    confidence: float | None
    order: tuple[Format, ...]
    yearless: tuple[int, int] | None = None
    likely: tuple[Format, ...] = ()
    envelopes: tuple[Envelope, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Patterns of the lines that formats pass over as comments."""
        return tuple(one.comments for one in self.order if one.comments is not None)


def recognise(
    records: Records, registry: Registry, forced: Format | None = None
) -> tuple[Recognition, Looked | None]:
    """Judge a file by its first records; `forced` leaves no choice but still tells the share.

    The claims are given too, where they may be those of the whole file.
    """
    order = specific_first(registry) if forced is None else (forced,)
    sample = records.take(_sampled(records))
    clock = Clock()
    counts: Counter[str] = Counter()
    named: dict[str, Format] = {}
    assigned = assign(sample, order, clock)
    for one in assigned.claimed:
        counts[one.format.name] += len(np.unique(one.order))
        named[one.format.name] = one.format
        read_times(one.claim, one.records, clock)
    best = forced or (named[counts.most_common(1)[0][0]] if counts else None)
    share = None if best is None else round(counts[best.name] / max(len(sample), 1), 4)
    told = Recognition(
        best, share, order, clock.first_yearless, tuple(named.values()), assigned.envelopes
    )
    return told, Looked(sample, assigned) if len(sample) < SAMPLED else None


def _sampled(records: Records) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    filled = pc.not_equal(pc.utf8_trim_whitespace(records.text), "")
    return rows_where(filled)[:SAMPLED]
