"""Which traffic each change actually reached, and when.

Version labels decide where they are logged. Without them a change is taken to reach everything that
its service handles after the rollout began, which says nothing about which attempts fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.likelihood import Floats
from authlogs.analysis.record_error import RecordError, error_of, within
from authlogs.analysis.result import ChangeRef
from authlogs.analysis.series import MICROS, micros, moment
from authlogs.analysis.split import EXPOSED
from authlogs.analysis.units import Units, Words, factors
from authlogs.schema import MARKS

IMPLIED_UNCERTAINTY_S = 60.0
SWITCHES = ("flag", "config", "policy", "permission")
"""Changes without a version that a second one of their kind may take back."""


@dataclass(frozen=True, eq=False)
class Exposure:
    """How one change reached the units.

    `clock` tells when each unit met the service, in µs, and `labels` the versions it met there, by
    role. `logged_as`: the version as the logs name it, null where they do not. `on_path`: whether
    failing units pass through its service, `in_logs` whether any attempt does. `reversal`: start
    and end in µs of what took the change back, and its id; `restored` tells whether it brought the
    old version back, or only followed.
    """

    change: ChangeRef
    start_us: float
    end_us: float
    error: RecordError
    clock: Floats
    labels: tuple[Words, ...]
    logged_as: str | None
    on_path: bool
    in_logs: bool
    reversal: tuple[float, float, str] | None
    restored: bool = True

    @property
    def labelled(self) -> bool:
        """Whether the logs name the version, so that they tell which units it reached."""
        return self.logged_as is not None

    @property
    def reached(self) -> Floats:
        """Share of each unit's path that ran under the change, 0 to 1, NaN where unknown.

        Made anew each time: kept for two hundred changes it would be gigabytes.
        """
        if self.logged_as is not None:
            return _by_label(self.logged_as, self.labels)
        after = (self.clock >= self.start_us).astype(np.float64)
        return np.where(np.isnan(self.clock), np.nan, after)


def expose(changes: pa.Table, units: Units) -> list[Exposure]:
    """Return the exposure of every recorded change, in order of time; marks are left out."""
    rows = [r for r in changes.to_pylist() if r["time"] and r["change_type"] not in MARKS]
    rows.sort(key=lambda row: (row["time"], row["change_id"] or ""))
    first = {service: _first_runs(units, service) for service in {row["service"] for row in rows}}
    return [_expose(row, rows, units, first[row["service"]]) for row in rows]


def change_id(row: Mapping[str, Any]) -> str:
    """Return the record's own id, else the place where it stands."""
    return row["change_id"] or f"{row['source_file']}:{row['line_no']}"


def change_ref(row: Mapping[str, Any]) -> ChangeRef:
    """Return a change record as results name it."""
    return ChangeRef(
        id=change_id(row),
        time=row["time"],
        end_time=row["end_time"],
        service=row["service"],
        version=row["version"],
        change_type=row["change_type"] or "deploy",
        previous_version=row["previous_version"],
        description=row["description"],
    )


def imply(units: Units, service: str, version: str) -> Exposure | None:
    """Return the exposure of a version that the logs show and no record names; null if unseen.

    It begins with the first attempt that ran it, and the last one is taken for its reversal.
    """
    clock, labels = _path(units, service)
    seen = clock[(_by_label(version, labels) > EXPOSED) & np.isfinite(clock)]
    if not len(seen):
        return None
    start, end = float(seen.min()), float(seen.max())
    after = bool((clock > end).any())
    name = f"{service} {version}"
    return Exposure(
        change=ChangeRef(
            id=name,
            time=moment(start),
            end_time=None,
            service=service,
            version=version,
            change_type="deploy",
        ),
        start_us=start,
        end_us=start,
        error=within(IMPLIED_UNCERTAINTY_S),
        clock=clock,
        labels=labels,
        logged_as=version,
        on_path=True,
        in_logs=True,
        reversal=(end - IMPLIED_UNCERTAINTY_S * MICROS, end, name) if after else None,
    )


