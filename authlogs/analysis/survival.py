"""How long tokens go on being presented: what a rollback cures at once, and what must die out."""

from dataclasses import dataclass

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.likelihood import Floats
from authlogs.analysis.lineage import FAILED, ISSUES, KEYS, USES
from authlogs.analysis.units import Bools
from authlogs.engine.queries import run_sql

USED = f"""
SELECT unix_micros(use."time") AS used_us, issue.issued_us AS issued_us,
       {FAILED} AS failed
FROM events AS use
JOIN (SELECT {{key}} AS key, max(unix_micros("time")) AS issued_us FROM events
      WHERE {ISSUES} AND {{key}} IS NOT NULL GROUP BY ALL) AS issue ON use.{{key}} = issue.key
WHERE use."time" IS NOT NULL AND ({USES})
ORDER BY used_us, issued_us, failed
"""
LIFETIME = """
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY unix_micros(exp) - unix_micros(iat)) AS lived_us
FROM events
WHERE exp IS NOT NULL AND iat IS NOT NULL
"""


@dataclass(frozen=True, eq=False)
class Presentations:
    """Every presentation of a token whose issue was logged, in µs since the epoch.

    `failed` tells whether it failed for the signal's reason.
    """

    used_us: Floats
    issued_us: Floats
    failed: Bools

    def failing_share(self, chosen: Bools) -> float | None:
        """Return the failing share of the chosen presentations; null under ten of them."""
        return float(self.failed[chosen].mean()) if chosen.sum() >= 10 else None


@dataclass(frozen=True)
class Tail:
    """What is left once the bad build is gone: seconds until rejects halve, and until none is left.

    `lifetime_known` tells whether the end is the logged lifetime, or only the oldest token seen.
    """

    half_s: float
    gone_s: float
    lifetime_known: bool


def presentations_of(case: Case) -> Presentations | None:
    """Return the presentations of tokens, joined to their issue; null without token ids."""
    if case.units.kind != "token" or case.units.how.level not in KEYS:
        return None
    signal = case.incident.signal
    params = [signal.service, signal.event_type, signal.reason]
    rows = run_sql(USED.format(key=KEYS[case.units.how.level]), params, events=case.events)
    used, issued = (rows[n].to_numpy().astype(np.float64) for n in ("used_us", "issued_us"))
    return Presentations(used, issued, rows["failed"].to_numpy().astype(bool))


def expected_tail(case: Case, seen: Presentations) -> Tail | None:
    """Return how rejects would die out once no bad token is issued any more."""
    bad = seen.failed & (seen.used_us >= case.start_us) & (seen.used_us < case.end_us)
    ages = (seen.used_us - seen.issued_us)[bad] / 1e6
    if len(ages) < 10:
        return None
    lived_us = run_sql(LIFETIME, events=case.events)["lived_us"][0].as_py()
    gone = lived_us / 1e6 if lived_us else float(ages.max())
    return Tail(float(np.quantile(ages, 0.5)), gone, lived_us is not None)
