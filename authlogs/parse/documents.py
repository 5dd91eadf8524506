"""The lines of a document: each element is a JSON record with its own line and bytes.

A document is JSON, or one of `_OTHERS`, whose elements become JSON.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from authlogs.parse.clock import Longs
from authlogs.parse.git_documents import begins_log, find_commits
from authlogs.parse.json_documents import Elements, begins_json, find_elements
from authlogs.parse.key_documents import (
    begins_metadata,
    begins_pem,
    find_metadata,
    find_pem,
    public_part,
)
from authlogs.parse.records import Records, plain_records
from authlogs.parse.texts import text_array
from authlogs.parse.yaml_documents import begins_yaml, find_nodes

_HEAD: Final = 256 << 10
_OTHERS: Final = (
    (begins_pem, find_pem),
    (begins_metadata, find_metadata),
    (begins_log, find_commits),
    (begins_yaml, find_nodes),
)


@dataclass(frozen=True)
class Document:
    """Records of a document, and its lines that hold none: joined, comments, blank, broken.

    `why` is the word for the broken ones.
    """

    records: Records
    unpacked: int
    joined: int
    comments: int
    blank: int
    broken: Records
    lines: int
    why: str


def begins_document(head: str) -> bool:
    """Whether a text that begins so is read as a whole rather than line by line."""
    return begins_json(head) or _other(head) is not None


def _other(head: str) -> Callable[[str], Elements] | None:
    """What finds the elements of a document that is no JSON."""
    return next((find for begins, find in _OTHERS if begins(head)), None)


def read_document(data: bytes, *, start: int = 0) -> Document:
    """The elements of a document with their lines and bytes; `start` is its first byte's offset."""
    text = data.decode("utf-8", "surrogateescape")
    found = (_other(text[:_HEAD]) or find_elements)(text)
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    if not data.endswith(b"\n") and data:
        ends = np.append(ends, len(data))
    begin = _bytes_at(text, [span[0] for span in found.spans])
    end = _bytes_at(text, [span[1] for span in found.spans])
    line = np.searchsorted(ends, begin)
    bad = np.zeros(len(ends), bool)
    shared = _mark_faults(text, found, ends, line, bad)
    holds = np.zeros(len(ends), bool)
    holds[line] = True
    inside = _inside(len(ends), line, np.searchsorted(ends, np.maximum(end - 1, begin)))
    texts = _line_texts(data, ends)
    empty = np.array([not one.strip() for one in texts], bool)
    joined = inside & ~holds
    bad &= ~holds & ~joined & ~empty
    rest = ~(holds | joined | bad)
    starts = np.concatenate(([0], ends + 1))[: len(ends)]
    broken = np.concatenate((np.flatnonzero(bad), shared)).astype(np.int64)
    return Document(
        records=_elements(found, text, (begin, end, line), start),
        unpacked=len(line) - int(holds.sum()) + len(shared),
        joined=int(joined.sum()),
        comments=int((rest & ~empty).sum()),
        blank=int((rest & empty).sum()),
        broken=_broken(texts, (starts, ends), broken, start),
        lines=len(ends),
        why=found.why,
    )


def _elements(
    found: Elements, text: str, places: tuple[Longs, Longs, Longs], start: int
) -> Records:
    begin, end, line = places
    texts = found.texts or [text[a:b] for a, b in found.spans]
    raw = text_array([public_part(_clean(one)) for one in texts])
    made = plain_records(raw, line + 1, begin + start, end - begin)
    return replace(made, elements=True)


def _broken(texts: list[str], edges: tuple[Longs, Longs], rows: Longs, start: int) -> Records:
    starts, ends = edges
    chosen = text_array([texts[row] for row in rows.tolist()])
    return plain_records(chosen, rows + 1, starts[rows] + start, ends[rows] - starts[rows])


def _mark_faults(
    text: str, found: Elements, ends: Longs, line: Longs, bad: np.ndarray[Any, Any]
) -> Longs:
    """Mark lines of faults; returns those where a readable element begins as well."""
    shared: list[int] = []
    for first, last in found.faults:
        low, high = np.searchsorted(ends, _bytes_at(text, [first, max(first, last - 1)]))
        bad[int(low) : int(high) + 1] = True
        if low in line:
            shared.append(int(low))
    return np.array(shared, np.int64)


def _inside(count: int, first: Longs, last: Longs) -> np.ndarray[Any, Any]:
    """Lines on which an element stands that began on an earlier one."""
    depth = np.zeros(count + 1, np.int64)
    np.add.at(depth, first + 1, 1)
    np.add.at(depth, np.minimum(last, count - 1) + 1, -1)
    return np.cumsum(depth)[:count] > 0


def _bytes_at(text: str, positions: list[int]) -> Longs:
    """Byte offsets of character positions (which ascend)."""
    if text.isascii():
        return np.array(positions, np.int64)
    offsets, at, total = [], 0, 0
    for position in positions:
        total += len(text[at:position].encode("utf-8", "surrogateescape"))
        at = position
        offsets.append(total)
    return np.array(offsets, np.int64)


def _line_texts(data: bytes, ends: Longs) -> list[str]:
    texts, start = [], 0
    for end in ends.tolist():
        texts.append(data[start:end].removesuffix(b"\r").decode(errors="replace"))
        start = end + 1
    return texts


def _clean(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def slices(records: Records, size: int = 20_000) -> Iterator[Records]:
    """Records in stretches of a bounded size."""
    for start in range(0, len(records), size):
        yield records.take(np.arange(start, min(start + size, len(records)), dtype=np.int64))
