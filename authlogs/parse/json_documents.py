"""A file that is JSON as a whole: an array, an object that wraps one, or values one after another.

Each element is a record with its own line and bytes. What stands before a fault is read; the
rest is told line by line, up to a line that begins a value anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from authlogs.parse.clock import Longs
from authlogs.parse.fields import Record, text_array
from authlogs.parse.json_records import parse_object, raw_decode
from authlogs.parse.records import Records, plain_records

_LISTS: Final = ("Records", "records", "value", "items", "alerts", "deployments")
_NESTS: Final = ("data",)
_OWN: Final = {"time", "ts", "timestamp", "@timestamp", "message", "msg", "level"}
"""Keys that make an object a record itself, whatever lists it holds."""
_SPACE: Final = " \t\r\n,\ufeff"


@dataclass
class Elements:
    """Where elements begin and end (characters), what they are, and where nothing could be read."""

    spans: list[tuple[int, int]] = field(default_factory=list)
    objects: list[Record | str] = field(default_factory=list)
    faults: list[tuple[int, int]] = field(default_factory=list)

    def add(self, start: int, end: int, value: Any) -> None:
        self.spans.append((start, end))
        self.objects.append(value if isinstance(value, dict) else "not_an_object")


def begins_document(head: str) -> bool:
    """Whether a text that begins so is a JSON document rather than lines of JSON."""
    text = head.lstrip(_SPACE)
    if text.startswith("["):
        return text[1:].lstrip()[:1] in ("{", "]", "")
    if not text.startswith("{"):
        return False
    first, _, rest = text.partition("\n")
    alone = parse_object(first.strip())
    if isinstance(alone, dict):
        return _wraps(alone)
    try:
        raw_decode(text, 0)
    except ValueError as error:
        second = len(first) + 1 + len(rest.partition("\n")[0])
        return int(getattr(error, "pos", 0)) > second
    return True


def find_elements(text: str) -> Elements:
    """Every element of a document; never raises."""
    found = Elements()
    at = 0
    while (at := _skip(text, at)) < len(text):
        try:
            at = _value(text, at, found)
        except ValueError:
            at = _resume(text, at, found)
    return found


def _value(text: str, at: int, found: Elements) -> int:
    """One top-level value: an array's elements, a wrapper's elements, or the value itself."""
    if text[at] == "[":
        return _array(text, at, found)
    if text[at] == "{":
        value, end = _whole_or_none(text, at)
        if value is None or _wraps(value):
            return _wrapper(text, at, found)
        found.add(at, end, value)
        return end
    raise ValueError("no value")


def _whole_or_none(text: str, at: int) -> tuple[Any, int]:
    try:
        return raw_decode(text, at)
    except ValueError:
        if any(f'"{name}"' in text[at : at + 4096] for name in _LISTS):
            return None, at
        raise


def _wraps(value: Record) -> bool:
    if _OWN & set(value):
        return False
    inner = [value] + [value[name] for name in _NESTS if isinstance(value.get(name), dict)]
    return any(_is_list(one.get(name)) for one in inner for name in _LISTS)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value[:5])


def _wrapper(text: str, at: int, found: Elements) -> int:
    """The members of an object; lists of records are opened, the rest is passed over."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = raw_decode(text, at)
        if not isinstance(name, str):
            raise ValueError("a key must be text")
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("a colon is missing")
        at = _skip(text, at + 1)
        if name in _LISTS and text[at : at + 1] == "[":
            at = _array(text, at, found)
        elif name in _NESTS and text[at : at + 1] == "{":
            at = _wrapper(text, at, found)
        else:
            _, at = raw_decode(text, at)
        at = _skip(text, at)
    return at + 1


def _array(text: str, at: int, found: Elements) -> int:
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        try:
            value, end = raw_decode(text, at)
        except ValueError:
            raise _Fault(at) from None
        found.add(at, end, value)
        at = _skip(text, end)
    return at + 1


class _Fault(ValueError):
    """Where an element of an array could not be read."""

    def __init__(self, at: int) -> None:
        super().__init__("broken element")
        self.at = at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _resume(text: str, at: int, found: Elements) -> int:
    """Note a fault from the last element's end to the next line that begins a value anew."""
    start = _skip(text, max(at, found.spans[-1][1] if found.spans else 0))
    end = start
    while True:
        newline = text.find("\n", end)
        if newline < 0:
            end = len(text)
            break
        end = newline + 1
        if text[end : end + 1] in ("{", "["):
            break
    found.faults.append((start, end))
    return end


@dataclass(frozen=True)
class Document:
    """Records of a document, and its lines that hold none: joined, comments, blank, broken."""

    records: Records
    unpacked: int
    joined: int
    comments: int
    blank: int
    broken: Records
    lines: int


def read_document(data: bytes, *, start: int = 0) -> Document:
    """The elements of a document with their lines and bytes; `start` is its first byte's offset."""
    text = data.decode("utf-8", "surrogateescape")
    found = find_elements(text)
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
        records=_elements(found, text, begin, end, line, start),
        unpacked=len(line) - int(holds.sum()) + len(shared),
        joined=int(joined.sum()),
        comments=int((rest & ~empty).sum()),
        blank=int((rest & empty).sum()),
        broken=_broken(texts, starts, broken, start),
        lines=len(ends),
    )


def _elements(
    found: Elements, text: str, begin: Longs, end: Longs, line: Longs, start: int
) -> Records:
    raw = text_array([_clean(text[a:b]) for a, b in found.spans])
    made = plain_records(raw, line + 1, begin + start, end - begin)
    return Records(**{**made.__dict__, "objects": found.objects})


def _broken(texts: list[str], starts: Longs, rows: Longs, start: int) -> Records:
    chosen = [texts[row] for row in rows.tolist()]
    lengths = np.array([len(one.encode(errors="replace")) for one in chosen], np.int64)
    return plain_records(text_array(chosen), rows + 1, starts[rows] + start, lengths)


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
    return np.cumsum(depth)[:count] > 0  # type: ignore[no-any-return]


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
