"""What really happened, for whoever measures an answer against it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from authlogs.simulation.moments import ZONE, aware
from authlogs.simulation.prose import UNTOLD, planted
from authlogs.simulation.timeline import (
    GUILTY,
    ROLLBACK,
    ROLLOUTS,
    THE_DAY_BEFORE,
    VERSIONS,
    Act,
    Rollout,
)
from authlogs.simulation.traffic import Traffic


@dataclass(frozen=True)
class FileTruth:
    """One log file: its lines, and how many of them were made malformed, by kind.

    `forged_field` and `escape_sequence` lines are readable; what they claim must not be believed.
    """

    lines: int
    malformed: Mapping[str, int]


@dataclass(frozen=True)
class Truth:
    """The answer: times are aware, `users_affected` counts distinct people."""

    kind: str
    seed: int
    zone: str
    guilty_change_id: str
    rollback_change_id: str
    innocent_change_ids: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    onset: datetime
    """the first attempt that the fault made fail: a first use of a bad token"""
    first_bad_token_issued: datetime
    last_bad_token_issued: datetime
    new_sign_ins_recovered: datetime
    """the last host is back on the good version"""
    recovered_all: datetime
    """the last bad token was refused"""
    rollout: Mapping[str, datetime]
    rollback: Mapping[str, datetime]
    alerts_fired: tuple[datetime, ...]
    alerts_resolved: tuple[datetime | None, ...]
    sign_ins: int
    bad_tokens_issued: int
    failed_first_presentations: int
    refused_presentations: int
    users_affected: int
    users_who_gave_up: int
    postmortem_errors: tuple[Mapping[str, int | str], ...]
    """`line`, what it `says` and what that is `about`, for each error planted in the postmortem"""
    postmortem_omits: tuple[str, ...]
    """the records that it should have named"""
    files: Mapping[str, FileTruth]

    def to_json(self) -> str:
        """Return the truth as JSON text, times in RFC 3339 with their offset."""
        return json.dumps(asdict(self), indent=2, default=_plain) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _versions() -> dict[str, tuple[str, ...]]:
    found = {service: [version] for service, version in VERSIONS.items()}
    for rollout in ROLLOUTS:
        if rollout.version not in found.setdefault(rollout.service, [rollout.previous]):
            found[rollout.service].append(rollout.version)
    return {service: tuple(versions) for service, versions in found.items()}


def _switches(rollout: Rollout) -> dict[str, datetime]:
    return {instance: aware(moment) for instance, moment in rollout.switches}


def tell(
    traffic: Traffic,
    *,
    kind: str,
    seed: int,
    acts: tuple[Act, ...],
    firings: list[tuple[int, int | None]],
    files: Mapping[str, FileTruth],
) -> Truth:
    """Return the truth of a day, counted from what was simulated and not from the logs."""
    issued = [made for made in traffic.sign_ins if made.bad]
    issue_moments = sorted(made.issued_at for made in issued)
    refused = [each for each in traffic.presentations if each.reason == "invalid_signature"]
    first_refused = [each for each in refused if each.first]
    affected = {each.sign_in.user.name for each in refused if each.sign_in}
    others = (THE_DAY_BEFORE, *ROLLOUTS)
    innocent = [each.change_id for each in others if each not in (GUILTY, ROLLBACK)]
    innocent += [act.change_id for act in acts if act.change_type != "incident"]
    return Truth(
        kind=kind,
        seed=seed,
        zone=ZONE,
        guilty_change_id=GUILTY.change_id,
        rollback_change_id=ROLLBACK.change_id,
        innocent_change_ids=tuple(innocent),
        versions=_versions(),
        onset=aware(refused[0].at),
        first_bad_token_issued=aware(issue_moments[0]),
        last_bad_token_issued=aware(issue_moments[-1]),
        new_sign_ins_recovered=aware(ROLLBACK.switches[-1][1]),
        recovered_all=aware(refused[-1].at),
        rollout=_switches(GUILTY),
        rollback=_switches(ROLLBACK),
        alerts_fired=tuple(aware(start) for start, _ in firings),
        alerts_resolved=tuple(None if end is None else aware(end) for _, end in firings),
        sign_ins=len(traffic.sign_ins),
        bad_tokens_issued=len(issued),
        failed_first_presentations=len(first_refused),
        refused_presentations=len(refused),
        users_affected=len(affected),
        users_who_gave_up=len(traffic.gave_up),
        postmortem_errors=planted(),
        postmortem_omits=UNTOLD,
        files=files,
    )
