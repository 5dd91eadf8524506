"""Theory: a recorded change did it (deploy, configuration, flag, policy, migration …).

Predicts: failures begin after its start, among the attempts that ran under it, and end when it is
taken back. Needs: a change record; version labels make the split sharp.
"""

import math
from collections.abc import Mapping

import numpy as np

from authlogs.analysis.carriers import CLEAR
from authlogs.analysis.case import Case
from authlogs.analysis.expectation import STAGES, kept_to, said, shown_at
from authlogs.analysis.exposure import Exposure
from authlogs.analysis.reach import reach_of
from authlogs.analysis.split import log_split_of
from authlogs.analysis.theory import Weighed
from authlogs.analysis.timing import (
    REVERSED_SHARE,
    begins_at,
    chance_before,
    recovery_given_reversal,
)

LEAST_CHANCE = 0.01
REVERSED = {
    "key_rotation": 0.3, "secret_rotation": 0.5, "session_flush": 0.1, "restart": 0.1,
    "failover": 0.3, "scale": 0.4, "migration": 0.5,
}  # fmt: skip
"""How often a change of these kinds ends by being taken back: caches run out, hosts come up."""
FORWARD = 0.4
"""So much less often does a bad change end by the next one than by a rollback."""
Table = Mapping[str, float]
REASONS: Table = {
    "token_fault": 0.33, "client_fault": 0.16, "availability": 0.08, "policy": 0.10,
    "server_error": 0.14, "session_not_found": 0.05, "invalid_client": 0.01,
    "user_error": 0.05, "unknown": 0.06, "attack": 0.02,
    "fewer_attempts": 0.05, "challenge_unresolved": 0.03,
}  # fmt: skip
BY_TYPE: Mapping[str, Table] = {
    "key_rotation": {
        "unknown_key": 0.45, "invalid_signature": 0.28, "token_fault": 0.12, "availability": 0.08,
    },
    "secret_rotation": {
        "invalid_client": 0.40, "invalid_signature": 0.20, "token_fault": 0.12,
        "availability": 0.18, "client_fault": 0.04,
    },
    "cert_renewal": {
        "certificate_error": 0.60, "connection_error": 0.08, "token_fault": 0.15,
        "availability": 0.10, "client_fault": 0.04,
    },
    "session_flush": {"session_not_found": 0.75, "token_fault": 0.15, "availability": 0.04},
    "policy": {"policy": 0.50, "client_fault": 0.18, "token_fault": 0.08, "availability": 0.10,
               "attack": 0.05, "unknown": 0.05},
    "permission": {"policy": 0.50, "client_fault": 0.25, "availability": 0.12, "unknown": 0.06},
    "config": {"token_fault": 0.28, "client_fault": 0.20, "availability": 0.18,
               "rate_limited": 0.10, "policy_denied": 0.08, "policy": 0.05, "unknown": 0.06},
    "infra": {"availability": 0.65, "token_fault": 0.18, "unknown": 0.08},
    "scale": {"availability": 0.65, "token_fault": 0.18, "unknown": 0.08},
    "restart": {"availability": 0.60, "token_fault": 0.25, "unknown": 0.08},
    "failover": {"availability": 0.60, "token_fault": 0.25, "unknown": 0.08},
}  # fmt: skip
"""What failures say after a change, by its kind: reasons by name, else by group."""
BY_STEP: Mapping[str, Table] = {
    "mfa": {
        "challenge_unresolved": 0.10, "mfa_failed": 0.20, "availability": 0.25,
        "server_error": 0.25, "user_error": 0.05, "unknown": 0.06, "token_fault": 0.04,
    },
}  # fmt: skip
"""What failures say after a change to the very service that does such a step."""
CARRIERS: Table = {
    "none": 0.44, "client": 0.12, "browser": 0.04, "region": 0.05, "idp": 0.05, "instance": 0.06,
    "key": 0.02, "version": 0.005, "new": 0.18, "old": 0.03,
}  # fmt: skip
"""Who fails after a change of which the logs show no version."""
BY_VERSION, BESIDE_VERSION = 0.95, 0.03
"""How often the failures of a bad build keep to it, and how often they do not, where both ran."""
KEYS: Table = {
    "none": 0.25, "instance": 0.22, "key": 0.22, "region": 0.03, "old": 0.14, "new": 0.12,
}  # fmt: skip
"""Who fails after a rotation of keys: tokens of the old key, or hosts that cache it."""


def weigh(case: Case) -> list[Weighed]:
    """Return every recorded change, weighed; excluded ones say why."""
    return [_weigh(case, exposure) for exposure in case.exposures]


