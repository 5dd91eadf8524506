"""What a notebook shows of a record: a small card of a title, a line of facts and a table.

No colours but for the bars, so that it fits light and dark pages. Every word is escaped, and
control and direction characters are spelt out, for words come from logs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

OBEYED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
MOST_ROWS: Final = 12
QUIET: Final = "opacity:.7"
CELL: Final = "text-align:left;vertical-align:top;padding:.2em 1.2em .2em 0"


@dataclass(frozen=True)
class Share:
    """A number from 0 to 1, which may be drawn as a bar, and how it is written."""

    value: float
    text: str

    def __str__(self) -> str:
        return self.text


Shown = str | int | Share


def card(
    title: str,
    facts: Iterable[str] = (),
    *,
    heads: tuple[str, ...] = (),
    rows: Iterable[Iterable[Shown]] = (),
) -> str:
    """Return a card as HTML; of many rows the first are shown and the others counted.

    >>> card("Logs", ["2 files"]).startswith('<div><p style="margin:0 0 .5em"><b>Logs</b><br>')
    True
    """
    quiet = "".join(f'<br><span style="{QUIET}">{safe(fact)}</span>' for fact in facts if fact)
    top = f'<p style="margin:0 0 .5em"><b>{safe(title)}</b>{quiet}</p>'
    return f"<div>{top}{_table(heads, [list(row) for row in rows])}</div>"


def safe(text: object) -> str:
    r"""Return text as HTML that nothing obeys.

    >>> safe("<b>\x1b[2J")
    '&lt;b&gt;\\x1b[2J'
    """
    return escape(OBEYED.sub(lambda sign: ascii(sign[0])[1:-1], str(text)))


def _table(heads: tuple[str, ...], rows: list[list[Shown]]) -> str:
    if not rows:
        return ""
    more = len(rows) - MOST_ROWS
    head = "".join(f'<th style="{CELL};{QUIET};font-weight:normal">{safe(h)}</th>' for h in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:MOST_ROWS])
    rest = f'<p style="{QUIET};margin:.3em 0 0">and {more:,} more</p>' if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _cell(value: Shown) -> str:
    if isinstance(value, Share):
        share = round(100 * min(1.0, max(0.0, value.value)), 1)
        ink = f"linear-gradient(to right,#d55e00 {share}%,rgba(128,128,128,.25) {share}%)"
        bar = "display:inline-block;width:5em;height:.5em;border-radius:.25em;margin-right:.6em"
        drawn = f'<span style="{bar};background:{ink}"></span>'
        return f'<td style="{CELL}">{drawn}{safe(value.text)}</td>'
    if isinstance(value, int):
        return f'<td style="{CELL};text-align:right">{value:,}</td>'
    return f'<td style="{CELL}">{safe(value)}</td>'
