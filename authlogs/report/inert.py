"""Text that nothing obeys: no terminal, no browser, no Markdown renderer.

Logs are written by attackers, and so are the names and descriptions in change records.
"""

import re

from authlogs.plot.lettering import literal

MARKUP = re.compile(
    r"[\\`*\[\]|~$#]"  # emphasis, code, links, tables, strike-through, formulae, headings
    r"|<(?=[A-Za-z/!?])|^>"  # HTML, bare links, a quotation
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word an underscore is only itself
    r"|&(?=[#A-Za-z0-9]+;)"  # the name of a character
    r"|:(?=//)|(?<=\bwww)\."  # a bare address would become a link
    r"|^[-+=](?![A-Za-z0-9.])|^\d+(?=[.)](?:\s|$))",  # a list or a rule at the start of a block
    re.IGNORECASE,
)
NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
WORD_JOINER = "\u2060"


def printable(text: str) -> str:
    r"""Spell out control and direction characters; a new line or tab becomes a space.

    >>> printable("red\x1b[31m\nnext")
    'red\\x1b[31m next'
    """
    return literal(text.replace("\n", " ").replace("\t", " "))


def markdown(text: str) -> str:
    r"""Escape what Markdown, HTML in it, or a forge's mentions would make of the text.

    >>> markdown("a|b <i> invalid_signature @all")
    'a\\|b &lt;i> invalid_signature @\u2060all'
    """
    flat = " ".join(printable(text).split())
    return MARKUP.sub(_escaped, flat).replace("@", f"@{WORD_JOINER}")


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    if text.isdigit():
        return f"{text}\\"
    return NAMED.get(text, f"\\{text}")
