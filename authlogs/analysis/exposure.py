"""Which traffic each change actually reached, and when.

Version labels decide where they are logged. Without them a change is taken to reach everything that
its service handles after the rollout began, which says nothing about which attempts fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from authlogs.analysis.likelihood import Floats
from authlogs.analysis.result import ChangeRef
from authlogs.analysis.series import MICROS, micros, moment
from authlogs.analysis.units import Bools, Units, Words
from authlogs.schema import MARKS

LEAST_UNCERTAINTY_S = 5.0
IMPLIED_UNCERTAINTY_S = 60.0
EXPOSED = 0.5
"""A unit counts as exposed when more than this share of its path ran under the change."""


@dataclass(frozen=True, eq=False)
class Exposure:
    """How one change reached the units.

    `reached`: share of each unit's path that ran under the change, 0 to 1, NaN where unknown.
    `labelled`: whether versions said so. `on_path`: whether failing units pass through its service.
    `reversal`: start and end in µs of what took the change back, and its id.
    """

    change: ChangeRef
    start_us: float
    end_us: float
    uncertainty_s: float
    reached: Floats
    labelled: bool
    on_path: bool
    reversal: tuple[float, float, str] | None

    def known(self) -> Bools:
        return np.isfinite(self.reached)


def expose(changes: pa.Table, units: Units) -> list[Exposure]:
    """Return the exposure of every recorded change, in order of time; marks are left out."""
    rows = [r for r in changes.to_pylist() if r["time"] and r["change_type"] not in MARKS]
    rows.sort(key=lambda row: (row["time"], row["change_id"] or ""))
    return [_expose(row, rows, units) for row in rows]


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
    labels = [(role, words) for (role, name), words in units.builds.items() if name == service]
    reached = _by_label(version, [words for _, words in labels])
    clock = units.issued_us if any(role == "issue" for role, _ in labels) else units.used_us
    seen = clock[(reached > EXPOSED) & np.isfinite(clock)]
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
        uncertainty_s=IMPLIED_UNCERTAINTY_S,
        reached=reached,
        labelled=True,
        on_path=True,
        reversal=(end - IMPLIED_UNCERTAINTY_S * MICROS, end, name) if after else None,
    )


def _expose(row: Mapping[str, Any], rows: list[dict[str, Any]], units: Units) -> Exposure:
    start = float(micros(row["time"]))
    end = float(micros(row["end_time"])) if row["end_time"] else start
    labels = [
        (role, words)
        for (role, service), words in units.builds.items()
        if service == row["service"]
    ]
    on_path = any(np.any((words != None) & units.failed) for _, words in labels)  # noqa: E711
    known = {version for _, words in labels for version in words if version is not None}
    labelled = bool(row["version"]) and bool(known)
    if labelled:
        reached = _by_label(row["version"], [words for _, words in labels])
    else:
        issuing = any(role == "issue" for role, _ in labels)
        clock = units.issued_us if issuing else units.used_us
        reached = np.where(np.isnan(clock), np.nan, (clock >= start).astype(np.float64))
    return Exposure(
        change=change_ref(row),
        start_us=start,
        end_us=end,
        uncertainty_s=max(row["time_uncertainty_s"] or 0.0, LEAST_UNCERTAINTY_S),
        reached=reached,
        labelled=labelled,
        on_path=on_path,
        reversal=_reversal(row, rows),
    )


def _by_label(version: str, labels: list[Words]) -> Floats:
    """Return 1 where any role ran this version, 0 where all known roles ran another."""
    reached = np.full(len(labels[0]), np.nan)
    for words in labels:
        met = np.array([np.nan if w is None else float(w == version) for w in words])
        reached = np.fmax(reached, met)
    return reached


def _reversal(
    row: Mapping[str, Any], rows: list[dict[str, Any]]
) -> tuple[float, float, str] | None:
    """Return the first later change that takes this one back."""
    for other in rows:
        if other["time"] > row["time"] and _takes_back(other, row):
            start = float(micros(other["time"]))
            end = float(micros(other["end_time"])) if other["end_time"] else start
            return start, end, change_id(other)
    return None


def _takes_back(other: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether `other` restores what `row` replaced: the old version, or a second switch."""
    if other["service"] != row["service"]:
        return False
    if not row["version"]:
        return bool(row["change_type"] == other["change_type"])
    restores = other["version"] is not None and other["version"] == row["previous_version"]
    return bool(restores or (other["change_type"] == "rollback" and not other["version"]))
