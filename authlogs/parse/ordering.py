"""The order in which formats are asked: one that reads another's samples comes after it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa

from authlogs.parse.documents import begins_document, read_document
from authlogs.parse.format import Format
from authlogs.parse.records import Records, plain_records
from authlogs.parse.registry import Reads, Registry
from authlogs.parse.survey import readers

_SHEETS: Final = ("csv", "w3c")
"""Shapes whose records say nothing without their heading."""


@lru_cache(maxsize=8)
def specific_first(registry: Registry) -> tuple[Format, ...]:
    """Formats by how many others' samples they read, fewest first: the more, the more generic.

    Where that is all the same, who asks for more comes first. What the formats that ship read of
    each other is written down beside them; what is asked of a user's own takes a moment.
    """
    known = registry.reads
    own = tuple(one for one in registry.formats if one.name not in known)
    reads = {name: told & known.keys() for name, told in known.items()}
    if own:
        shipped = tuple(one for one in registry.formats if one.name in known)
        for name, told in find_reads(shipped, own).items():
            reads[name] |= told
        reads |= find_reads(own, registry.formats)
    return tuple(
        sorted(registry.formats, key=lambda one: (len(reads[one.name]), -_asks(one), one.name))
    )


def find_reads(readers_: Sequence[Format], owners: Sequence[Format]) -> Reads:
    """Which of some formats' samples each of others reads: all are let loose on all of them."""
    names: list[str] = []
    lines: list[str] = []
    for one in owners:
        if one.shape in _SHEETS:
            continue
        told = [sample.line for sample in one.samples if not sample.reject]
        names += [one.name] * len(told)
        lines += map(one_line, told)
    owner = np.array(names, dtype=object)
    found = readers(plain_lines(lines), readers_) if lines else {}
    return {
        one.name: frozenset({*owner[found[one.name]]} - {one.name}) if found else frozenset()
        for one in readers_
    }


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
