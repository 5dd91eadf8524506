"""Where labels go: in levels under their marks, never on one another, on a mark or on a leader.

All numbers are points along the axis. Level 0 is the row of the marks itself; a label there stands
beside its mark. Deeper levels hang from a vertical leader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Stretch = tuple[float, float]
APART = 7.0
LEADER = 2.5
CLEAR = 2.0
NEXT_MARK = 14.0
"""The gap between labels, between a leader and its own label, and between it and any other.

A label beside its mark keeps further from the next mark, or it might be read as that one's."""
MOST_TAGS = 80
"""The weightiest that are tried: no sheet holds more, and a year of deploys must not take long."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A label that wants a place: where its mark starts and ends, its width, what it matters."""

    start: float
    end: float
    anchor: float
    width: float
    weight: float = 0.0


@dataclass(frozen=True)
class Place:
    """A label's level, where its text starts and ends, and where its leader comes down."""

    level: int
    left: float
    right: float
    anchor: float


@dataclass
class _Board:
    """What is taken: stretches by level, and leaders with the level they reach."""

    room: float
    taken: list[list[Stretch]]
    leaders: list[tuple[float, int]] = field(default_factory=list)

    def take_first(self, places: list[Place]) -> Place | None:
        for place in places:
            if self._free(place):
                self.taken[place.level].append((place.left, place.right))
                if place.level:
                    self.leaders.append((place.anchor, place.level))
                return place
        return None

    def _free(self, place: Place) -> bool:
        if place.left < 0 or place.right > self.room:
            return False
        left, right = place.left - APART, place.right + APART
        if not place.level and place.left > place.anchor:
            right = place.right + NEXT_MARK
        elif not place.level:
            left = place.left - NEXT_MARK
        if any(a < right and left < b for a, b in self.taken[place.level]):
            return False
        left, right = place.left - CLEAR, place.right + CLEAR
        if any(left < x < right for x, level in self.leaders if level > place.level):
            return False
        above = self.taken[1 : place.level]
        return not any(a - CLEAR < place.anchor < b + CLEAR for row in above for a, b in row)


def place_tags(
    tags: Sequence[Tag],
    *,
    room: float,
    levels: int,
    marks: Sequence[Stretch] = (),
    all_or_none: bool = False,
) -> list[Place | None]:
    """Place as many tags as fit, the weightiest first; None for those that find no place.

    `levels` counts those below the row of marks; `marks` are all that stand in that row. With
    `all_or_none` none is placed unless all are: the caller has shorter labels to try.
    """
    order = sorted(range(len(tags)), key=lambda n: (-tags[n].weight, tags[n].start, n))
    tried = order[:MOST_TAGS]
    chosen = tried
    found = _lay_out(tags, chosen, room=room, levels=levels, marks=marks)
    if all_or_none and len(found) < len(tags):
        return [None] * len(tags)
    if len(found) < len(tried):
        chosen, found = [], {}
        for number in tried:
            more = _lay_out(tags, [*chosen, number], room=room, levels=levels, marks=marks)
            if len(more) > len(chosen):
                chosen, found = [*chosen, number], more
    return [found.get(number) for number in range(len(tags))]


def _lay_out(
    tags: Sequence[Tag],
    chosen: Sequence[int],
    *,
    room: float,
    levels: int,
    marks: Sequence[Stretch],
) -> dict[int, Place]:
    """Place the chosen: beside their marks where there is room, else below.

    Below, labels run to the right of their leaders and are placed from the right, so that each
    passes under those before it. Labels that would leave the sheet run to the left and are placed
    from the left; whether before or after the others depends on which way more find a place.
    """
    beside = _Board(room, [list(marks), *([] for _ in range(levels))])
    found = {}
    for number in chosen:
        if place := beside.take_first(_beside(tags[number])):
            found[number] = place
    rest = sorted((n for n in chosen if n not in found), key=lambda n: tags[n].anchor)
    leftward = [n for n in rest if tags[n].anchor + LEADER + tags[n].width > room]
    rightward = [n for n in reversed(rest) if n not in leftward]
    best: dict[int, Place] = {}
    for order in ([*leftward, *rightward], [*rightward, *leftward]):
        board = _Board(room, [[], *([] for _ in range(levels))])
        below = {n: board.take_first(_below(tags[n], levels, n in leftward)) for n in order}
        placed = {n: place for n, place in below.items() if place}
        best = max(best, placed, key=len)
    return found | best


def _beside(tag: Tag) -> list[Place]:
    after, before = tag.end + APART, tag.start - APART
    return [
        Place(0, after, after + tag.width, tag.anchor),
        Place(0, before - tag.width, before, tag.anchor),
    ]


def _below(tag: Tag, levels: int, leftward: bool) -> list[Place]:  # noqa: FBT001
    left = tag.anchor - LEADER - tag.width if leftward else tag.anchor + LEADER
    return [Place(level, left, left + tag.width, tag.anchor) for level in range(1, levels + 1)]
