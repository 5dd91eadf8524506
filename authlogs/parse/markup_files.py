"""Files of XML: records are cut out of the text, wherever in their lines they begin and end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from authlogs.parse.delimited import Lines, Stretch, lines_of, records_of
from authlogs.parse.format import Format
from authlogs.parse.markup import MOST_CHARACTERS
from authlogs.sources.lines import Block

_TAGS_ALONE: Final = re.compile(r"(?:\s*<[^<>]*>)+\s*")
Span = tuple[int, int]
Bits = NDArray[np.bool_]


def record_names(formats: tuple[Format, ...]) -> tuple[str, ...]:
    """The elements that are records of some format: the first part of its paths."""
    paths = (
        path
        for one in formats
        if one.shape == "xml"
        for way in one.recognise
        for path in (*way.all, *way.any, *way.equals)
    )
    return tuple(sorted({path.split(".")[0] for path in paths}))


def begins_markup(head: str, names: tuple[str, ...]) -> bool:
    """Whether a text is XML that holds records of these names."""
    if not names or not re.match(r"[\s\ufeff]*<[?!A-Za-z]", head):
        return False
    return _tags(names).search(head) is not None


def _tags(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<(/?)(?:[\w.-]{{1,64}}:)?({'|'.join(map(re.escape, names))})(?=[\s>/])")


@dataclass
class MarkupFile:
    """Reads the blocks of one file; a record may begin in one and end in the next."""

    names: tuple[str, ...]
    encoding: str = "utf-8"
    _open: Lines = field(default_factory=list)

    def stretches(self, blocks: Iterator[Block]) -> Iterator[Stretch]:
        """One stretch a block, and a last one for what never closed."""
        for block in blocks:
            yield self._stretch(self._open + lines_of(block), last=False)
        if self._open:
            yield self._stretch(self._open, last=True)

    def _stretch(self, lines: Lines, *, last: bool) -> Stretch:
        text = "\n".join(line[0] for line in lines)
        starts = np.cumsum([0, *(len(line[0]) + 1 for line in lines)])
        spans, begun = _spans(text, _tags(self.names))
        cut = len(lines)
        if begun is not None and not last and len(text) - begun <= MOST_CHARACTERS:
            cut = _line_between(spans, starts, begun)
        elif begun is not None:
            spans.append((begun, len(text)))
        self._open = lines[cut:]
        kept = [span for span in spans if span[0] < starts[cut]]
        return self._accounted(lines[:cut], text, starts, kept)

    def _accounted(
        self, lines: Lines, text: str, starts: NDArray[Any], spans: list[Span]
    ) -> Stretch:
        """Records at their bytes, and what each line is that none begins on."""
        first = _line_at(starts, [begin for begin, _ in spans])
        final = _line_at(starts, [end - 1 for _, end in spans])
        holds = np.zeros(len(lines), bool)
        holds[first] = True
        inside = _inside(len(lines), first, final) & ~holds
        rows: Lines = []
        for (begin, end), low, high in zip(spans, first.tolist(), final.tolist(), strict=True):
            offset = self._place(lines[low], begin - int(starts[low]))
            length = self._place(lines[high], end - int(starts[high])) - offset
            rows.append((text[begin:end], lines[low][1], offset, length))
        other = np.flatnonzero(~(holds | inside)).tolist()
        blank = [at for at in other if not lines[at][0].strip()]
        bare = [at for at in other if _TAGS_ALONE.fullmatch(lines[at][0])]
        broken = [lines[at] for at in other if at not in {*blank, *bare}]
        return Stretch(
            records_of(rows, elements=True),
            records_of(broken),
            joined=int(inside.sum()),
            comments=len(bare),
            blank=len(blank),
            unpacked=len(spans) - int(holds.sum()),
        )

    def _place(self, line: tuple[str, int, int, int], characters: int) -> int:
        """Where a character of a line stands in the stored bytes."""
        text, _, offset, length = line
        if characters >= len(text):
            return offset + length
        return offset + min(len(text[:characters].encode(self.encoding, "replace")), length)


def _spans(text: str, tags: re.Pattern[str]) -> tuple[list[Span], int | None]:
    """Where records begin and end, unclosed ones at the next; and where one is still open."""
    spans: list[Span] = []
    begun, name = None, ""
    for tag in tags.finditer(text):
        if not tag[1]:
            if begun is not None:
                spans.append((begun, begun + len(text[begun : tag.start()].rstrip())))
            begun, name = tag.start(), tag[2]
        elif begun is not None and tag[2] == name:
            end = text.find(">", tag.end()) + 1
            if not end:
                break
            spans.append((begun, end))
            begun = None
    return spans, begun


def _line_between(spans: list[Span], starts: NDArray[Any], begun: int) -> int:
    """The line from which on lines wait: that of the open record, or of one that ends on it."""
    line = int(np.searchsorted(starts, begun, side="right")) - 1
    for begin, end in reversed(spans):
        if begin < starts[line] < end:
            line = int(np.searchsorted(starts, begin, side="right")) - 1
    return line


def _line_at(starts: NDArray[Any], places: list[int]) -> NDArray[np.int64]:
    at = np.searchsorted(starts, np.array(places, np.int64), side="right") - 1
    return at.astype(np.int64)


def _inside(count: int, first: NDArray[np.int64], final: NDArray[np.int64]) -> Bits:
    """Lines on which a record stands that began on an earlier one."""
    depth = np.zeros(count + 1, np.int64)
    np.add.at(depth, first + 1, 1)
    np.add.at(depth, final + 1, -1)
    return np.cumsum(depth)[:count] > 0
