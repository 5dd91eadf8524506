"""JSON as a whole: an array, an object that wraps one, or values one after another.

What stands before a fault is read; reading goes on at a line that begins a value anew.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from authlogs.parse.json_records import parse_object, raw_decode
from authlogs.parse.paths import Record

LISTS: Final = (
    "Records", "records", "value", "items", "Items", "alerts", "hits", "result", "results",
    "streams", "tables", "data", "deploymentsInfo", "StackEvents", "incidents", "workflow_runs",
)  # fmt: skip
"""Names of lists of records, whatever stands beside them."""
_PLAIN_LISTS: Final = ("deployments", "events", "keys", "services", "builds")
"""Names that are lists of records only where nothing but `_PAGING` stands beside them."""
_PAGING: Final = {
    "version", "count", "next", "previous", "total", "totalEvents", "took", "requestId", "paging",
    "pagination", "links", "_links", "meta", "failures", "kind", "_class",
}  # fmt: skip
_NESTS: Final = ("data", "hits")
_OWN: Final = {
    "time", "ts", "timestamp", "@timestamp", "message", "msg", "level", "id", "uuid", "user",
    "actor", "action", "event", "eventTime", "published",
}  # fmt: skip
"""Keys that make an object a record itself, whatever lists it holds."""
_OPENS: Final = re.compile(rf'"(?:{"|".join((*LISTS, *_PLAIN_LISTS))})"\s*:\s*\[\s*\{{')
_MOST_FAULTS: Final = 1000
"""Faults after which a document is given up, so that a hostile one costs no more than its size."""
_SPACE: Final = " \t\r\n,\ufeff"


@dataclass
class Elements:
    """Where elements begin and end (in characters), and where nothing could be read.

    `texts` are the elements as JSON, where the document itself is something else; `why` is the word
    for its faults.
    """

    spans: list[tuple[int, int]] = field(default_factory=list)
    faults: list[tuple[int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    why: str = "bad_json"


def begins_json(head: str) -> bool:
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
    if not rest and _OPENS.search(first[:4096]):
        return True  # one line, and longer than what is shown of it
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
            return _wrapper(text, at, found, LISTS if value is None else _lists_of(value))
        found.spans.append((at, end))
        return end
    raise ValueError("no value")


def _whole_or_none(text: str, at: int) -> tuple[Any, int]:
    try:
        return raw_decode(text, at)
    except ValueError:
        if any(f'"{name}"' in text[at : at + 4096] for name in LISTS):
            return None, at
        raise


def _wraps(value: Record) -> bool:
    if _OWN & set(value):
        return False
    inner = [value] + [value[name] for name in _NESTS if isinstance(value.get(name), dict)]
    return any(_is_list(one.get(name)) for one in inner for name in _lists_of(one))


def _lists_of(value: Record) -> tuple[str, ...]:
    """The names under which an object may hold records."""
    beside = set(value) - _PAGING
    return (*LISTS, *beside) if len(beside) == 1 and beside <= set(_PLAIN_LISTS) else LISTS


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value[:5])


def _wrapper(text: str, at: int, found: Elements, lists: tuple[str, ...]) -> int:
    """The members of an object; lists of records are opened, the rest is passed over."""
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = raw_decode(text, at)
        if not isinstance(name, str):
            raise ValueError("a key must be text")  # noqa: TRY004 (one kind of fault)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("a colon is missing")
        at = _skip(text, at + 1)
        if name in lists and text[at : at + 1] == "[":
            at = _array(text, at, found)
        elif name in _NESTS and text[at : at + 1] == "{":
            at = _wrapper(text, at, found, lists)
        else:
            _, at = raw_decode(text, at)
        at = _skip(text, at)
    return at + 1


def _array(text: str, at: int, found: Elements) -> int:
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        _, end = raw_decode(text, at)
        found.spans.append((at, end))
        at = _skip(text, end)
    return at + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _resume(text: str, at: int, found: Elements) -> int:
    """Note a fault from the last element's end to the next line that begins a value anew."""
    start = _skip(text, max(at, found.spans[-1][1] if found.spans else 0))
    end = len(text) if len(found.faults) >= _MOST_FAULTS else start
    while end < len(text):
        newline = text.find("\n", end)
        if newline < 0:
            end = len(text)
            break
        end = newline + 1
        if text[end : end + 1] in ("{", "["):
            break
    found.faults.append((start, end))
    return end
