"""The rules that an incident's signature suggests, thresholds still open: one function an idea."""

from collections.abc import Iterator

from authlogs.analysis.alerts.rules import ISSUING_VERSION, AlertRule, Burn, Condition
from authlogs.analysis.result import Incident
from authlogs.analysis.volume import MISSING
from authlogs.analysis.words import FOLLOWED

BURNS = (Burn(long_s=3_600, short_s=300, factor=14.4), Burn(long_s=21_600, short_s=1_800, factor=6))
"""Two of the pairs that The Site Reliability Workbook recommends for paging (table 5-8)."""
LEAST_BY_BUILD = 3
LEAST_IN_SHARE = 5
LEAST_BEFORE_DROP = 50
Candidate = tuple[AlertRule, str]
"""A rule and why it is proposed."""


def candidates(incident: Incident) -> Iterator[Candidate]:
    """Yield the rules that an incident suggests, the likely earliest first."""
    signal = incident.signal
    here = {"service": (signal.service,), "event_type": (signal.event_type,)}
    tried = here | {"outcome": ("success", "failure")}
    failed = here | {"outcome": ("failure",)}
    name = _camel(signal.service or "Login")
    if signal.reason != MISSING:
        word = None if signal.reason == "unspecified" else signal.reason
        reason: Condition = failed | {"reason": (word,)}
        yield from _by_build(incident, name, reason, tried)
        yield _by_reason(incident, name, reason)
        yield _by_group(name, failed, tried)
        yield _burn_rate(name, failed, tried)
    yield _fewer(name, here | {"outcome": ("success",)})


def _by_build(
    incident: Incident, name: str, reason: Condition, tried: Condition
) -> Iterator[Candidate]:
    """Yield reason by issuing version, where a version is blamed and its tokens can be followed."""
    build = _blamed_build(incident)
    if build is None:
        return
    word = incident.signal.reason
    rule = AlertRule(
        alert=f"{name}{_camel(word)}ByBuild",
        count=reason,
        of=tried,
        by=build[0],
        issuer=build[1],
        window_s=120,
        above=0.5,
        least=LEAST_BY_BUILD,
        summary=f"{word} takes a large share of what one build made",
    )
    yield rule, "one build carried the failures: its own share is high while that of all is low"


def _blamed_build(incident: Incident) -> tuple[str, str | None] | None:
    """Return the column that tells builds apart, and who issues; null where nothing blames one."""
    if incident.blamed is None:
        return None
    change = incident.blamed.change
    if not change.version or not change.service:
        return None
    if change.service == incident.signal.service:
        return "service_version", None
    return (ISSUING_VERSION, change.service) if incident.lineage.level in FOLLOWED else None


def _by_reason(incident: Incident, name: str, reason: Condition) -> Candidate:
    word = incident.signal.reason
    rule = AlertRule(
        alert=f"{name}{_camel(word)}",
        count=reason,
        window_s=120,
        above=0.0,
        summary=f"more {word} than normal time ever showed",
    )
    return rule, f"the incident's own reason, {word}"


def _by_group(name: str, failed: Condition, tried: Condition) -> Candidate:
    rule = AlertRule(
        alert=f"{name}TokenFaults",
        count={**failed, "reason_group": ("token_fault",)},
        of=tried,
        window_s=300,
        above=0.1,
        least=LEAST_IN_SHARE,
        for_s=60,
        summary="token faults take more of all attempts than they ever do",
    )
    return rule, "the group of the reason: sees the next fault of tokens, whatever its name"


def _burn_rate(name: str, failed: Condition, tried: Condition) -> Candidate:
    rule = AlertRule(
        alert=f"{name}BudgetBurn",
        count=failed,
        of=tried,
        objective=0.99,
        burns=BURNS,
        summary="the error budget of this service burns too fast in two windows",
    )
    return rule, "burn rate over two windows: slow, and blind to what failed"


def _fewer(name: str, succeeded: Condition) -> Candidate:
    rule = AlertRule(
        alert=f"{name}FewerSuccesses",
        count=succeeded,
        window_s=600,
        below=0.5,
        than_s=3_600,
        least=LEAST_BEFORE_DROP,
        for_s=60,
        summary="fewer successes than an hour before",
    )
    return rule, "what people lose is successes, whatever the failures are called"


def _camel(words: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in words.replace("-", "_").split("_"))
