"""How close did the change begin before the onset, and how often would any change be that close?"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.series import MICROS
from authlogs.analysis.theory import Weighed
from authlogs.analysis.timing import anywhere


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Compare the lag with placebo minutes drawn from the whole stretch."""
    exposure = suspect.exposure
    if exposure is None:
        return None
    lag = (case.start_us - exposure.start_us) / MICROS
    if case.censored and suspect.excluded_because is None:
        said = "the incident may have begun before the logs: its onset tells nothing"
        return Finding(kind="proximity", direction="unknown", statement=said)
    if "onset" not in suspect.parts:
        said = f"it began {-lag:.0f} s after the onset"
        return Finding(
            kind="proximity", direction="against", statement=said, numbers={"lag_s": lag}
        )
    starts = np.array([e.start_us for e in case.exposures])
    minutes = case.grid.start_us + np.arange(0, case.span_s, 60) * MICROS
    behind = (minutes[:, None] - starts[None, :]) / MICROS
    placebo = float(((behind >= 0) & (behind <= max(lag, 60))).any(axis=1).mean())
    gain = suspect.parts["onset"] - anywhere(case.span_s)
    said = (
        f"it began {beside(lag)} the onset; by chance a change lies that close before "
        f"{placebo:.1%} of all minutes"
    )
    return Finding(
        kind="proximity",
        direction="for" if gain > 0 else "against",
        statement=said,
        log_bayes_factor=gain,
        numbers={"lag_s": lag, "placebo_share": placebo, "changes": len(starts)},
    )


def beside(lag: float) -> str:
    """Return where a start lies beside the onset, `lag` seconds before it.

    >>> beside(61.0), beside(-59.0)
    ('61 s before', '59 s after')
    """
    return f"{_span(abs(lag))} {'before' if lag >= 0 else 'after'}"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
