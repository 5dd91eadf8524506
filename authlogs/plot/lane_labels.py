"""What the lanes say: each entry's words, and the place they are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from authlogs.plot.lettering import shorten, text_width
from authlogs.plot.placing import Place, Stretch, Tag, place_tags
from authlogs.plot.sheet import Sheet
from authlogs.plot.style import ROLES

LANES = {
    "incident": "incident",
    "change": "changes",
    "response": "responders",
    "alert": "alerts",
    "claim": "claimed",
}
WORTH = {"incident": 2.0, "change": 1.5}
"""Where lanes must give up room, a level here counts for so many elsewhere."""
MOST_LEVELS = 8
MOST_ENTRIES = 250
"""So many of a lane are drawn one by one: the weightiest."""
LONG_PT, MIDDLE_PT, SHORT_PT = 330.0, 165.0, 120.0
"""The widths that a lane's labels are tried in."""
STAR_PT = 12.0
"""The room of the star before the label of the most supported."""
FOOT_PT = 3.0


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane with its labels placed; a label without a place is counted, not drawn.

    Of very many entries the lightest are a crowd: stretches in points, without labels.
    """

    name: str
    entries: Sequence[dict[str, Any]]
    texts: Sequence[str]
    places: Sequence[Place | None]
    crowd: Sequence[Stretch] = ()
    crowded: int = 0

    @property
    def levels(self) -> int:
        return max((place.level for place in self.places if place), default=0)

    @property
    def unplaced(self) -> int:
        without = (p is None and bool(t) for p, t in zip(self.places, self.texts, strict=True))
        return self.crowded + sum(without)


def plan_lanes(sheet: Sheet, budget_pt: float) -> tuple[Lane, ...]:
    """Place the labels of every lane so that the lanes together keep to `budget_pt` points."""
    rows = sheet.data.lanes.to_pylist()
    of_lane = {name: _parted([r for r in rows if r["lane"] == name], sheet) for name in LANES}
    shown = [name for name in LANES if of_lane[name].entries or name == "change"]
    lanes = {name: _plan(of_lane[name], name, sheet, MOST_LEVELS) for name in shown}
    while sum(lane_height(lane, sheet) for lane in lanes.values()) > budget_pt:
        shrinking = [name for name in lanes if lanes[name].levels > _fewest(of_lane[name].entries)]
        if not shrinking:
            break
        fullest = max(shrinking, key=lambda name: lanes[name].levels / WORTH.get(name, 1.0))
        cap = lanes[fullest].levels - 1
        lanes[fullest] = _plan(of_lane[fullest], fullest, sheet, cap)
    return tuple(lanes.values())


def _fewest(entries: list[dict[str, Any]]) -> int:
    """Return the levels that a lane keeps: the most supported is always named."""
    return int(any(entry["role"] == "most_supported" for entry in entries))


def lane_height(lane: Lane, sheet: Sheet) -> float:
    """Return the height of a lane in points."""
    levels = max(lane.levels, 1 if lane.unplaced else 0)
    return sheet.look.row_pt + levels * sheet.look.level_pt + FOOT_PT * sheet.look.scale


@dataclass(frozen=True)
class Parted:
    """The entries of a lane that are drawn one by one, and where the rest of them stand."""

    entries: list[dict[str, Any]]
    crowd: list[Stretch]
    crowded: int


def _parted(entries: list[dict[str, Any]], sheet: Sheet) -> Parted:
    if len(entries) <= MOST_ENTRIES:
        return Parted(entries, [], 0)
    order = sorted(range(len(entries)), key=lambda n: (-entries[n]["weight"], n))
    kept = [entries[number] for number in sorted(order[:MOST_ENTRIES])]
    rest = [entries[number] for number in order[MOST_ENTRIES:]]
    spans = [
        (sheet.scale.points(r["time"]), sheet.scale.points(r["end_time"] or r["time"]))
        for r in rest
    ]
    return Parted(kept, _merged(spans), len(rest))


def _merged(spans: list[Stretch]) -> list[Stretch]:
    """Take stretches together that are less than a point apart: no sheet shows more."""
    found: list[Stretch] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + 1.0:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _plan(parted: Parted, name: str, sheet: Sheet, levels: int) -> Lane:
    """Place the longest labels that all find room; of the short ones, as many as fit."""
    for room in (LONG_PT, MIDDLE_PT):
        lane = _plan_in(room, name, parted, sheet, levels)
        if not lane.unplaced:
            return lane
    return _plan_in(SHORT_PT, name, parted, sheet, levels)


def _plan_in(room: float, name: str, parted: Parted, sheet: Sheet, levels: int) -> Lane:
    entries = parted.entries
    texts = [_text(entry, sheet, room) for entry in entries]
    tags = {
        number: _tag(entry, text, sheet)
        for number, (entry, text) in enumerate(zip(entries, texts, strict=True))
        if text
    }
    marks = [(tag.start, tag.end) for tag in (_tag(entry, "", sheet) for entry in entries)]
    placed = place_tags(
        list(tags.values()),
        room=sheet.width_pt,
        levels=levels,
        marks=[*marks, *parted.crowd],
        all_or_none=room > SHORT_PT,
    )
    found = dict(zip(tags, placed, strict=True))
    places = [found.get(number) for number in range(len(entries))]
    return Lane(
        name=name, entries=entries, texts=texts, places=places,
        crowd=parted.crowd, crowded=parted.crowded,
    )  # fmt: skip


def _text(entry: dict[str, Any], sheet: Sheet, room: float) -> str:
    bold = sheet.look.mark(entry["role"]).bold
    room = min(sheet.look.scale * (LONG_PT if bold else room), 0.45 * sheet.width_pt)
    whole = " · ".join(part for part in (entry["label"], entry["detail"]) if part)
    if entry["detail"] and bold:
        # What makes it stand out must survive: the name is cut, not the probability.
        tail = f" · {entry['detail']}"
        left = room - text_width(tail, sheet.look.text_pt, bold=True)
        return shorten(entry["label"], left, sheet.look.text_pt, bold=True) + tail
    return shorten(whole, room, sheet.look.text_pt, bold=bold)


def is_bar(entry: dict[str, Any]) -> bool:
    """Tell whether an entry is drawn as a bar to scale; others are a marker on a thin line."""
    return entry["lane"] in {"change", "incident"} and bool(ROLES[entry["role"]].marker)


def _tag(entry: dict[str, Any], text: str, sheet: Sheet) -> Tag:
    """Return a label's wants, in points: where its mark is, and how wide it is itself."""
    mark = sheet.look.mark(entry["role"])
    start = sheet.scale.points(entry["time"])
    end = sheet.scale.points(entry["end_time"]) if entry["end_time"] else start
    reach = {"change": 1.0, "incident": 0.0}.get(entry["lane"], mark.size / 2)
    width = text_width(text, sheet.look.text_pt, bold=mark.bold) + 1.0
    return Tag(
        start=start - reach,
        end=end + reach,
        anchor=start + (min(3.0, (end - start) / 2) if is_bar(entry) else 0.0),
        width=width + (STAR_PT * sheet.look.scale if entry["role"] == "most_supported" else 0.0),
        weight=entry["weight"],
    )
