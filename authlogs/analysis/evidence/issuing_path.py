"""Which other services took part in issuing the rejected tokens, and did any of them change?"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.theory import Weighed


def look(case: Case, suspect: Weighed) -> Finding | None:
    """Name the services that kept one version on rejected and accepted tokens alike."""
    if case.units.kind != "token" or suspect.exposure is None or not suspect.exposure.labelled:
        return None
    service = suspect.exposure.change.service
    roles = {name: words for (role, name), words in case.units.builds.items() if role == "issue"}
    if service not in roles:
        return None
    kept = []
    for name, words in sorted(roles.items()):
        seen = {str(w) for w in words if w is not None}
        if name != service and len(seen) == 1:
            part = np.array([w is not None for w in words])
            bad, good = (int((part & f).sum()) for f in (case.units.failed, ~case.units.failed))
            kept.append(f"{name} {seen.pop()} took part in {bad} rejected and {good} accepted")
    if not kept:
        return None
    return Finding(
        kind="issuing_path",
        direction="for",
        statement=f"the rest of the issuing path never changed: {'; '.join(kept)} tokens",
        numbers={"services_unchanged": len(kept)},
    )
