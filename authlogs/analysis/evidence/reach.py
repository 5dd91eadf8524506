"""Do the failing attempts pass through the changed service at all?"""

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Weighed


def look(_: Case, suspect: Weighed) -> Finding | None:
    """Say so when no failing attempt is known to pass through the service."""
    exposure = suspect.exposure
    if exposure is None or exposure.on_path or suspect.excluded_because:
        return None
    said = f"no failing attempt is known to pass through {exposure.change.service or 'its service'}"
    return Finding(kind="reach", direction="against", statement=said)
