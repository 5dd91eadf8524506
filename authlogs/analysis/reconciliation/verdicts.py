"""One claim held against the fact it means: confirmed, by how much off, or contradicted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from authlogs.analysis.reconciliation.matching import Fact, distance, find_fact
from authlogs.analysis.reconciliation.records import Checked, Claim
from authlogs.analysis.words import Clock, span

MINUTE = timedelta(minutes=1)
EARLY = timedelta(minutes=10)
"""An alert this long before an onset may still be of it."""


def judge(claim: Claim, facts: Sequence[Fact], clock: Clock) -> Checked:
    """Return the claim with its verdict."""
    if claim.time is None:
        return Checked(
            claim=claim, verdict="not_checkable", statement=f"no clock shows {claim.said}"
        )
    if claim.kind == "other":
        return _open(claim, "nothing in the logs or records speaks of it")
    match = find_fact(claim, facts)
    if match.fact is None:
        return _open(claim, match.why)
    if claim.kind == "detected":
        return _noticed(claim, match.fact, facts, clock)
    return _held(claim, match.fact, clock)


def _open(claim: Claim, why: str) -> Checked:
    return Checked(claim=claim, verdict="not_checkable", statement=why)


def _held(claim: Claim, fact: Fact, clock: Clock) -> Checked:
    assert claim.time is not None
    edge = _edge(claim, fact)
    off = _off(claim.time, edge)
    right = abs(off) <= claim.slack
    return Checked(
        claim=claim,
        verdict="confirmed" if right else "contradicted",
        statement=f"{fact.statement}: {_when(fact, clock)}; {off_words(off)}",
        measured=edge,
        off_s=off.total_seconds(),
        rows=fact.rows,
        fact=fact.name,
    )


def _edge(claim: Claim, fact: Fact) -> tuple[datetime, datetime]:
    """Return the edge of a fact that a claim is about: the named one, else the nearer."""
    assert claim.time is not None
    if fact.end is None or claim.edge == "start":
        return fact.start
    if claim.edge == "end":
        return fact.end
    moment = claim.time
    return min((fact.start, fact.end), key=lambda edge: distance(edge, moment))


def _off(said: datetime, edge: tuple[datetime, datetime]) -> timedelta:
    """Return how late a time is (negative: early); `09:41` may mean any second of that minute."""
    low, high = edge
    last = said + (MINUTE - timedelta(microseconds=1) if said.second == 0 else timedelta(0))
    if said > high:
        return said - high
    return last - low if last < low else timedelta(0)


def off_words(off: timedelta) -> str:
    """Return how far a claim is off, in words.

    >>> off_words(timedelta(minutes=-15)), off_words(timedelta(0))
    ('the text is at least 15 min early', 'as the text says')
    """
    if not off:
        return "as the text says"
    way = "late" if off > timedelta(0) else "early"
    return f"the text is at least {span(abs(off.total_seconds()))} {way}"


def _when(fact: Fact, clock: Clock) -> str:
    """Return the stretch of a fact, or its one time, with the interval where that is wide."""
    if fact.end is not None:
        return clock.stretch((fact.at, middle(fact.end)))
    low, high = fact.start
    return clock.time(fact.at) + (f" ({clock.stretch(fact.start)})" if high - low > MINUTE else "")


def middle(edge: tuple[datetime, datetime]) -> datetime:
    """Return the middle of an interval."""
    return edge[0] + (edge[1] - edge[0]) / 2


def _noticed(claim: Claim, alert: Fact, facts: Sequence[Fact], clock: Clock) -> Checked:
    """People may notice before any alarm and after it; not before there was anything to see."""
    assert claim.time is not None
    onsets = [f for f in facts if f.kind == "onset"]
    held = _held(claim, alert, clock)
    if held.verdict == "confirmed":
        return held
    if onsets and all(claim.time < f.start[0] - max(claim.slack, EARLY) for f in onsets):
        return _held(claim, min(onsets, key=lambda f: f.start), clock)
    return _open(claim, f"people may notice at any time; the alert was {off_words(_late(held))}")


def _late(held: Checked) -> timedelta:
    return timedelta(seconds=held.off_s or 0.0)
