"""Does something else go wrong when the failures do? The test that red herrings do not pass.

A theory about a dependency predicts that its symptom (slow statements, resets, upstream errors) is
there when attempts fail and gone when they do not.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.record_error import within
from authlogs.analysis.result import Finding
from authlogs.analysis.series import MICROS
from authlogs.analysis.theory import Verdict
from authlogs.analysis.timing import (
    begins_anywhere,
    begins_at,
    ends_anywhere,
    recovery_given_reversal,
)
from authlogs.analysis.units import Bools

SHOWS, BESIDE = 0.95, 0.05
"""How often a symptom shows where its cause is at work, and how often beside any other."""
COVERS = 0.5
LEADS_S = 3_600
JOIN_BINS = 5
RESOLUTION_S = 30.0


@dataclass(frozen=True, eq=False)
class Symptom:
    """A symptom per bin of the grid: `bad` where it shows, `heard` where its source spoke.

    `shows` is how often it shows at all where its cause is at work, `beside` how often otherwise.
    """

    name: str
    bad: Bools
    heard: Bools
    rows: tuple[str, ...] = ()
    shows: float = SHOWS
    beside: float = BESIDE


@dataclass(frozen=True)
class Fit:
    """How a symptom goes with the failures: likelihood parts, a verdict and its finding."""

    parts: Mapping[str, float]
    verdict: Verdict
    statement: str
    finding: Finding


def bayes(*, seen: bool, shows: float = SHOWS, beside: float = BESIDE) -> float:
    """Return the log Bayes factor of a symptom that was seen, or looked for and not seen."""
    return math.log(shows / beside if seen else (1 - shows) / (1 - beside))


def judged(
    case: Case,
    kind: str,
    said: str,
    *,
    score: float | None,
    clock: Mapping[str, float] | None = None,
    numbers: Mapping[str, Any] | None = None,
    rows: tuple[str, ...] = (),
) -> Fit:
    """Return what a log Bayes factor says of a theory; null where it could not be tested.

    `clock` are the parts of onset and recovery, by default those of a cause that begins any time.
    """
    parts = dict(clock or begins_anywhere(case) | ends_anywhere(case))
    direction: Literal["for", "against", "unknown"] = "unknown"
    if score is not None:
        direction = "for" if score > 0 else "against"
    finding = Finding(
        kind=kind,
        direction=direction,
        statement=said,
        log_bayes_factor=score,
        numbers=dict(numbers or {}),
        rows=rows,
    )
    if score is None:
        return Fit(parts, "untestable", said, finding)
    return Fit(
        parts | {"symptom": score}, "supported" if score > 0 else "contradicted", said, finding
    )


def fit(case: Case, symptom: Symptom, *, timed: bool = True) -> Fit:
    """Hold a symptom against the failures of the case.

    `timed` is false where the symptom is made of the failures themselves: then its beginning with
    them tells nothing.
    """
    first, last = _window(case)
    if not symptom.heard[first:last].any():
        said = f"no source that would show {symptom.name} spoke during the incident"
        return judged(case, "symptom", said, score=None)
    run = _episode(case, symptom.bad)
    bad, well = _shares(case, symptom.bad[first:last], first, last)
    covered = float(symptom.bad[first:last].mean())
    follows = covered >= COVERS or (bad is not None and well is not None and bad > 3 * well + 0.01)
    seen = run is not None and follows
    said = f"{symptom.name} covers {covered:.0%} of the incident {_lead(case, run)}"
    if bad is not None and well is not None:
        said += f" ({bad:.0%} fail while it shows, {well:.0%} while it does not)"
    return judged(
        case,
        "symptom",
        said,
        score=bayes(seen=seen, shows=symptom.shows, beside=symptom.beside),
        clock=_clock(case, run) if timed else None,
        numbers={
            "share_of_incident": covered,
            "rejected_when_bad": bad,
            "rejected_when_well": well,
        },
        rows=symptom.rows,
    )


def _window(case: Case) -> tuple[int, int]:
    width = case.grid.width_s * MICROS
    first = int((case.start_us - case.grid.start_us) // width)
    last = int(-(-(case.end_us - case.grid.start_us) // width))
    return first, max(first + 1, min(last, case.grid.bins))


def _episode(case: Case, bad: Bools) -> tuple[int, int] | None:
    """Return the bad run (small gaps joined) that is on at the onset or ended shortly before it."""
    onset = _window(case)[0]
    runs: list[tuple[int, int]] = []
    for place in np.flatnonzero(bad).tolist():
        if runs and place - runs[-1][1] <= JOIN_BINS:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    near = LEADS_S // case.grid.width_s
    led = [run for run in runs if run[0] <= onset and run[1] >= onset - near]
    return led[-1] if led else None


def _clock(case: Case, run: tuple[int, int] | None) -> dict[str, float]:
    if run is None:
        return begins_anywhere(case) | ends_anywhere(case)
    start, end = (case.grid.start_us + place * case.grid.width_s * MICROS for place in run)
    begun = begins_at(case, start, within(RESOLUTION_S))
    if case.recovered_us is None:
        return begun
    reversal = (end - RESOLUTION_S * MICROS, end)
    ended = recovery_given_reversal(case.recovered_us, reversal, case.span_s)
    return begun | {"recovery": ended}


def _shares(case: Case, bad: Bools, first: int, last: int) -> tuple[float | None, float | None]:
    """Return the failing share of units in the incident's bad and in its other bins."""
    failed = case.per_bin(case.units.failed)[first:last]
    tried = case.per_bin(np.ones(len(case.units), dtype=bool))[first:last]
    pairs = ((failed[bad].sum(), tried[bad].sum()), (failed[~bad].sum(), tried[~bad].sum()))
    shares = [float(k / n) if n >= 10 else None for k, n in pairs]
    return shares[0], shares[1]


def _lead(case: Case, run: tuple[int, int] | None) -> str:
    if run is None:
        return "and does not lead the onset"
    lead_s = (case.start_us - case.grid.start_us) / MICROS - run[0] * case.grid.width_s
    return f"and begins {lead_s / 60:.0f} min before the onset"
