"""Which format a file is in, from the records it begins with, and how sure that is."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from authlogs.parse.clock import Clock
from authlogs.parse.columns import read_times
from authlogs.parse.documents import begins_document, read_document
from authlogs.parse.engine import assign
from authlogs.parse.envelope_file import Envelope
from authlogs.parse.format import Format
from authlogs.parse.records import Records, plain_records, rows_where
from authlogs.parse.registry import Registry
from authlogs.parse.survey import readers

_SHEETS: Final = ("csv", "w3c")
"""Shapes whose records say nothing without their heading."""
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


@lru_cache(maxsize=8)
def specific_first(registry: Registry) -> tuple[Format, ...]:
    """Formats ordered so that one that reads another's samples comes after it.

    That of the formats that ship is written down beside them; others have theirs found.
    """
    known = {one.name: one for one in registry.formats}
    if known.keys() == set(registry.order):
        return tuple(known[name] for name in registry.order)
    return find_order(registry.formats)


def find_order(formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """The order of formats, found from their samples in some seconds.

    Every format is let loose on the samples of all others: who claims more is more generic. Where
    that is all the same, who asks for more comes first.
    """
    owners: list[str] = []
    lines: list[str] = []
    for one in formats:
        if one.shape in _SHEETS:
            continue
        told = [sample.line for sample in one.samples if not sample.reject]
        owners += [one.name] * len(told)
        lines += map(one_line, told)
    names = np.array(owners, dtype=object)
    records = plain_lines(lines)

    read = readers(records, formats)
    foreign = {name: len({*names[rows]} - {name}) for name, rows in read.items()}
    return tuple(sorted(formats, key=lambda one: (foreign[one.name], -_asks(one), one.name)))


def _asks(format: Format) -> int:
    """How much a record must be like to be of a format; values ask for more than names."""
    return max((len(way.all) + 4 * len(way.equals) for way in format.recognise), default=0)


def one_line(sample: str) -> str:
    """A sample as formats see it: a document's first record, else its lines as one."""
    if "\n" in sample and begins_document(sample + "\n"):
        texts = read_document(sample.encode()).records.text
        return str(texts[0]) if len(texts) else ""
    return " ".join(sample.split("\n"))


def plain_lines(lines: list[str]) -> Records:
    """Records of texts that lie nowhere (samples)."""
    count = np.arange(1, len(lines) + 1, dtype=np.int64)
    return plain_records(pa.array(lines, pa.string()), count, count * 0, count * 0)


def recognise(records: Records, registry: Registry, forced: Format | None = None) -> Recognition:
    """Judge a file by its first records; `forced` leaves no choice but still tells the share."""
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
    return Recognition(
        best, share, order, clock.first_yearless, tuple(named.values()), assigned.envelopes
    )


def _sampled(records: Records) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    filled = pc.not_equal(pc.utf8_trim_whitespace(records.text), "")
    return rows_where(filled)[:SAMPLED]
