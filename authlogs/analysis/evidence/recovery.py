"""Did the failures end when the change was taken back?"""

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.series import MICROS
from authlogs.analysis.theory import Weighed
from authlogs.analysis.timing import anywhere


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Hold the recovery of new sign-ins against the reversal of the change."""
    exposure, recovered = suspect.exposure, case.recovered_us
    if exposure is None or recovered is None or "recovery" not in suspect.parts:
        return None
    gain = suspect.parts["recovery"] - anywhere(case.span_s)
    if exposure.reversal is None:
        said = "the failures ended although the change was never taken back"
        return Finding(kind="recovery", direction="against", statement=said, log_bayes_factor=gain)
    start, end, name = exposure.reversal
    after = (recovered - end) / MICROS
    place = f"{after:.0f} s after" if after >= 0 else f"{-after:.0f} s before"
    said = f"new sign-ins were well again {place} the end of its reversal ({name})"
    return Finding(
        kind="recovery",
        direction="for" if gain > 0 else "against",
        statement=said,
        log_bayes_factor=gain,
        numbers={"after_reversal_s": after, "reversal_s": (end - start) / MICROS},
    )
