"""Theory: the upstream identity provider failed.

Predicts: sign-ins at the provider itself fail or vanish, on one connection, for every build at
once. Needs: the provider's own log; an application's log says so only by federation errors.
"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.roles import IDENTITY_PROVIDER, per_bin, places, played_by, usual
from authlogs.analysis.symptoms import Fit, Symptom, fit

STEPS = "event_type IN ('login', 'token_exchange', 'sso_assertion')"
FEDERATION = "reason = 'federation_error'"
FEWER, USUAL_LEAST = 0.3, 4.0
ERRORS, MORE = 3, 5.0


def judge(case: Case) -> Fit:
    """Hold the theory against how sign-ins went at the provider.

    The signal's own service is left out: its failures cannot prove what should explain them.
    """
    own = f"({played_by(IDENTITY_PROVIDER)})"
    trouble = f"{own} AND reason_group = 'availability' OR {FEDERATION}"
    broken = f"{STEPS} AND outcome = 'failure' AND ({trouble})"
    seen = per_bin(
        case,
        f"({own} OR idp IS NOT NULL) AND {STEPS} AND service IS DISTINCT FROM $4",
        well=f"count(*) FILTER (WHERE outcome = 'success' AND {own})",
        broken=f"count(*) FILTER (WHERE {broken})",
        own=f"count(*) FILTER (WHERE {own})",
    )
    level = usual(case, seen["well"]) or 0.0
    vanished = (seen["well"] < FEWER * level) & (level >= USUAL_LEAST)
    calm = usual(case, seen["broken"]) or 0.0
    failing = seen["broken"] >= max(ERRORS, MORE * calm)
    heard = np.full(case.grid.bins, bool(seen["own"].any() or seen["broken"].any()))
    rows = places(case, broken)
    symptom = Symptom("trouble at the identity provider", vanished | failing, heard, rows)
    return fit(case, symptom, timed=False)


CAUSE = Cause(
    name="upstream_idp",
    cause_class="upstream",
    per_day=0.014,
    predicts="sign-ins that fail or vanish at the provider, on one connection",
    reasons={
        "fewer_attempts": 0.04,
        "federation_error": 0.50,
        "timeout": 0.12,
        "server_error": 0.12,
        "connection_error": 0.06,
        "overloaded": 0.05,
        "invalid_client": 0.02,
        "invalid_grant_code": 0.02,
    },
    carriers={"none": 0.35, "idp": 0.60, "client": 0.02},
    stages={"login": 1.0, "sso_assertion": 1.0, "token_exchange": 1.0, "token_issue": 0.3},
    judge=judge,
)
