r"""What a text must hold as it stands to fit: looked for first, it rules out most rows.

To find a plain text costs a third of ignoring case and a sixth of an expression. What is not surely
needed is left out: a search is then slower, never wrong. Nor are the signs of LIKE in these texts.
"""

import re
from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 2
"""Characters; a single one stands in too many rows."""
LIKE_SIGNS: Final = "%_\\"
_CASELESS: Final = re.compile(r"[!-$&-@\[\]^`{-~](?:[ -$&-@\[\]^`{-~]*[!-$&-@\[\]^`{-~])?")
"""ASCII without letters: no letter of any script has such a sign for its lower or upper case. (İ
and the sign of kelvin have i and k.)"""
_FLAGS: Final = re.compile(r"\(\?([a-z]+)\)")
_TOKEN: Final = re.compile(
    r"(?P<sign>\\[^A-Za-z0-9]|[^\\\[\](){}|.^$*+?])"
    r"|(?P<repeat>[*+?]|\{\d*,?\d*\})"
    r"|(?P<gap>[.^$]|\\[dDwWsSbBnrtfv]|\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<opens>\((?:\?:|(?!\?)))|(?P<closes>\))|(?P<choice>\|)|(?P<other>.)",
    re.DOTALL,
)


def in_any_case(texts: Iterable[str]) -> str:
    """Return the longest part that stands in whatever holds these texts in any case, or nothing.

    >>> in_any_case(["Issuer 77", "10.0.0.9 gone"])
    '10.0.0.9'
    """
    return _longest(part for text in texts for part in _CASELESS.findall(text))


def in_every_match(regex: str) -> str:
    r"""Return the longest text that stands in whatever an expression (RE2) fits, or nothing.

    >>> in_every_match(r"issuer [0-9]*77 after 1[0-9]{2} ms")
    '77 after 1'
    >>> in_every_match("one|other")
    ''
    """
    flags = _FLAGS.match(regex)
    runs = _runs(regex[flags.end() :] if flags else regex)
    return in_any_case(runs) if flags and "i" in flags[1] else _longest(runs)


def _runs(regex: str) -> list[str]:
    """The plain texts outside brackets; none where they are a choice or something is not known."""
    runs, depth = [""], 0
    for token in _TOKEN.finditer(regex):
        kind = token.lastgroup
        if kind == "other" or (kind == "choice" and not depth):
            return []
        if kind == "sign" and not depth and token[0][-1] not in LIKE_SIGNS:
            runs[-1] += token[0][-1]
            continue
        if kind == "repeat":  # of the sign before it, which may not be there at all
            runs[-1] = runs[-1][:-1]
        depth += (kind == "opens") - (kind == "closes")
        runs.append("")
    return runs


def _longest(texts: Iterable[str]) -> str:
    found = max(texts, key=len, default="")
    return found if len(found) >= SHORTEST else ""
