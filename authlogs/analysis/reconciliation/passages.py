"""A text as passages, each with its line: headings, items of a list, rows of a table, sentences.

Markdown, plain text, HTML and Slack exports; what is markup goes, what is said stays.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlogs.analysis.reconciliation.page_text import page_lines
from authlogs.errors import BadCall

MOST_TEXT = 1_000_000
MOST_LINE = 2_000
"""Characters of a line, and of a sentence, that are looked at: nobody writes longer ones."""
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
UNDERLINE = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
ITEM = re.compile(r"^\s*(?:[-*+•‣◦]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
TABLE = re.compile(r"^\s*\|")
RULE = re.compile(r"^\s*\|?\s*:?-{2,}[-:|\s]*$")
MARKUP = re.compile(r"\*\*|__|`|~~|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|^\s*>\s?")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
STARTS_TIMED = re.compile(r"^\s*(?:At\s)?[\[(]?(?:\d{4}-\d\d-\d\d[T ])?\d{1,2}[:h.]\d\d")
SENT_BY = re.compile(r"^\S[^.!?|]{0,40}?\s\[?\d{1,2}:\d\d(?:\s?[AaPp]\.?[Mm]\.?)?\]?$")
"""A copied chat: a name and a time alone on a line, what was said below."""
STAMP = re.compile(
    r"^(?=.*\d[:h]\d\d)(?:[A-Z][a-z]{2,8}\.?,?\s)?[\w,./ -]{0,24}?\b\d{1,2}[:h]\d\d(?::\d\d)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?[(\[]?[A-Z]{1,4}(?:[+-]\d{1,2}(?::?\d\d)?)?[)\]]?)?$"
)
"""A time alone on its line: of what stands right above it, where that has none of its own."""
TIMED = re.compile(r"\d[:h]\d\d")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9ÁÉÍÓÚÑ\"'(])")
DOTTED = re.compile(r"\b(?:[ap]\.m|e\.g|i\.e|approx|ca|vs|no|St|Dr|Mr|Ms)\.$", re.IGNORECASE)
PAGE = re.compile(r"<\s*(!doctype|html|body|table|ul|ol|li|p|h[1-6]|div)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """A sentence, item, row or heading: its line, counted from 1, and when it was sent, if told.

    Of a copied chat (`chat`) the first time is when it was said, not when what it tells happened.
    """

    text: str
    line: int
    heading: bool = False
    listed: bool = False
    chat: bool = False
    sent: datetime | None = None


def bounded(text: str) -> str:
    """Return a text as it is. Raises BadCall for one of more than a million characters."""
    if len(text) > MOST_TEXT:
        raise BadCall(
            f"more than {MOST_TEXT:,} characters are no postmortem",
            next_step="give the text that people wrote, not a log",
        )
    return text


def passages(text: str) -> tuple[Passage, ...]:
    """Cut a text into passages."""
    if messages := _messages(text):
        return tuple(_spoken(messages))
    lines = page_lines(text) if PAGE.search(text[:4_000]) else enumerate(text.splitlines(), 1)
    return tuple(_cut([(number, line[:MOST_LINE]) for number, line in lines]))


def _messages(text: str) -> list[dict[str, Any]]:
    """Return the messages of a Slack export: a list of objects with `ts` and `text`."""
    if text.lstrip()[:1] not in ("[", "{"):
        return []
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    listed = told.get("messages", []) if isinstance(told, dict) else told
    if not isinstance(listed, list):
        return []
    return [one for one in listed if isinstance(one, dict) and "ts" in one and "text" in one]


def _spoken(messages: list[dict[str, Any]]) -> Iterator[Passage]:
    """Give each sentence of a Slack message; `ts` is seconds since the epoch, UTC."""
    for number, message in enumerate(messages, start=1):
        try:
            sent = datetime.fromtimestamp(float(message["ts"]), UTC)
        except (ValueError, TypeError, OverflowError, OSError):
            continue
        words = re.sub(r"<([^|>]*)\|([^>]*)>", r"\2", str(message["text"]))
        for line in words.splitlines():
            for sentence in _sentences(_plain(line[:MOST_LINE])):
                yield Passage(sentence, number, listed=True, sent=sent)


def _cut(lines: list[tuple[int, str]]) -> Iterator[Passage]:
    """Give headings, items and rows as they stand; wrapped lines of a paragraph are joined."""
    held: list[tuple[int, str]] = []
    listed = False
    for place, (number, line) in enumerate(lines):
        if held and _closes(line, held):
            text = " ".join(_plain(each) for _, each in held)
            yield Passage(f"{_plain(line)} {text[:MOST_LINE]}", held[0][0], listed=True)
            held, listed = [], False
            continue
        follows = lines[place + 1][1] if place + 1 < len(lines) else ""
        heading = HEADING.match(line)
        underlined = bool(line.strip() and UNDERLINE.match(follows) and not ITEM.match(line))
        begins = any(sign.match(line) for sign in (ITEM, TABLE, STARTS_TIMED, SENT_BY))
        if heading or underlined or begins or not line.strip() or UNDERLINE.match(line):
            yield from _paragraph(held, listed=listed)
            held, listed = [], False
        if heading or underlined:
            yield Passage(_plain(heading[1] if heading else line), number, heading=True)
        elif line.strip() and not UNDERLINE.match(line) and not RULE.match(line):
            held.append((number, ITEM.sub("", line)))
            listed = listed or begins
    yield from _paragraph(held, listed=listed)


def _closes(line: str, held: list[tuple[int, str]]) -> bool:
    """Tell whether a line is the time of what was said above it, as status pages print it."""
    alone = len(line) <= 60 and STAMP.match(line.strip())
    return bool(alone) and not any(TIMED.search(each) for _, each in held)


def _paragraph(held: list[tuple[int, str]], *, listed: bool) -> Iterator[Passage]:
    """Give the sentences of joined lines, each with the line that it begins on."""
    joined, starts = "", []
    chat = len(held) > 1 and bool(SENT_BY.match(held[0][1]))
    for number, line in held:
        starts.append((len(joined), number))
        joined += _plain(line) + " "
    place = 0
    for sentence in _sentences(joined):
        place = joined.index(sentence, place)
        begun = next(number for start, number in reversed(starts) if start <= place)
        yield Passage(sentence, begun, listed=listed, chat=chat and place == 0)
        place += len(sentence)


def _sentences(text: str) -> list[str]:
    """Cut after a full stop; not after `a.m.` and its like."""
    found: list[str] = []
    for piece in SENTENCE.split(text):
        if found and DOTTED.search(found[-1]):
            found[-1] += f" {piece}"
        elif piece.strip():
            found.append(piece.strip())
    return [piece[:MOST_LINE] for piece in found if piece in text]


def _plain(line: str) -> str:
    """Return a line without the signs of Markdown; cells of a row are set apart by a dash."""
    told = MARKUP.sub("", LINK.sub(r"\1", line))
    if TABLE.match(told):
        told = " – ".join(cell.strip() for cell in told.strip().strip("|").split("|"))
    return " ".join(told.split())
