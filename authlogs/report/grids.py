"""The tables of a report: headings and rows of text, and shares that a page may draw as bars."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from authlogs.analysis.result import Incident, Investigation, Number
from authlogs.analysis.words import Clock, chance, span
from authlogs.cards import Share
from authlogs.report import sentences as say
from authlogs.schema import TALLY

MOST_ROWS = 100
"""A page shows so many rows of a table; the result has all."""


@dataclass(frozen=True)
class Code:
    """A word of the machine's: a hash, a file, a line."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | Share | Code


@dataclass(frozen=True)
class Grid:
    """A table; the columns in `right` hold numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: tuple[int, ...] = ()


def grid(heads: tuple[str, ...], rows: Iterable[Iterable[Cell]], *, right: str = "") -> Grid:
    """Return a table; `right` names the headings over numbers, with commas between."""
    named = set(right.split(","))
    columns = tuple(place for place, head in enumerate(heads) if head in named)
    told = [tuple(row) for row in rows]
    if more := len(told[MOST_ROWS:]):
        told[MOST_ROWS:] = [(f"and {more:,} more, in result.json", *[""] * (len(heads) - 1))]
    return Grid(heads, tuple(told), columns)


def number(value: Number) -> str:
    """Return a number of a finding with as many digits as mean something."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value or "none")


def label(name: str) -> str:
    """Return the name of a number in words, with its unit: `lag (s)` for `lag_s`."""
    words = name.removesuffix("_s").replace("_", " ")
    return f"{words} (s)" if name.endswith("_s") else words


def equation(investigation: Investigation) -> tuple[tuple[str, str, str], ...]:
    """Return the accounting identity as (sign, count, name) terms."""
    signs = ("", "+", "=", *("+" * len(TALLY[3:])))
    counts = investigation.accounting
    return tuple((sign, f"{counts[name]:,}", name) for sign, name in zip(signs, TALLY, strict=True))


def phases(incident: Incident, clock: Clock) -> Grid:
    """Return the course of the response, every step with its time after the onset."""
    course = incident.phases
    steps = (
        ("onset", incident.onset, 0.0),
        ("detected (TTD)", course.detected, course.ttd_s),
        ("acknowledged (TTA)", course.acknowledged, course.tta_s),
        ("mitigated (TTM): new sign-ins well", course.mitigated, course.ttm_s),
        ("resolved (TTR): all traffic well", course.resolved, course.ttr_s),
    )
    whole = max([1.0, *(after or 0.0 for _, _, after in steps)])
    rows: list[tuple[Cell, ...]] = []
    for name, when, after in steps:
        if when is None or after is None:
            rows.append((name, "no record says", ""))
        else:
            early = "before the onset" if after < 0 else ""
            told = f"{span(abs(after))} {early}".strip() if name != "onset" else "0 s"
            rows.append((name, clock.time(when), Share(max(0.0, after / whole), told)))
    return grid(("phase", "time", "after the onset"), rows)


def acts(investigation: Investigation, incident: Incident, clock: Clock) -> Grid:
    """Return what responders' acts did."""
    rows = (
        (name, effect, Share(sure, chance(sure)))
        for name, effect, sure in say.what_acts_did(investigation, incident, clock)
    )
    return grid(("act", "effect on new failures", "probability of that"), rows)


def changes(incident: Incident, names: Mapping[str, str]) -> Grid:
    """Return every record that was considered, in order of time, and what came of it."""
    weighed = {s.change.id: s.probability for s in incident.suspects}
    order = {name: place for place, name in enumerate(names)}
    looked = sorted(incident.changes_considered, key=lambda c: order.get(c.id, len(order)))
    rows: list[tuple[Cell, ...]] = []
    for change in looked:
        sure = weighed.get(change.id)
        outcome: Cell = change.excluded_because or "weighed"
        if sure is not None and change.excluded_because is None:
            outcome = Share(sure, chance(sure))
        rows.append((names.get(change.id, "a change"), Code(change.id), outcome))
    return grid(("record", "id", "probability, or why it was excluded"), rows)


def segments(incident: Incident) -> Grid:
    """Return the slices of the traffic that differ from the rest."""
    rows = (
        (
            ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in s.where.items()),
            Share(s.rate, f"{s.rate:.0%}"),
            Share(s.rest, f"{s.rest:.0%}"),
            f"{s.rate_ratio:.2f}",
            f"{s.interval[0]:.2f} to {s.interval[1]:.2f}",
        )
        for s in incident.segments
    )
    heads = ("slice", "fails", "the rest fails", "ratio", "90 % interval")
    return grid(heads, rows, right="ratio,90 % interval")


def sources(investigation: Investigation) -> Grid:
    """Return every file with its format, the zone assumed, its tally, and its hash."""
    counts = investigation.accounting
    shown = [name for name in TALLY if counts[name] or name in {"lines", "events", "rejected"}]
    rows = (
        (
            Code(s["source_file"]),
            s["error"] or s["format"] or s["kind"] or "nothing",
            s.get("zone") or "",
            *(f"{s[name]:,}" for name in shown),
            Code((s["sha256"] or "")[:8]),
        )
        for s in investigation.sources
    )
    heads = ("file", "read as", "zone assumed", *shown, "SHA-256")
    return grid(heads, rows, right=",".join(shown))


def coverage(investigation: Investigation, clock: Clock) -> Grid:
    """Return which source spoke when."""
    rows = (
        (
            Code(entry["source"]),
            f"{entry['events']:,}",
            clock.time(entry["from"]) if entry["from"] else "never",
            clock.time(entry["to"]) if entry["to"] else "never",
            "; ".join(clock.stretch(gap) for gap in entry["silent"]) or "none",
            "cut off" if entry["truncated"] else "whole",
        )
        for entry in investigation.coverage
    )
    heads = ("file", "events", "first", "last", "silences", "end")
    return grid(heads, rows, right="events")


def rejects(investigation: Investigation, rejected: pa.Table | None) -> Grid:
    """Return how many records of a file were rejected for which reason, and where the first is."""
    heads = ("file", "why its records were rejected", "records", "first line")
    if rejected is None:
        told = [s for s in investigation.sources if s["rejected"]]
        rows = [(Code(s["source_file"]), "see the logs", f"{s['rejected']:,}", "") for s in told]
        return grid(heads, rows, right="records,first line")
    counted = rejected.group_by(["source_file", "reason"])
    told = counted.aggregate([([], "count_all"), ("line_no", "min")]).to_pylist()
    told.sort(key=lambda row: (row["source_file"], -row["count_all"], str(row["reason"])))
    rows = [
        (
            Code(row["source_file"]),
            row["reason"] or "unknown",
            f"{row['count_all']:,}",
            "" if row["line_no_min"] is None else f"{row['line_no_min']:,}",
        )
        for row in told
    ]
    return grid(heads, rows, right="records,first line")
