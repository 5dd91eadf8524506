"""Challenges that nobody gets past: an endless prompt makes no failure, and nobody signs in.

A challenge is resolved when the same person succeeds within two minutes: who means to sign in
rarely takes longer.
"""

from authlogs.analysis.rollups import PERSON
from authlogs.analysis.series import BIN, FEWEST_FAILING, MICROS, Grid, Series, dense
from authlogs.engine.base import Events, as_events
from authlogs.engine.queries import run_sql
from authlogs.schema import EVENTS

UNRESOLVED = "challenge_unresolved"
"""The signal's reason where challenges stay open."""
RESOLVED_US = 120 * MICROS
PAST = "event_type IN ('mfa', 'consent', 'token_issue', 'token_exchange', 'session_start')"
"""Successes that say anywhere that somebody got past; a first factor elsewhere does not."""
HERE = "event_type IN ('login', 'sso_assertion', 'password_change')"
"""Successes that say so where the service that asked tells them."""
SOON = f"""ORDER BY unix_micros("time") RANGE BETWEEN CURRENT ROW AND {RESOLVED_US} FOLLOWING"""
WELL = f"""least(
    min(CASE WHEN outcome = 'success' AND {PAST} THEN unix_micros("time") END)
        OVER (PARTITION BY {PERSON} {SOON}),
    min(CASE WHEN outcome = 'success' AND {HERE} THEN unix_micros("time") END)
        OVER (PARTITION BY {PERSON}, service {SOON}))"""
COUNTS = f"""
SELECT service, event_type, {BIN} AS bin, count(DISTINCT person) AS asked,
       count(DISTINCT person) FILTER (WHERE well_us IS NULL) AS left_open
FROM (SELECT "time", service, event_type, outcome, {PERSON} AS person, {WELL} AS well_us
      FROM events
      WHERE "time" IS NOT NULL AND event_type <> 'other' AND outcome IN ('success', 'challenge')
        AND {PERSON} IN (SELECT {PERSON} FROM events WHERE outcome = 'challenge'))
WHERE outcome = 'challenge' AND unix_micros("time") >= $1
  AND unix_micros("time") < $3 - {RESOLVED_US}
GROUP BY ALL ORDER BY ALL NULLS LAST
"""
MADE = {
    "outcome": "CASE WHEN NOT asked THEN outcome WHEN well_us IS NULL THEN 'failure' "
    "ELSE 'success' END",
    "reason": f"CASE WHEN asked AND well_us IS NULL THEN '{UNRESOLVED}' ELSE reason END",
    "reason_group": "CASE WHEN asked AND well_us IS NULL THEN 'policy' ELSE reason_group END",
}  # fmt: skip
SETTLED = f"""
SELECT {", ".join(f"{MADE[n]} AS {n}" if n in MADE else f'"{n}"' for n in EVENTS.names)}
FROM (SELECT *, {WELL} AS well_us,
             outcome = 'challenge' AND {PERSON} IS NOT NULL AND "time" IS NOT NULL AS asked
      FROM events)
"""


def open_challenges(events: Events, grid: Grid) -> list[Series]:
    """Return one series for each service and event type whose challenges stayed open."""
    params = [grid.start_us, grid.width_s * MICROS, grid.end_us]
    rows = run_sql(COUNTS, params, events=events)
    places: dict[tuple[str | None, str], list[int]] = {}
    for at, key in enumerate(
        zip(rows["service"].to_pylist(), rows["event_type"].to_pylist(), strict=True)
    ):
        places.setdefault(key, []).append(at)
    made = []
    for (service, event_type), chosen in places.items():
        part = rows.take(chosen)
        left, asked = dense(part, "left_open", grid.bins), dense(part, "asked", grid.bins)
        if left.sum() >= FEWEST_FAILING:
            made.append(Series(service, event_type, UNRESOLVED, left, asked, "attempts"))
    return made


def settled(events: Events) -> Events:
    """Return the events with open challenges as failures, and resolved ones as successes."""
    return as_events(run_sql(SETTLED, events=events))
