"""Where people are lost on the way in: each stage of a sign-in, on the usual day and meanwhile.

The stages are those of the authorization code flow (RFC 6749, section 4.1), with the second factor
or consent that may stand in it, the session that the application opens, and the first use.
"""

import numpy as np
import pyarrow as pa

from authlogs.analysis.case import Case
from authlogs.analysis.chart_tables import JOURNEY
from authlogs.analysis.rollups import PERSON, whole
from authlogs.analysis.series import MICROS
from authlogs.analysis.units import Bools, factors
from authlogs.engine.queries import run_sql
from authlogs.query.login_journeys import CALLBACK
from authlogs.schema import TOKEN_USES

STAGES = ("authorize", "challenge", "callback", "token", "session", "first_use")
AUTHORIZE = "(?i)(/authori[sz]e|/oauth2?/auth|openid-connect/auth)([/?#]|$)"
FIVE_US = 300 * MICROS
SHARED = 0.2
"""A service belongs to the journey where this share of its people is among those of the signal."""
KIND = f"""
CASE WHEN event_type IN ('login', 'sso_assertion')
       OR event_type = 'http_request' AND regexp_like(http_path, '{AUTHORIZE}')
     THEN 'authorize'
     WHEN event_type = 'http_request' AND regexp_like(http_path, '{CALLBACK}') THEN 'callback'
     WHEN event_type IN ('mfa', 'consent') THEN 'challenge'
     WHEN event_type IN ('token_issue', 'token_exchange') THEN 'token'
     WHEN event_type = 'session_start' THEN 'session'
     WHEN event_type IN {TOKEN_USES} THEN 'first_use' END
"""
COUNTED = f"""
WITH staged AS (
    SELECT {KIND} AS stage, service, event_type, {PERSON} AS person, outcome,
           unix_micros("time") AS at_us
    FROM events WHERE "time" IS NOT NULL AND outcome IN ('success', 'failure')
      AND unix_micros("time") >= $1 AND unix_micros("time") < $2),
known AS (SELECT DISTINCT person FROM staged WHERE service IS NOT DISTINCT FROM $5),
shared AS (
    SELECT service FROM (SELECT DISTINCT service, person FROM staged WHERE stage IS NOT NULL) AS met
    LEFT JOIN (SELECT person, true AS ours FROM known) AS k ON met.person = k.person
    GROUP BY service HAVING count(ours) >= {SHARED} * count(*)),
people AS (
    SELECT stage, person, {whole("at_us", str(FIVE_US))} AS five,
           max(CASE WHEN at_us >= $3 AND at_us < $4 THEN 1 ELSE 0 END) AS meanwhile,
           max(CASE WHEN outcome = 'success' THEN 1 ELSE 0 END) AS passed
    FROM staged
    WHERE stage IS NOT NULL AND person IS NOT NULL
      AND (event_type = 'http_request' OR coalesce(service, '') IN (
           SELECT coalesce(service, '') FROM shared))
    GROUP BY ALL)
SELECT stage, meanwhile, count(*) AS tried, sum(passed) AS passed
FROM people GROUP BY ALL ORDER BY ALL
"""


def count_stages(case: Case) -> pa.Table:
    """Return how many people try and pass each stage, outside the incident and inside.

    A person counts once in five minutes and stage, and passes where one attempt does. First uses
    are those of fresh tokens, where tokens can be followed. What no log tells has no row.
    """
    start, end = case.start_us, min(case.end_us, float(case.grid.end_us))
    params = [case.grid.start_us, case.grid.end_us, int(start), int(end)]
    rows = run_sql(COUNTED, [*params, case.incident.signal.service], events=case.events)
    found = {
        (row["stage"], bool(row["meanwhile"])): (int(row["tried"]), int(row["passed"]))
        for row in rows.to_pylist()
    }
    if case.units.kind == "token":
        found |= {
            ("first_use", False): _people(case, case.fresh & ~case.inside),
            ("first_use", True): _people(case, case.fresh & case.inside),
        }
    hours = {True: (end - start) / MICROS / 3_600}
    hours[False] = max(0.0, case.span_s / 3_600 - hours[True])
    told = [
        {"stage": stage, "period": "incident" if during else "usual", "hours": hours[during],
         "tried": found[stage, during][0], "passed": found[stage, during][1]}
        for stage in STAGES
        for during in (False, True)
        if (stage, during) in found
    ]  # fmt: skip
    return pa.Table.from_pylist(told, schema=JOURNEY)


def _people(case: Case, chosen: Bools) -> tuple[int, int]:
    """Return how many people first use a token, and for how many it is accepted."""
    five = (case.units.used_us[chosen] // FIVE_US).astype(np.int64)
    names, who = factors(case.units.person[chosen])
    keys = five * (len(names) + 1) + who + 1
    well = keys[~case.units.failed[chosen]]
    return len(np.unique(keys)), len(np.unique(well))
