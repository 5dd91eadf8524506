"""Does the share that fails follow the share of the traffic that the change reached?"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import Floats
from authlogs.analysis.result import Finding
from authlogs.analysis.series import MICROS
from authlogs.analysis.theory import Weighed

BIN_S = 60
LEAST_UNITS = 5
LEAST_BINS = 4


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Correlate exposure and failure over the bins in which the change reached a part."""
    exposure = suspect.exposure
    if exposure is None or not exposure.labelled:
        return None
    shares, rates = _partial(case, exposure.reached)
    if len(shares) < LEAST_BINS or np.ptp(shares) == 0 or np.ptp(rates) == 0:
        return None
    slope = float(np.polyfit(shares, rates, 1)[0])
    fit = float(np.corrcoef(shares, rates)[0, 1])
    said = (
        f"over {len(shares)} minutes of partial rollout or rollback the failing share rises by "
        f"{slope:.2f} per unit of exposure (correlation {fit:.2f})"
    )
    return Finding(
        kind="dose_response",
        direction="for" if fit > 0.3 else "against" if fit < 0 else "unknown",
        statement=said,
        numbers={"slope": slope, "correlation": fit, "minutes": len(shares)},
    )


def _partial(case: Case, reached: Floats) -> tuple[Floats, Floats]:
    """Return exposure and failing share of bins reached in part, over new sign-ins."""
    known = np.isfinite(reached) & case.fresh
    slot = ((case.units.used_us[known] - case.grid.start_us) // (BIN_S * MICROS)).astype(np.int64)
    slot = np.maximum(slot, 0)
    units = np.bincount(slot)
    share = np.bincount(slot, weights=reached[known]) / np.maximum(units, 1)
    rate = np.bincount(slot, weights=case.units.failed[known]) / np.maximum(units, 1)
    partial = (units >= LEAST_UNITS) & (share > 0) & (share < 1)
    return share[partial], rate[partial]
