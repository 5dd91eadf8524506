"""The figure of coverage: which source spoke when, where it was silent, where it was cut off."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from authlogs.analysis.chart_tables import UTC
from authlogs.analysis.result import Interval, Investigation
from authlogs.plot.drawn import LEAST_SPAN
from authlogs.plot.frame import Words
from authlogs.plot.incidents import between, main_incident, zone_name
from authlogs.plot.lettering import literal
from authlogs.plot.rows import Row, open_rows
from authlogs.plot.shading import missing_fill
from authlogs.plot.sheet import days
from authlogs.plot.style import Ink, Look, Style, ink_rules, look_of
from authlogs.plot.time_ticks import tick_time
from authlogs.window import parse_zone

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SOURCES = pa.schema(
    [
        ("source", pa.string()),
        ("events", pa.int64()),
        ("silences", pa.int64()),
        ("note", pa.string()),
    ]
)
STRETCHES = pa.schema(
    [("source", pa.string()), ("state", pa.string()), ("start", UTC), ("end", UTC)]
)


@dataclass(frozen=True, kw_only=True)
class CoverageData(Words):
    """What `plot_coverage` draws.

    sources:   source, events, silences (how many), note; those that were silent or cut off first
    stretches: source, state (spoke, silent, truncated, unread), start, end (UTC)
    """

    axis: Interval
    incident: Interval | None
    sources: pa.Table
    stretches: pa.Table


def coverage_data(investigation: Investigation) -> CoverageData:
    """Return which source spoke when, as `plot_coverage` draws it.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> set(al.coverage_data(al.investigate(logs)).stretches["state"].to_pylist())
    {'spoke'}
    """
    axis = _axis(investigation)
    entries = sorted(
        investigation.coverage,
        key=lambda e: (not e["silent"], not e["truncated"], -e["events"], e["source"] or ""),
    )
    sources = [_source(entry) for entry in entries]
    stretches = [row for entry in entries for row in _stretches(entry, axis)]
    for entry in investigation.sources:
        if entry.get("error"):
            name = literal(entry["source_file"] or "a source")
            sources.append(
                {"source": name, "events": 0, "silences": 0, "note": "could not be read"}
            )
            stretches.append(_stretch(name, "unread", axis))
    incident = main_incident(investigation)
    title = _title(sources, stretches)
    return CoverageData(
        title=title,
        subtitle=between(investigation, axis),
        notes=("Grey: the incident. Hatched: silent, cut off or not read; nothing is known there.",)
        if sources
        else (),
        alt=_alt(title, sources, stretches, investigation),
        axis=axis,
        incident=(incident.onset, incident.recovered or axis[1]) if incident else None,
        sources=pa.Table.from_pylist(sources, schema=SOURCES),
        stretches=pa.Table.from_pylist(stretches, schema=STRETCHES),
    )


def plot_coverage(
    investigation: Investigation,
    ax: "Axes | None" = None,
    *,
    style: Style = "screen",
    dark: bool = False,
) -> "Axes":
    """Draw a row a source: where it spoke, and hatched where it was silent, cut off or not read.

    Returns the axes; the rows are in its `child_axes`. With `ax` all but title and notes stands in
    its box. `style` and `dark` are those of `plot_timeline`. Raises BadCall for an unknown style.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> axes = al.plot_coverage(al.investigate(logs))
    """
    look = look_of(style, dark=dark)
    with ink_rules():
        data = coverage_data(investigation)
        found = data.sources.to_pylist()
        rows = [Row(name=row["source"], text=row["note"]) for row in found]
        drawn = open_rows(
            ax, data, rows, look, gid="coverage",
            rest=lambda kept: f"and {len(rows) - kept} more sources",
            empty="no source held an event",
        )  # fmt: skip
        if drawn.panel is not None:
            zone = parse_zone(investigation.display_zone)
            named = zone_name(investigation.display_zone, zone, data.axis)
            tick_time(drawn.panel, data.axis, (zone, named), look, drawn.width_pt)
            _draw(drawn.panel, data, [row["source"] for row in found[: drawn.kept]], look)
    return drawn.host


def _axis(investigation: Investigation) -> Interval:
    start, end = investigation.analysed
    for entry in investigation.coverage:
        start, end = min(start, entry["from"]), max(end, entry["to"])
    return start, max(end, start + LEAST_SPAN)


def _source(entry: Any) -> dict[str, Any]:
    silences, count = len(entry["silent"]), entry["events"]
    told = [f"{count:,} event{'' if count == 1 else 's'}"]
    told += [f"{silences} silence{'' if silences == 1 else 's'}"] if silences else []
    told += ["cut off"] if entry["truncated"] else []
    name = literal(entry["source"] or "a source without a name")
    return {"source": name, "events": count, "silences": silences, "note": ", ".join(told)}


def _stretches(entry: Any, axis: Interval) -> list[dict[str, Any]]:
    """Return where a source spoke and was silent, in order of time."""
    name = literal(entry["source"] or "a source without a name")
    found, at = [], entry["from"]
    for start, end in entry["silent"]:
        found.append(_stretch(name, "spoke", (at, start)))
        found.append(_stretch(name, "silent", (start, end)))
        at = end
    found.append(_stretch(name, "spoke", (at, entry["to"])))
    if entry["truncated"] and entry["to"] < axis[1]:
        found.append(_stretch(name, "truncated", (entry["to"], axis[1])))
    return found


def _stretch(name: str, state: str, interval: tuple[datetime, datetime]) -> dict[str, Any]:
    return {"source": name, "state": state, "start": interval[0], "end": interval[1]}


def _draw(panel: "Axes", data: CoverageData, names: list[str], look: Look) -> None:
    place = {name: number for number, name in enumerate(names)}
    if data.incident:
        first, last = (days(moment) for moment in data.incident)
        panel.axvspan(first, last, color=look.shadow, alpha=0.07, linewidth=0, gid="span:incident")
    least = (days(data.axis[1]) - days(data.axis[0])) / 400
    for row in data.stretches.to_pylist():
        if row["source"] not in place:
            continue
        start, wide = days(row["start"]), days(row["end"]) - days(row["start"])
        spoke = row["state"] == "spoke"
        ink: Ink = {"facecolor": look.blue, "linewidth": 0} if spoke else missing_fill(look)
        tall = 0.5 if spoke else 0.62
        low = place[row["source"]] + (1 - tall) / 2
        stretch = [(start, max(wide, least))]  # one event is a stroke
        panel.broken_barh(stretch, (low, tall), gid=f"{row['state']}:{row['source']}", **ink)


def _title(sources: list[dict[str, Any]], stretches: list[dict[str, Any]]) -> str:
    if not sources:
        return "No source held an event with a time"
    told = [
        f"{count} {words}"
        for state, words in (("silent", "silent"), ("truncated", "cut off"), ("unread", "not read"))
        if (count := len({s["source"] for s in stretches if s["state"] == state}))
    ]
    many = f"{len(sources)} source{'' if len(sources) == 1 else 's'}"
    if not told:
        return (
            f"{many} spoke without a silence"
            if len(sources) == 1
            else f"All {many} spoke throughout"
        )
    return f"Of {many}, some left gaps: {', '.join(told)}"


def _alt(
    title: str,
    sources: list[dict[str, Any]],
    stretches: list[dict[str, Any]],
    investigation: Investigation,
) -> str:
    zone = parse_zone(investigation.display_zone)
    gaps = [row for row in stretches if row["state"] != "spoke"]
    told = [
        f"{row['source']} {row['state']} from {row['start'].astimezone(zone):%Y-%m-%d %H:%M} "
        f"to {row['end'].astimezone(zone):%Y-%m-%d %H:%M} {investigation.display_zone}"
        for row in gaps[:10]
    ]
    more = f"; and {len(gaps) - 10} more" if len(gaps) > 10 else ""
    events = sum(row["events"] for row in sources)
    return f"{title}. They hold {events:,} events. {'; '.join(told)}{more}".rstrip() + (
        "." if told else ""
    )
