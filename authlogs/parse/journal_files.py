"""systemd's journal as `journalctl -o export` writes it: a field a line, entries between blanks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from authlogs.parse.delimited import Lines, Stretch, lines_of, records_of
from authlogs.parse.texts import dump
from authlogs.sources.lines import Block

_FIELD: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}=")
_MOST_LINES: Final = 2000
"""Lines that one entry may have."""


def begins_journal(head: str) -> bool:
    """Whether a text begins with an entry's cursor."""
    return head.lstrip("\ufeff\r\n").startswith("__CURSOR=")


@dataclass
class JournalFile:
    """Reads the blocks of one file; entries become the JSON that `journalctl -o json` writes."""

    _open: Lines = field(default_factory=list)

    def stretches(self, blocks: Iterator[Block]) -> Iterator[Stretch]:
        """One stretch a block, and a last one for the entry that ends with the file."""
        for block in blocks:
            yield self._stretch(self._open + lines_of(block), last=False)
        if self._open:
            yield self._stretch(self._open, last=True)

    def _stretch(self, lines: Lines, *, last: bool) -> Stretch:
        good: Lines = []
        bad: Lines = []
        blank = 0
        entry: Lines = []
        for line in lines:
            if line[0].strip() and len(entry) < _MOST_LINES:
                entry.append(line)
                continue
            _settle(entry, good, bad)
            entry = [line] if line[0].strip() else []
            blank += not line[0].strip()
        if last:
            _settle(entry, good, bad)
        self._open = [] if last else entry
        joined = len(lines) - len(self._open) - len(good) - len(bad) - blank
        made = records_of(good, elements=True)
        return Stretch(made, records_of(bad), joined=joined, blank=blank)


def _settle(entry: Lines, good: Lines, bad: Lines) -> None:
    """An entry as one record at its first line; of equal names the first counts."""
    if not entry:
        return
    fields: dict[str, str] = {}
    for text, *_ in entry:
        if _FIELD.match(text):
            name, _, value = text.partition("=")
            fields.setdefault(name, value)
    _, number, offset, _ = entry[0]
    length = entry[-1][2] + entry[-1][3] - offset
    whole = all(_FIELD.match(text) for text, *_ in entry)  # else a value was written as bytes
    (good if whole else bad).append((dump(fields), number, offset, length))
