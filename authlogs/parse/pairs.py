"""`key=value` text (logfmt and its relatives) into records, in one linear pass."""

import re
from collections.abc import Iterable
from typing import Final

from authlogs.parse.paths import Record

_PAIR: Final = re.compile(
    r"(?:^|(?<=[\s,;|(\[{]))([A-Za-z_@][\w.@/-]*+)="
    r"(\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\S*+)"
)
"""Possessive throughout: a text is never looked at twice, whoever wrote it."""
_PLAIN: Final = re.compile(r"[\"',;)\]}]")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPED: Final = re.compile(r"\\(.)")


def parse_pairs(texts: Iterable[str | None]) -> list[Record]:
    """The pairs of each text; of a key that comes twice the first counts, the forged one does not.

    A loop over rows: no compiled kernel finds all pairs of a text.
    """
    return [_pairs(text) if text and "=" in text else {} for text in texts]


def _pairs(text: str) -> Record:
    found = _PAIR.findall(text)
    if _PLAIN.search(text) is None:
        record = dict(found)
        if len(record) == len(found):  # nothing to unquote and no key that comes twice
            return record
    record = {}
    for key, value in found:
        if key in record:
            continue
        if value[:1] in ("'", '"'):
            closed = len(value) > 1 and value[-1] == value[0]
            value = value[1:-1] if closed else value[1:]
            if "\\" in value:
                value = _ESCAPED.sub(_unescape, value)
        elif value[-1:] in (",", ";", ")", "]", "}"):
            value = value.rstrip(",;") if value[-1] in ",;" else _balanced(value)
        record[key] = value
    return record


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])


def _balanced(value: str) -> str:
    """Drop a bracket that closes what the value did not open."""
    opening = {")": "(", "]": "[", "}": "{"}[value[-1]]
    return value[:-1] if opening not in value else value
