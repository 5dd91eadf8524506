"""Messages as templates: what changes from one record to the next is masked.

A mask looks at one message alone, so templates do not depend on the order of lines, on what else
was logged, or on when it was read.
"""

from typing import Final

import pyarrow as pa

from authlogs.expressions import ascii_only, replaced

_HEX: Final = "[0-9a-fA-F]"
_MASKS: Final = (
    (r'"[^"]*"', "<text>"),
    (r"(^|[\s=(\[{:,])'[^']*'", "${1}<text>"),
    (r"`[^`]*`", "<text>"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "<email>"),
    (rf"\b{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}\b", "<id>"),
    (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", "<time>"),
    (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b", "<time>"),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?\b", "<address>"),
    (rf"\[?\b(?:{_HEX}{{1,4}}:){{2,7}}(?::?{_HEX}{{1,4}})+\b\]?(?::\d{{1,5}}\b)?", "<address>"),
    (rf"\B::{_HEX}{{1,4}}(?::{_HEX}{{1,4}})*\b", "<address>"),
    (r"\bv?\d+(?:\.\d+){2,}\b", "<version>"),
    (r"\b[A-Za-z_][\w-]*\d[\w-]*", "<id>"),
    (r"\b\d+(?:[.,]\d+)*(?:[nuµm]?s|[kKMG]i?B|min|[mhdBkKMG])?\b", "<number>"),
    (r"\b\d[\w-]*", "<id>"),
    (r"\s+", " "),
)
"""Patterns and what stands in their place, in this order: the longest that is one thing first."""


def templates(messages: pa.Array) -> pa.Array:
    """The template of each message; null stays null.

    >>> templates(pa.array(["user 'ana' timed out after 30 ms at 192.0.2.7:443"])).to_pylist()
    ['user <text> timed out after <number> ms at <address>']
    """
    for pattern, mask in _MASKS:
        messages = replaced(messages, ascii_only(pattern), mask)
    return messages
