"""Theory: credentials were stuffed or sprayed.

Predicts: attempts rise, wrong passwords and unknown names dominate, the people who fail were never
seen before, and addresses or names concentrate. Needs: users and addresses on the attempts.
"""

from typing import Any

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.roles import places
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.symptoms import Fit, bayes, judged
from authlogs.engine.queries import run_sql

MOSTLY = 0.5
RISEN = 1.5
CROWDED = 5
"""Attempts that rose this much, or this many failing names to an address, look like an attack."""
STRANGER, LEAST_BEFORE = 0.2, 20
"""So do people of whom this much smaller a share is known than of those who fail on any day."""
SHOWS = 0.98
CROWD = f"""
WITH attempts AS (
    SELECT *, {PERSON} AS person, unix_micros("time") AS at_us,
           outcome = 'failure' AND coalesce(reason, 'unspecified') = $5 AS hit
    FROM events
    WHERE outcome IN ('success', 'failure') AND event_type = $4
      AND service IS NOT DISTINCT FROM $3),
failing AS (
    SELECT *, at_us >= $1 AS now FROM attempts
    WHERE hit AND at_us >= $1 AND at_us < $2 OR outcome = 'failure' AND at_us < $1),
known AS (
    SELECT DISTINCT "user", user_id FROM events
    WHERE outcome = 'success'
      AND (unix_micros("time") < $1 OR event_type <> $4 OR service IS DISTINCT FROM $3)),
told AS (
    SELECT *, coalesce("user" IN (SELECT "user" FROM known WHERE "user" IS NOT NULL), false)
           OR coalesce(user_id IN (SELECT user_id FROM known WHERE user_id IS NOT NULL), false)
           AS familiar
    FROM failing)
SELECT count(DISTINCT person) FILTER (WHERE now) AS people,
       count(DISTINCT person) FILTER (WHERE now AND familiar) AS known,
       count(DISTINCT person) FILTER (WHERE NOT now) AS people_before,
       count(DISTINCT person) FILTER (WHERE NOT now AND familiar) AS known_before,
       count(*) FILTER (WHERE now) AS attempts,
       count(DISTINCT source_ip) FILTER (WHERE now) AS addresses,
       count(*) FILTER (WHERE now AND reason_group IN ('user_error', 'attack')) AS wrong,
       (SELECT count(*) FROM attempts WHERE at_us >= $1 AND at_us < $2) AS inside,
       (SELECT count(*) FROM attempts WHERE at_us < $1) AS before
FROM told
"""


def judge(case: Case) -> Fit:
    """Hold the theory against who fails, and how often attempts were made."""
    signal = case.incident.signal
    key = [signal.service, signal.event_type, signal.reason]
    crowd = run_sql(CROWD, [int(case.start_us), int(case.end_us), *key], events=case.events)
    return _judge(case, crowd.to_pylist()[0])


def _judge(case: Case, crowd: dict[str, Any]) -> Fit:
    if not crowd["people"]:
        said = "the failing attempts name neither user nor address"
        return judged(case, "crowd", said, score=None)
    known, wrong = crowd["known"] / crowd["people"], crowd["wrong"] / max(1, crowd["attempts"])
    ahead_us = max(1.0, case.start_us - case.grid.start_us)
    lasted_us = max(1.0, case.end_us - case.start_us)
    risen = crowd["inside"] / lasted_us > RISEN * max(1, crowd["before"]) / ahead_us
    crowded = 0 < crowd["addresses"] * CROWDED <= crowd["people"]
    usual = crowd["known_before"] / max(LEAST_BEFORE, crowd["people_before"])
    strange = known < STRANGER * usual
    attacked = known < MOSTLY and wrong >= MOSTLY and (risen or crowded or strange)
    said = (
        f"{known:.0%} of the {crowd['people']} people who fail also signed in successfully that "
        f"day, {wrong:.0%} of the failures are wrong passwords or names, and attempts "
        f"{'rose' if risen else 'did not rise'}"
    )
    step = case.incident.signal.event_type
    return judged(
        case,
        "crowd",
        said,
        score=bayes(seen=attacked, shows=SHOWS),
        numbers={**crowd, "known_share": known, "wrong_share": wrong},
        rows=places(case, "outcome = 'failure' AND event_type = $3", step),
    )


CAUSE = Cause(
    name="credential_attack",
    cause_class="credential_attack",
    per_day=0.012,
    predicts="wrong passwords and unknown names from strangers, and more attempts",
    reasons={
        "invalid_credentials": 0.55,
        "unknown_user": 0.20,
        "account_locked": 0.08,
        "attack_blocked": 0.06,
        "rate_limited": 0.04,
        "mfa_failed": 0.02,
    },
    carriers={"none": 0.45, "client": 0.15, "browser": 0.25, "idp": 0.10, "region": 0.05},
    judge=judge,
)
