"""A reconciliation as plain lines."""

from collections.abc import Iterator
from typing import Final

from authlogs.analysis.reconciliation.records import Checked, Entry, Reconciliation
from authlogs.analysis.words import Clock
from authlogs.window import parse_zone

MARKS: Final = {
    "confirmed": "confirmed", "contradicted": "CONTRADICTED", "not_checkable": "not checkable",
}  # fmt: skip
MOST_SHOWN, MOST_SAID = 44, 14


def clock_for(found: Reconciliation) -> Clock:
    """Return the clock of the first day that the text or the logs speak of."""
    zone = parse_zone(found.display_zone)
    times = [one.claim.time for one in found.claims if one.claim.time]
    first = min(times or [entry.time for entry in found.timeline])
    return Clock(zone, first.astimezone(zone).date())


def as_text(found: Reconciliation) -> str:
    """Return the table of claims, the flags and the corrected timeline, as plain lines."""
    return "\n".join(_lines(found))


def _lines(found: Reconciliation) -> Iterator[str]:
    sums = {mark: sum(one.verdict == mark for one in found.claims) for mark in MARKS}
    told = ", ".join(f"{count} {MARKS[mark].lower()}" for mark, count in sums.items())
    yield f"Claims ({len(found.claims)}: {told})"
    for one in found.claims:
        said, text = _short(one.claim.said, MOST_SAID), _short(one.claim.text, MOST_SHOWN)
        yield f"  {_place(one):<20} {said:<{MOST_SAID}} {MARKS[one.verdict]:<13} {text}"
        yield f"      {one.statement}{_rows(one.rows)}"
    if found.flags:
        yield ""
        yield "What is wrong as a whole"
        for flag in found.flags:
            yield f"  {flag.kind.replace('_', ' ')}: {flag.statement} ({', '.join(flag.places)})"
    yield ""
    yield "Corrected timeline"
    clock = clock_for(found) if found.claims or found.timeline else None
    for entry in found.timeline:
        assert clock is not None
        yield f"  {_when(entry, clock)}  {entry.text}{_note(entry)}{_rows(entry.rows)}"
    for assumed in found.assumed:
        yield f"assumed: {assumed}"


def _place(one: Checked) -> str:
    return one.claim.place.rpartition("/")[2]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _rows(rows: tuple[str, ...]) -> str:
    return f" [{', '.join(rows[:3])}{', …' if len(rows) > 3 else ''}]" if rows else ""


def _when(entry: Entry, clock: Clock) -> str:
    if entry.until is None:
        return clock.time(entry.time)
    return clock.stretch((entry.time, entry.until))


def _note(entry: Entry) -> str:
    if entry.basis == "claimed":
        return " (as the text says; not checked)"
    return "" if entry.told else " (not in the text)"
