"""The timeline as it should be told: measured where there is a fact, else as claimed."""

from collections.abc import Iterator, Sequence
from typing import Final

from authlogs.analysis.reconciliation.matching import Fact
from authlogs.analysis.reconciliation.records import Checked, Entry
from authlogs.analysis.reconciliation.verdicts import middle
from authlogs.analysis.result import Investigation

ALWAYS: Final = ("onset", "new_sign_ins", "recovery", "alert", "acknowledged", "rollback")


def corrected(
    checked: Sequence[Checked], facts: Sequence[Fact], investigation: Investigation
) -> tuple[Entry, ...]:
    """Return the corrected timeline, in order of time.

    It holds every fact that the text speaks of, the course of the incident, alerts, the most
    supported change and what responders did; and claims that nothing could be held against.
    """
    spoken = {(one.fact, one.claim.kind) for one in checked}
    names = {one.fact for one in checked if one.fact}
    kinds = {kind for _, kind in spoken}
    blamed = {i.blamed.change.id for i in investigation.incidents if i.blamed}
    blamed |= {act.change for i in investigation.incidents for act in i.mitigations}
    measured = [
        _entry(fact, told=fact.name in names if fact.name != fact.kind else fact.kind in kinds)
        for fact in facts
        if fact.kind in ALWAYS or fact.name in blamed or fact.name in names
    ]
    return tuple(sorted([*measured, *_claimed(checked)], key=lambda entry: entry.time))


def _entry(fact: Fact, *, told: bool) -> Entry:
    return Entry(
        time=fact.at,
        until=middle(fact.end) if fact.end else None,
        text=fact.statement,
        basis="measured",
        rows=fact.rows,
        told=told,
    )


def _claimed(checked: Sequence[Checked]) -> Iterator[Entry]:
    for one in checked:
        if one.verdict == "not_checkable" and one.claim.time:
            text = one.claim.text.replace(one.claim.said, "", 1).strip(" -–—:|[]")
            yield Entry(
                time=one.claim.time,
                until=None,
                text=text,
                basis="claimed",
                rows=(one.claim.place,),
            )
