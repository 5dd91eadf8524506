"""The corrected timeline as Markdown, to be put into the postmortem itself."""

from authlogs.analysis.reconciliation.records import Entry, Flag, Reconciliation
from authlogs.analysis.reconciliation.wording import clock_for
from authlogs.analysis.words import Clock
from authlogs.report.inert import markdown

MOST_ROWS = 3


def corrected_markdown(found: Reconciliation) -> str:
    """Return the corrected timeline and what was wrong; text of the logs can be no markup."""
    if not found.timeline:
        return "## Timeline, corrected\n\nNothing in the logs or in the text has a time.\n"
    clock = clock_for(found)
    lines = ["## Timeline, corrected", "", f"{clock.weekday()}.", ""]
    lines += [_line(entry, clock) for entry in found.timeline]
    if found.flags:
        lines += ["", "## What was wrong in the text", ""]
        lines += [f"- {markdown(_wrong(flag))}" for flag in found.flags]
    return "\n".join(lines) + "\n"


def _line(entry: Entry, clock: Clock) -> str:
    until = entry.until
    when = clock.stretch((entry.time, until)) if until else clock.time(entry.time)
    note = " (as told; not checked)" if entry.basis == "claimed" else ""
    note = note or ("" if entry.told else " (was missing)")
    rows = f" [{', '.join(entry.rows[:MOST_ROWS])}]" if entry.rows else ""
    return f"- {when}: {markdown(f'{entry.text}{note}{rows}')}"


def _wrong(flag: Flag) -> str:
    return f"{flag.statement} ({', '.join(flag.places)})"