def _weigh(case: Case, exposure: Exposure) -> Weighed:
    change = exposure.change
    weight = case.priors.of_change(change.change_type)
    excluded = _exclusion(case, exposure)
    return Weighed(
        name=change.id,
        cause_class="change",
        prior=weight * case.priors.of_path(on_path=exposure.on_path, in_logs=exposure.in_logs),
        parts={} if excluded else parts_of(case, exposure),
        exposure=exposure,
        excluded_because=excluded,
    )


def parts_of(case: Case, exposure: Exposure) -> dict[str, float]:
    """Return the log likelihood, part by part, of what was seen if this change did it."""
    rollout_s = (exposure.end_us - exposure.start_us) / 1e6
    parts = {
        **begins_at(case, exposure.start_us, exposure.error, rollout_s=rollout_s),
        "split": _split(case, exposure),
        "reason": says(case, exposure.change.change_type, exposure.change.service),
        **reached(case, exposure.change.service),
    }
    if case.recovered_us is not None:
        parts["recovery"] = _ended(case.recovered_us, case.span_s, exposure)
    return parts


def reached(case: Case, service: str | None) -> dict[str, float]:
    """Return the part `reach` of a change to a service; none where its place tells nothing."""
    reach = reach_of(case.units, case.inside, service)
    return {"reach": reach.log_factor} if reach and reach.place != "on" else {}


def _ended(recovered_us: float, span_s: float, exposure: Exposure) -> float:
    """Return the log density of the recovery if this change did it."""
    share = REVERSED.get(exposure.change.change_type, REVERSED_SHARE)
    if exposure.reversal is None:
        return recovery_given_reversal(recovered_us, None, span_s, reversed_share=share)
    start, end, _ = exposure.reversal
    slack_us = exposure.error.width_s * 1e6  # its record errs as the change's own does
    share *= 1.0 if exposure.restored else FORWARD
    back = (start - slack_us, end + slack_us)
    return recovery_given_reversal(recovered_us, back, span_s, reversed_share=share)


def says(case: Case, change_type: str = "deploy", service: str | None = None) -> float:
    """Return the log likelihood of what the failures say after a change of this kind.

    A step that seldom fails first is the likeliest one after a change to the service that does it.
    """
    signal = case.incident.signal
    own = service is not None and service == signal.service
    kind = BY_TYPE.get(change_type, BY_STEP.get(signal.event_type, REASONS) if own else REASONS)
    seldom = signal.event_type in STAGES
    step = {signal.event_type: case.step_share} if own and seldom else {}
    return said(case, kind) + shown_at(case, step)


def anybody(case: Case) -> float:
    """Return the log likelihood of who fails after a change of which no version is logged."""
    return kept_to(case, CARRIERS)


def _split(case: Case, exposure: Exposure) -> float:
    rotated = exposure.change.change_type == "key_rotation"
    anyway = kept_to(case, KEYS if rotated else CARRIERS)
    exact = _by_version(case, exposure) if exposure.labelled else None
    if exact is None:
        return anyway
    told = (math.log(BY_VERSION) + exact, math.log(BESIDE_VERSION) + anyway)
    return float(np.logaddexp(*told))


def _by_version(case: Case, exposure: Exposure) -> float | None:
    """Return the gain of the build over no split, in all traffic or in the part that fails.

    Null where no minute holds attempts both under the build and beside it.
    """
    whole = log_split_of(case.attempts, exposure.reached)
    if whole is None:
        return None
    gains = [whole]
    for name, carrier in case.carriers.items():
        if carrier.gain >= CLEAR and name in CARRIERS:
            inner = log_split_of(case.attempts, np.where(carrier.here, exposure.reached, np.nan))
            gains.append(math.log(CARRIERS[name]) + carrier.gain + (inner or 0.0))
    return max(gains)


def _exclusion(case: Case, exposure: Exposure) -> str | None:
    chance = chance_before(case.onset, exposure.start_us, exposure.error)
    if chance < LEAST_CHANCE:
        late = (exposure.start_us - case.start_us) / 1e6
        return f"it began {_minutes(late)} after the onset (P(start <= onset) = {chance:.3f})"
    if not exposure.labelled:
        return None
    reached = exposure.reached
    failing = case.inside & case.units.failed & np.isfinite(reached)
    if failing.any() and not np.any(reached[failing] > 0):
        return f"none of {int(failing.sum())} failing {case.units.kind}s ran under its version"
    return None


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
