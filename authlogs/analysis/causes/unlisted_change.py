"""Theory: a change that nobody recorded, to a service on the path or elsewhere, at any time.

Predicts: nothing about who fails, and an onset and a recovery anywhere. Where versions are logged,
an unrecorded deploy shows a version that no record names, and is then held to the same clock and
the same split as a recorded one. Recorded changes are measured against it.
"""

import math
from collections.abc import Iterator

from authlogs.analysis.case import Case
from authlogs.analysis.causes.change import anybody, parts_of, reached, says
from authlogs.analysis.evidence import version_split
from authlogs.analysis.exposure import Exposure, bare, imply
from authlogs.analysis.implied import implied_changes
from authlogs.analysis.result import Finding
from authlogs.analysis.series import MICROS, micros
from authlogs.analysis.theory import Weighed
from authlogs.analysis.timing import begins_anywhere, ends_anywhere

NAME = "unlisted_change"
LATE_S = 60
AHEAD_S = 900
"""A version seen earlier than this before the onset did not appear with it."""
KEPT_VERSION = 0.3
"""Share of changes that leave the logged version as it was (configuration, flags, data)."""


def weigh(case: Case) -> list[Weighed]:
    """Return one theory a service on the path, and one for everywhere else."""
    services = sorted({service for _, service in case.units.builds})
    shares = len(services) + 1
    unseen = _weighed(NAME, shares, _anywhere(case, 0.0), (_unseen(), *_new_things(case)))
    return [unseen, *(_in_service(case, service, shares) for service in services)]


def _in_service(case: Case, service: str, shares: int) -> Weighed:
    """Weigh a service: by its unrecorded version where the logs show one, else by silence."""
    name = f"{NAME}@{service}"
    versions, fresh = _versions(case, service)
    implied = [found for v in fresh if (found := imply(case.units, service, v))]
    if implied:
        best = max(implied, key=lambda found: sum(parts_of(case, found).values()))
        return _weighed(name, shares, parts_of(case, best), _seen(case, best))
    if not versions:
        return _weighed(name, shares, _anywhere(case, 0.0, service), (_unseen(),))
    said = f"{service} ran {', '.join(versions)} throughout the incident; "
    kept = Finding(
        kind="versions",
        direction="against",
        statement=said + "no version without a record appears",
        log_bayes_factor=math.log(KEPT_VERSION),
        numbers={"versions": len(versions)},
    )
    return _weighed(name, shares, _anywhere(case, math.log(KEPT_VERSION), service), (kept,))


def _versions(case: Case, service: str) -> tuple[list[str], list[str]]:
    """Return the versions that ran in the incident, and those of them that appear from nowhere."""
    words = [w for (_, name), w in case.units.builds.items() if name == service]
    inside = {str(v) for labels in words for v in labels[case.inside] if v is not None}
    ahead = case.units.used_us < case.start_us - AHEAD_S * MICROS
    before = {str(v) for labels in words for v in labels[ahead] if v is not None}
    if not before:
        return sorted(inside), []
    listed = {e.logged_as for e in case.exposures if e.change.service == service}
    return sorted(inside), sorted(inside - before - {v for v in listed if v})


def _anywhere(case: Case, symptom: float, service: str | None = None) -> dict[str, float]:
    return {
        **begins_anywhere(case),
        "reason": says(case, service=service),
        "split": anybody(case),
        "symptom": symptom,
        **ends_anywhere(case),
        **reached(case, service),
    }


def _unseen() -> Finding:
    said = "a change without a record may have begun at any time: it is weighed, not tested"
    return Finding(kind="versions", direction="unknown", statement=said)


def _new_things(case: Case) -> Iterator[Finding]:
    """Yield what appeared for the first time near the onset: shown, not weighed.

    A key or an issuer that is new may be what the fault looks like, and not what caused it.
    """
    listed = {bare(e.change.version) for e in case.exposures if e.change.version}
    for row in implied_changes(case.events).to_pylist():
        lead = (case.start_us - micros(row["time"])) / MICROS
        if -LATE_S <= lead <= AHEAD_S and bare(row["version"] or "") not in listed:
            when = f"{lead:.0f} s before" if lead >= 0 else f"{-lead:.0f} s after"
            yield Finding(
                kind="first_seen",
                direction="unknown",
                statement=f"{row['description']}, first seen {when} the onset",
                numbers={"lead_s": lead},
                rows=(f"{row['source_file']}:{row['line_no']}",),
            )


def _seen(case: Case, found: Exposure) -> tuple[Finding, ...]:
    lag = (case.start_us - found.start_us) / MICROS
    said = f"no record names {found.change.id}, which first ran {lag:.0f} s before the onset"
    shown = Finding(kind="versions", direction="for", statement=said, numbers={"lag_s": lag})
    split = version_split.look(
        case, Weighed(found.change.id, "change", 0.0, parts_of(case, found), exposure=found)
    )
    return (shown, split) if split else (shown,)


def _weighed(
    name: str, shares: int, parts: dict[str, float], evidence: tuple[Finding, ...]
) -> Weighed:
    return Weighed(
        name=name,
        cause_class="change",
        prior=1.0 / shares,
        parts=parts,
        verdict="supported" if evidence[0].direction == "for" else "untestable",
        statement=evidence[0].statement,
        evidence=evidence if evidence[0].direction != "unknown" else evidence[1:],
    )
