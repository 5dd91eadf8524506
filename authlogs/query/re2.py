"""What is the matter with an expression: DuckDB runs RE2, and Arrow, which has it too, tells."""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

NAMED_GROUP: Final = r"(?<!\\)(?:\\\\)*\(\?<(?![=!])"
"""What Arrow's RE2 takes, and DuckDB's and Java's engine do not take alike."""


def fault_of(regex: str) -> str | None:
    r"""Return why RE2 cannot use an expression; null where it can.

    >>> fault_of("a{2}"), fault_of("a(?=b)"), fault_of("(?<n>a)")
    (None, 'invalid perl operator: (?=', 'a group with a name, (?<name>…)')
    """
    if re.search(NAMED_GROUP, regex):
        return "a group with a name, (?<name>…)"
    try:
        pc.match_substring_regex(pa.array([""]), regex)
    except pa.ArrowInvalid as error:
        return str(error).partition("Invalid regular expression: ")[2][:200] or "no such expression"
    return None
