"""Turning a declared cause into a weighed theory: prior, likelihood part by part, and a verdict."""

from dataclasses import dataclass

from authlogs.analysis.carriers import Carrier
from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.expectation import clearest, kept_to, said, shown_at
from authlogs.analysis.result import Finding
from authlogs.analysis.symptoms import Fit
from authlogs.analysis.theory import Verdict, Weighed
from authlogs.analysis.timing import begins_anywhere, ends_anywhere

TELLS = 1.0
"""A theory that gains or loses less than this over an unlisted change is not tested by the logs."""


@dataclass(frozen=True)
class Usual:
    """Log likelihoods under any change: of what the failures say, and of who fails."""

    reason: float
    split: float


def weigh_cause(case: Case, cause: Cause, *, usual: Usual) -> Weighed:
    """Weigh one cause; its findings are measured against any change, as `usual` has it."""
    fit = cause.judge(case) if cause.judge else None
    reason = said(case, cause.reasons) + shown_at(case, cause.stages)
    split = kept_to(case, cause.carriers)
    clock = dict(fit.parts) if fit else begins_anywhere(case) | ends_anywhere(case)
    words, carried = reason - usual.reason, split - usual.split
    gain = words + carried + clock.get("symptom", 0.0)
    findings = (_words(case, words), *_carried(case, carried), *((fit.finding,) if fit else ()))
    return Weighed(
        name=cause.name,
        cause_class=cause.cause_class,
        prior=case.priors.of_cause(cause.name, cause.per_day),
        parts=clock | {"reason": reason, "split": split},
        verdict=_verdict(fit, gain),
        statement=_statement(cause, case, fit),
        evidence=findings,
    )


def _verdict(fit: Fit | None, gain: float) -> Verdict:
    if fit:
        return fit.verdict
    if abs(gain) < TELLS:
        return "untestable"
    return "supported" if gain > 0 else "contradicted"


def _statement(cause: Cause, case: Case, fit: Fit | None) -> str:
    if fit:
        return fit.statement
    signal = case.incident.signal
    told = f"it predicts {cause.predicts}; the failures say {signal.reason}"
    carrier = clearest(case)
    return f"{told}, and {carrier.statement if carrier else 'keep to no part of the traffic'}"


def _words(case: Case, gain: float) -> Finding:
    reason = case.incident.signal.reason
    return Finding(
        kind="reason",
        direction="for" if gain > 0 else "against",
        statement=f"the failures say {reason}",
        log_bayes_factor=gain,
    )


def _carried(case: Case, gain: float) -> tuple[Finding, ...]:
    carrier = clearest(case)
    if carrier is None:
        return ()
    return (
        Finding(
            kind="carrier",
            direction="for" if gain > 0 else "against",
            statement=carrier.statement,
            log_bayes_factor=gain,
            numbers=_numbers(carrier),
        ),
    )


def _numbers(carrier: Carrier) -> dict[str, float]:
    return {
        "failed": carrier.failed,
        "tried": carrier.tried,
        "failed_beside": carrier.failed_beside,
        "beside": carrier.beside,
    }