def _expose(
    row: Mapping[str, Any], rows: list[dict[str, Any]], units: Units, first: Mapping[str, float]
) -> Exposure:
    start = float(micros(row["time"]))
    end = float(micros(row["end_time"])) if row["end_time"] else start
    clock, labels = _path(units, row["service"])
    met = units.met.get(row["service"])
    back = _reversal(row, rows)
    return Exposure(
        change=change_ref(row),
        start_us=start,
        end_us=end,
        error=error_of(row["time_uncertainty_s"], whole_minute=_whole_minute(row["time"])),
        clock=clock,
        labels=labels,
        logged_as=_logged_as(row, rows, first, (start, end)),
        on_path=met is not None and bool(np.any(met & units.failed)),
        in_logs=row["service"] in units.heard,
        reversal=_when(back) if back else None,
        restored=back is not None and restores(back, row),
    )


def _whole_minute(when: datetime) -> bool:
    return when.second == 0 and when.microsecond == 0


def _path(units: Units, service: str | None) -> tuple[Floats, tuple[Words, ...]]:
    """Return when units met a service, and the versions that they met there, by role."""
    labels = {role: words for (role, name), words in units.builds.items() if name == service}
    return units.issued_us if "issue" in labels else units.used_us, tuple(labels.values())


def _logged_as(
    row: Mapping[str, Any],
    rows: list[dict[str, Any]],
    first: Mapping[str, float],
    rollout: tuple[float, float],
) -> str | None:
    """Return what the logs call the version of a record; null where they do not tell.

    `first` tells when each version of its service was first met.
    Records and logs may name one build in two ways (`v2.0` and `2.0`, a commit and a release): then
    the one version that no record names and that first ran during the rollout is taken for it.
    """
    if not row["version"]:
        return None
    named = {bare(version): version for version in first}
    if bare(row["version"]) in named:
        return named[bare(row["version"])]
    listed = {bare(r["version"]) for r in rows if r["service"] == row["service"] and r["version"]}
    slack = IMPLIED_UNCERTAINTY_S * MICROS
    fresh = [
        version
        for version, at in first.items()
        if bare(version) not in listed and rollout[0] - slack <= at <= rollout[1] + 10 * slack
    ]
    return fresh[0] if len(fresh) == 1 else None


def bare(version: str) -> str:
    """Return a version without the `v` that only some people write.

    >>> bare("v2.0")
    '2.0'
    """
    return version[1:] if version[:1] in {"v", "V"} and version[1:2].isdigit() else version


def _first_runs(units: Units, service: str | None) -> dict[str, float]:
    """Return when each version of a service was first met, in µs."""
    first: dict[str, float] = {}
    for (role, name), words in units.builds.items():
        if name != service:
            continue
        clock = units.issued_us if role == "issue" else units.used_us
        versions, which = factors(words)
        known = (which >= 0) & np.isfinite(clock)
        earliest = np.full(len(versions), np.inf)
        np.minimum.at(earliest, which[known], clock[known])
        for version, at in zip(versions.tolist(), earliest.tolist(), strict=True):
            first[version] = min(at, first.get(version, np.inf))
    return {version: at for version, at in first.items() if np.isfinite(at)}


def _by_label(version: str, labels: tuple[Words, ...]) -> Floats:
    """Return 1 where any role ran this version, 0 where all known roles ran another."""
    reached = np.full(len(labels[0]), np.nan)
    for words in labels:
        known = words != None  # noqa: E711 (elementwise)
        reached = np.fmax(reached, np.where(known, words == version, np.nan))
    return reached


def _reversal(row: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the first later change that takes this one back."""
    later = (other for other in rows if other["time"] > row["time"] and takes_back(other, row))
    return next(later, None)


def _when(row: Mapping[str, Any]) -> tuple[float, float, str]:
    start = float(micros(row["time"]))
    return start, float(micros(row["end_time"])) if row["end_time"] else start, change_id(row)


def restores(other: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether `other` brings back what was there before `row`, and is no step forward."""
    again = other["version"] is not None and other["version"] == row["previous_version"]
    return bool(again or other["change_type"] == "rollback")


def takes_back(other: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether `other` replaces what `row` brought: the old version, a newer one, a switch."""
    if other["service"] is None or other["service"] != row["service"]:
        return False
    if not row["version"]:
        same = row["change_type"] == other["change_type"]
        return bool(same and row["change_type"] in SWITCHES)
    restores = other["version"] is not None and other["version"] == row["previous_version"]
    follows = other["previous_version"] is not None and other["previous_version"] == row["version"]
    undone = other["change_type"] == "rollback" and other["version"] != row["version"]
    return bool(restores or follows or undone)
