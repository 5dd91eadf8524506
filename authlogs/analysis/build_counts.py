"""How often each build failed, per bin: what the figure of versions is summed from."""

import numpy as np
import pyarrow as pa

from authlogs.analysis.case import Case
from authlogs.analysis.chart_tables import BUILDS, UTC
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Words, factors

MOST_SERVICES = 12
"""The services with most versions are kept: a mesh may have hundreds that never changed."""


def count_builds(case: Case) -> pa.Table:
    """Return attempts and failures (units, not lines) per bin, service and version.

    `role` tells whether the build issued what was used, or checked it.
    """
    named = {path: words for path, words in case.units.builds.items() if _builds(words)}
    richest = sorted(named, key=lambda path: (-_builds(named[path]), path))[:MOST_SERVICES]
    tables = [_counted(case, *path, named[path]) for path in sorted(richest)]
    return pa.concat_tables([BUILDS.empty_table(), *tables])


def issuer_of(case: Case, service: str | None) -> str | None:
    """Return the service whose builds are told apart at issue: this one, else that with most.

    Null where no service on the issuing path names its build.
    """
    issuers = {name: words for (role, name), words in case.units.builds.items() if role == "issue"}
    if service in issuers:
        return service
    return max(sorted(issuers), key=lambda name: _builds(issuers[name]), default=None)


def _builds(words: Words) -> int:
    return len(factors(words)[0])


def _counted(case: Case, role: str, service: str, words: Words) -> pa.Table:
    grid = case.grid
    bins = (case.units.used_us - grid.start_us) // (grid.width_s * MICROS)
    names, version = factors(words)
    known = (version >= 0) & (bins >= 0) & (bins < grid.bins)
    keys = bins[known].astype(np.int64) * max(1, len(names)) + version[known]
    cells, place = np.unique(keys, return_inverse=True)
    failures = np.bincount(place, weights=case.units.failed[known], minlength=len(cells))
    times = grid.start_us + cells // max(1, len(names)) * grid.width_s * MICROS
    columns = [
        pa.array(times).cast(UTC),
        pa.array([role] * len(cells), pa.string()),
        pa.array([service] * len(cells), pa.string()),
        pa.array(names[cells % max(1, len(names))].tolist(), pa.string()),
        pa.array(np.bincount(place, minlength=len(cells)).astype(np.int64)),
        pa.array(failures.astype(np.int64)),
    ]
    return pa.Table.from_arrays(columns, schema=BUILDS)
