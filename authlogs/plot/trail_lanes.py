"""The tables and words that the figure of a trail draws."""

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from typing import Any, Final

from authlogs.errors import BadCall
from authlogs.plot.frame import TimeAxis, Words
from authlogs.plot.incidents import zone_name
from authlogs.plot.lettering import literal
from authlogs.query.trails import Trail
from authlogs.window import parse_zone, zone_label

OUTSIDE: Final = 6
"""Changes beside the axis that the note names."""
NOTHING: Final = "other records"
TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, kw_only=True)
class TrailLane:
    """One row of the figure: its name, and what stands in it (rows of `Trail.to_arrow`)."""

    name: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class TrailData(Words, TimeAxis):
    """All that is drawn of a trail: lanes from the top, the axis, and the words around."""

    lanes: tuple[TrailLane, ...]


def trail_data(trail: Trail, *, display_zone: str = "UTC") -> TrailData:
    """Return the lanes and words that `plot_trail` draws. Raises BadCall for an empty trail."""
    rows = trail.to_arrow().to_pylist()
    events = [row for row in rows if row["what"] == "event"]
    if not events:
        raise BadCall(
            f"nothing was found of {trail.asked}",
            where="plot_trail",
            next_step="look for it with search, or follow another identifier",
        )
    zone = parse_zone(display_zone)
    first, last = events[0]["time"], events[-1]["time"]
    margin = max((last - first) * 0.04, timedelta(seconds=0.5))
    start, end = first - margin, last + margin
    changes = [row for row in rows if row["what"] == "change"]
    inside = [row for row in changes if start <= row["time"] <= end]
    lanes = [TrailLane(name="changes", rows=inside)] if inside else []
    for name in dict.fromkeys(row["service"] or NOTHING for row in events):
        held = [row for row in events if (row["service"] or NOTHING) == name]
        lanes.append(TrailLane(name=name, rows=held))
    title = _title(trail, events)
    return TrailData(
        lanes=tuple(lanes),
        start=start,
        end=end,
        zone=zone,
        zone_name=zone_name(display_zone, zone, (start, end)),
        title=title,
        alt=f"{title}.",
        notes=_notes([row for row in changes if row not in inside], zone),
    )


def _title(trail: Trail, events: list[dict[str, Any]]) -> str:
    failed = sum(row["outcome"] == "failure" for row in events)
    services = len({row["service"] for row in events} - {None})
    told = f"{len(events)} {_plural('event', len(events))} in {services} "
    told += f"{_plural('service', services)}, {failed or 'no'} {_plural('failure', failed)}"
    return literal(f"{trail.asked}: {told}")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _notes(outside: list[dict[str, Any]], zone: tzinfo) -> tuple[str, ...]:
    """Name the changes that stand beside the axis."""
    told = [
        f"{row['time'].astimezone(zone):%H:%M} {change_words(row)}" for row in outside[:OUTSIDE]
    ]
    if not told:
        return ()
    label = zone_label(zone, outside[0]["time"].astimezone(UTC))
    return (f"Shortly before or after ({label}): {'; '.join(told)}",)


def change_words(row: dict[str, Any]) -> str:
    """Return a change in few words."""
    words = (row["kind"], row["service"], row["version"] or row["outcome"])
    return literal(" ".join(word for word in words if word))


def row_words(row: dict[str, Any], count: int) -> str:
    """Return what stands beside a mark: what changed, why it failed, else what it was."""
    if row["what"] == "change":
        return change_words(row)
    text = row["reason"] if row["outcome"] == "failure" and row["reason"] else row["kind"]
    return literal(text or "") + (f" {TIMES} {count}" if count > 1 else "")
