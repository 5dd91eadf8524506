"""Tokens by when they were issued and when they were first used: the points of the token plane."""

import numpy as np
import pyarrow as pa

from authlogs.analysis.case import Case
from authlogs.analysis.chart_tables import TOKENS, UTC
from authlogs.analysis.likelihood import Ints
from authlogs.analysis.units import Bools, Words

MOST_POINTS = 2_000
"""So many failed and so many accepted tokens are kept, evenly by time of use."""


def pick_tokens(case: Case, service: str | None) -> pa.Table:
    """Return tokens with both times known; where there are too many, every n-th of either kind.

    `version` is the build of `service` that issued it, else of the service with most builds.
    """
    units = case.units
    if units.kind != "token":
        return TOKENS.empty_table()
    known = np.isfinite(units.issued_us)
    picked = [_every_nth(known & units.failed), _every_nth(known & ~units.failed)]
    places = np.concatenate([place for place, _ in picked])
    weights = np.concatenate([np.full(len(place), weight) for place, weight in picked])
    order = np.argsort(places, kind="stable")
    places = places[order]
    words = issuing_words(case, service)
    columns = [
        pa.array(units.issued_us[places].astype(np.int64)).cast(UTC),
        pa.array(units.used_us[places].astype(np.int64)).cast(UTC),
        pa.array(units.failed[places]),
        pa.array(
            words[places].tolist() if words is not None else [None] * len(places), pa.string()
        ),
        pa.array(weights[order], pa.float64()),
    ]
    return pa.Table.from_arrays(columns, schema=TOKENS)


def issuing_words(case: Case, service: str | None) -> Words | None:
    """Return the issuing build of each unit; null where no service on the path names one."""
    issuers = {s: words for (role, s), words in case.units.builds.items() if role == "issue"}
    if service in issuers:
        return issuers[service]
    most = max(
        sorted(issuers), key=lambda s: len({w for w in issuers[s] if w is not None}), default=None
    )
    return issuers[most] if most is not None else None


def _every_nth(chosen: Bools) -> tuple[Ints, float]:
    """Return the places that are kept, and how many tokens each of them stands for."""
    places = np.flatnonzero(chosen)
    step = max(1, -(-len(places) // MOST_POINTS))
    kept = places[::step]
    return kept, len(places) / len(kept) if len(kept) else 1.0
