"""Theory: a limit or a quota was reached (requests, connections of a plan, messages).

Predicts: 429 and its like before anybody is asked for a password; mostly one client, address or
person makes many times its usual attempts and uses up what all share. Needs: clients or addresses.
"""

from typing import Any

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.series import ATTEMPTS
from authlogs.analysis.symptoms import Fit, bayes, judged
from authlogs.engine.queries import run_sql

RISEN, FLOOD = 3.0, 0.3
"""It makes this many times its usual attempts, and this much of what all others used to make."""
SHOWS, BESIDE = 0.8, 0.02
"""A limit is also reached by the growth of all, or lowered by a plan."""
LEAST_BEFORE_S = 600.0
RISES = f"""
WITH told AS (
    SELECT unix_micros("time") >= $1 AS inside, client, source_ip, coalesce(user_id, "user") AS who
    FROM events
    WHERE {ATTEMPTS} AND event_type = $4 AND service IS NOT DISTINCT FROM $3
      AND unix_micros("time") < $2),
keyed AS (
    SELECT inside, 'client ' || client AS name FROM told WHERE client IS NOT NULL
    UNION ALL SELECT inside, 'address ' || source_ip FROM told WHERE source_ip IS NOT NULL
    UNION ALL SELECT inside, 'person ' || who FROM told WHERE who IS NOT NULL)
SELECT name, count(*) FILTER (WHERE inside) AS now, count(*) FILTER (WHERE NOT inside) AS before,
       (SELECT count(*) FROM told WHERE NOT inside) AS all_before,
       (SELECT count(*) FROM told WHERE inside) AS all_now
FROM keyed GROUP BY name ORDER BY now - before DESC, name LIMIT 20
"""


def judge(case: Case) -> Fit:
    """Hold the theory against whose attempts rose."""
    signal = case.incident.signal
    asked = [int(case.start_us), int(case.end_us), signal.service, signal.event_type]
    rows = run_sql(RISES, asked, events=case.events).to_pylist()
    ahead_s = (case.start_us - case.grid.start_us) / 1e6
    counted = bool(rows) and bool(rows[0]["all_before"]) and signal.denominator != "none"
    if not counted or ahead_s < LEAST_BEFORE_S:
        said = "whose attempts rose cannot be told: too little is logged of those that went well"
        return judged(case, "flood", said, score=None)
    name, more = _most_risen(rows, ahead_s, max(60.0, (case.end_us - case.start_us) / 1e6))
    flooded = more * ahead_s >= FLOOD * rows[0]["all_before"]
    score = bayes(seen=flooded, shows=SHOWS, beside=BESIDE)
    said = "nobody's attempts rose enough to use up a limit"
    if flooded:
        said = f"one {name.partition(' ')[0]} makes {60 * more:.0f} attempts a minute more"
    return judged(case, "flood", said, score=score)


def _most_risen(rows: list[dict[str, Any]], ahead_s: float, lasted_s: float) -> tuple[str, float]:
    """Return who makes most attempts a second more than before, beyond what retries do to all."""
    first = rows[0]
    usual = max(1.0, first["all_now"] / lasted_s / (first["all_before"] / ahead_s))
    risen = {
        row["name"]: row["now"] / lasted_s - row["before"] / ahead_s
        for row in rows
        if row["now"] / lasted_s >= RISEN * usual * row["before"] / ahead_s
    }
    return max(risen.items(), key=lambda pair: pair[1], default=("", 0.0))


CAUSE = Cause(
    name="rate_limit",
    cause_class="quota",
    per_day=0.01,
    predicts="refusals by a limit",
    reasons={"rate_limited": 0.88, "overloaded": 0.05, "policy_denied": 0.02},
    carriers={"none": 0.75, "client": 0.12, "region": 0.04, "instance": 0.04, "idp": 0.02},
    judge=judge,
)
