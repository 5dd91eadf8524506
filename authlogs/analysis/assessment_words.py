"""An assessment of impact as plain lines."""

from collections.abc import Iterator

from authlogs.analysis.assessment import Assessment
from authlogs.analysis.words import span


def as_text(found: Assessment) -> str:
    """Return the assessment as lines for a terminal."""
    return "\n".join(_lines(found))


def _lines(found: Assessment) -> Iterator[str]:
    yield f"Impact of {found.incident_id}"
    yield f"  {found.affected:,} of the {found.people:,} people who tried were affected"
    yield (
        f"  {found.failed:,} wishes to sign in failed ({found.failed_lines:,} failures as logged: "
        "retries, redirect loops and refresh storms of one person count once)"
    )
    wait = f", half of them within {span(found.median_wait_s)}" if found.median_wait_s else ""
    yield f"  {found.deferred:,} of them were deferred: the person got in later{wait}"
    after = span(found.seen_after_s)
    yield f"  {found.lost:,} were lost: the person was not seen to get in, {after} after the end"
    if found.lost_logins is None or found.lost_logins_interval is None:
        yield f"  sign-ins missing against a usual day: {found.basis}"
    else:
        low, high = found.lost_logins_interval
        yield (
            f"  about {found.lost_logins:,} sign-ins are missing (90 % interval {low:,} to "
            f"{high:,}), against {found.basis}"
        )
    yield from _budget(found)
    for row in found.parts.to_pylist():
        name, people = f"{row['dimension']} {row['value']}", f"{row['people']:,} people"
        fate = f"{row['failed']:,} failed ({row['deferred']:,} deferred, {row['lost']:,} lost)"
        yield f"  {name}: {row['affected']:,} of {people} affected, {fate}"


def _budget(found: Assessment) -> Iterator[str]:
    budget = found.budget
    if budget is None:
        yield "  no objective can be held against it: successes are not logged"
        return
    told = f"{budget.objective:.2%}".replace("%", " %")
    yield f"  {budget.minutes_below:,.0f} minutes below the objective of {told}"
    if budget.burnt is not None:
        yield (
            f"  {budget.burnt:.1f} times the error budget of {budget.days} days was burnt "
            f"({budget.failed:,.0f} failures, {budget.allowed:,.0f} allowed at the usual rate)"
        )
