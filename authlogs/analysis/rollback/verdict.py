"""One verdict on a rollback, and the sentence that says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from authlogs.analysis.result import ChangeRef, Incident
from authlogs.analysis.rollback.hosts import HostReturn

Verdict = Literal["complete", "partial", "ineffective", "wrong_change", "unknown"]
VERDICTS: Mapping[Verdict, str] = {
    "complete": "complete",
    "partial": "partial",
    "ineffective": "ineffective",
    "wrong_change": "the wrong change was rolled back",
    "unknown": "cannot be told",
}
NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a verdict rests on: the rollback, what it takes back, hosts, and the incident's cause.

    `gone` is the build taken back as the logs name it; null where they do not.
    """

    change: ChangeRef
    taken: ChangeRef | None
    incident: Incident
    gone: str | None
    hosts: tuple[HostReturn, ...]
    tokens_after_end: int

    @property
    def effect(self) -> str | None:
        """What new sign-ins say: complete, partial or none; null where too few came."""
        of = (m.effect for m in self.incident.mitigations if m.change == self.change.id)
        return next(of, None)

    @property
    def blamed(self) -> ChangeRef | None:
        """The change that is most supported as the cause; null where none is."""
        if self.incident.verdict != "change" or not self.incident.suspects:
            return None
        return self.incident.suspects[0].change

    @property
    def takes_back_another(self) -> bool:
        """Whether another change than the one taken back is most supported."""
        return self.blamed is not None and (
            self.taken.id != self.blamed.id
            if self.taken
            else self.change.service != self.blamed.service
        )


def judge(seen: Seen) -> tuple[Verdict, str]:
    """Return the verdict and why."""
    verdict = _verdict(seen)
    return verdict, "; ".join(part for part in _why(seen, verdict) if part)


def _verdict(seen: Seen) -> Verdict:
    stuck = [host for host in seen.hosts if host.stuck]
    if seen.effect == "none" and seen.takes_back_another:
        return "wrong_change"
    if stuck and len(stuck) < len(seen.hosts):
        return "partial"
    if seen.effect is None:
        return "unknown"
    if seen.effect == "none":
        return "ineffective"
    return "complete" if seen.effect == "complete" and not stuck else "partial"


def _why(seen: Seen, verdict: Verdict) -> list[str]:
    said = [
        {
            "complete": "new sign-ins were well after it",
            "partial": "failures fell, and did not end",
            "none": "new sign-ins failed after it as before",
            None: "too few sign-ins came before or after it",
        }[seen.effect]
    ]
    if seen.taken is None:
        said.append("no deploy that it takes back is on record")
    if verdict == "wrong_change" and seen.blamed is not None:
        said.append(f"most supported as the cause is {_named(seen.blamed)}")
    elif seen.takes_back_another and seen.blamed is not None:
        said.append(f"although {_named(seen.blamed)} is most supported as the cause")
    said.append(_hosts(seen))
    if seen.tokens_after_end:
        said.append(f"{seen.gone} issued {seen.tokens_after_end} tokens after its end")
    return said


def _hosts(seen: Seen) -> str:
    if seen.gone is None:
        return "the logs do not name the builds of its hosts"
    stuck = [host.instance for host in seen.hosts if host.stuck]
    late = [host.instance for host in seen.hosts if host.late_s and not host.stuck]
    if stuck:
        return f"{_listed(stuck)} still ran {seen.gone} when the records end"
    if late:
        return f"{_listed(late)} left {seen.gone} only after its end"
    return f"all {len(seen.hosts)} hosts left {seen.gone}" if seen.hosts else ""


def _named(change: ChangeRef) -> str:
    return f"{change.change_type} {change.service or ''} {change.version or ''}".strip()


def _listed(names: list[str]) -> str:
    shown = ", ".join(name or "a host without a name" for name in names[:NAMED])
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
