"""`journeys`: sign-ins from the identity provider to the first use, and where each was lost.

A journey is the run of steps of one person from a login to the first use of what it gave. Steps
name their person, or share a request, token or session with one that does. It is all one SQL query.
"""

from typing import Any, Final

import pyarrow as pa

from authlogs.engine.base import as_events
from authlogs.engine.queries import run_sql
from authlogs.errors import BadCall
from authlogs.schema import TOKEN_USES

STAGES: Final = ("authorize", "callback", "token", "session", "first_use")
PAUSE_S: Final = 600.0
ASIDE_S: Final = 60.0
"""A login this long after a token is a new journey; sooner, another service tells of the same."""
OWNERS: Final = (
    "request_id", "trace_id", "jti", "token_hash", "session_hash", "user_id", "sub",
)  # fmt: skip
"""Columns whose value belongs to one person, the surest first."""
CALLBACK: Final = (
    "(?i)/(callback|cb|signin-oidc|oidc/redirect|oauth2?/code|saml2?/acs|acs)([/?#]|$)"
)
STEPS: Final = f"""
SELECT *, row_number() OVER (ORDER BY "time", source_file NULLS LAST, byte_offset NULLS LAST,
                             service NULLS LAST, event_type) AS place
FROM (SELECT "time", unix_micros("time") AS at_us, outcome, reason, service, service_version,
             client, "user" AS who0, {", ".join(OWNERS)}, event_type, source_file, byte_offset, CASE
    WHEN event_type IN ('login', 'mfa', 'consent', 'sso_assertion') THEN 'authorize'
    WHEN event_type = 'http_request' AND regexp_like(http_path, $1) THEN 'callback'
    WHEN event_type IN ('token_issue', 'token_exchange') THEN 'token'
    WHEN event_type = 'session_start' THEN 'session'
    WHEN event_type IN {TOKEN_USES} THEN 'first_use'
    END AS stage FROM events WHERE "time" IS NOT NULL)
WHERE stage IS NOT NULL
"""
OWNED: Final = """LEFT JOIN (
    SELECT {name} AS value, min(who{last}) AS who FROM named{last}
    WHERE {name} IS NOT NULL AND who{last} IS NOT NULL
    GROUP BY {name} HAVING count(DISTINCT who{last}) = 1) AS of_{name}
ON named{last}.{name} = of_{name}.value
"""


def _named(turn: int) -> str:
    """The steps with the person that their identifiers belonged to after the turn before."""
    last = turn - 1
    owners = ", ".join(f"of_{name}.who" for name in OWNERS)
    joins = "".join(OWNED.format(name=name, last=last) for name in OWNERS)
    return (
        f"named{turn} AS (SELECT named{last}.*, coalesce(who{last}, {owners}) AS who{turn} "
        f"FROM named{last} {joins})"
    )


TURNS: Final = 2
WALKED: Final = f"""
WITH named0 AS ({STEPS}), {", ".join(_named(turn) for turn in range(1, TURNS + 1))},
used AS (
    SELECT *, row_number() OVER (
        PARTITION BY person, stage, coalesce(jti, token_hash, session_hash, CAST(place AS STRING))
        ORDER BY place) AS presented
    FROM (SELECT *, coalesce(who{TURNS}, user_id, sub) AS person FROM named{TURNS})
    WHERE person IS NOT NULL),
walked AS (
    SELECT *, lag(stage) OVER (PARTITION BY person ORDER BY place) AS before,
           at_us - lag(at_us) OVER (PARTITION BY person ORDER BY place) AS pause_us,
           min(CASE WHEN stage = 'authorize' THEN at_us END) OVER (PARTITION BY person ORDER BY
               place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) - at_us AS ahead_us
    FROM used WHERE stage <> 'first_use' OR presented = 1),
counted AS (
    SELECT *, sum(CASE WHEN stage <> 'first_use' AND ahead_us <= $3 AND (before IS NULL
            OR before = 'first_use' OR pause_us > $2 OR (before <> 'authorize' AND pause_us > $3))
        THEN 1 ELSE 0 END) OVER (PARTITION BY person ORDER BY place) AS turn
    FROM walked),
first_pass AS (
    SELECT *, at_us - max(CASE WHEN stage = 'first_use' THEN at_us END) OVER own AS after_use_us,
           min_by(service, CASE WHEN stage = 'authorize' AND outcome = 'success' THEN place END)
               OVER (PARTITION BY person, turn) AS gate,
           min(CASE WHEN stage = 'authorize' AND outcome = 'success' THEN place END)
               OVER (PARTITION BY person, turn) AS gate_place
    FROM counted WINDOW own AS (PARTITION BY person, turn ORDER BY place))
SELECT person, turn, place, "time", at_us, outcome, reason, service, client,
       CASE WHEN event_type = 'login' AND place > gate_place AND service <> gate THEN 'callback'
            ELSE stage END AS stage,
       at_us - max(CASE WHEN stage <> 'first_use' THEN at_us END)
           OVER (PARTITION BY person, turn ORDER BY place) AS idle_us,
       (SELECT max(unix_micros("time")) FROM events) AS ends_us
FROM first_pass
WHERE stage = 'first_use' OR after_use_us IS NULL OR after_use_us <= $3
"""
_FIRSTS: Final = ", ".join(
    f"min(CASE WHEN stage = '{s}' AND outcome = 'success' THEN \"time\" END) AS {s}, "
    f"max_by(outcome, CASE WHEN stage = '{s}' AND outcome IN ('success', 'failure') "
    f"THEN place END) AS {s}_last, "
    f"max_by(reason, CASE WHEN stage = '{s}' AND outcome = 'failure' THEN place END) "
    f"AS {s}_reason, "
    f"max_by(service, CASE WHEN stage = '{s}' AND outcome = 'failure' THEN place END) "
    f"AS {s}_service"
    for s in STAGES
)
_LOGGED: Final = ", ".join(
    f"max(CASE WHEN {s}_last IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY client) AS {s}_seen"
    for s in STAGES
)
_REACHED: Final = " ".join(
    f"WHEN {s}_last = 'success' THEN {len(STAGES) - place}"
    for place, s in enumerate(reversed(STAGES))
)
_BROKEN: Final = " ".join(
    f"WHEN {s}_last = 'failure' AND reached < {place} THEN {place}"
    for place, s in enumerate(STAGES, start=1)
)
_NEXT: Final = " ".join(
    f"WHEN {s}_seen = 1 AND reached < {place} THEN {place}"
    for place, s in enumerate(STAGES, start=1)
)
_REASON, _SERVICE = (
    " ".join(f"WHEN {place} THEN {s}_{what}" for place, s in enumerate(STAGES, start=1))
    for what in ("reason", "service")
)
_WORDS: Final = " ".join(f"WHEN {place} THEN '{s}'" for place, s in enumerate(STAGES, start=1))
JOURNEYS: Final = f"""
WITH kept AS (SELECT * FROM steps WHERE turn > 0 AND idle_us <= $1),
beyond AS (SELECT DISTINCT service FROM kept JOIN (
    SELECT DISTINCT person, turn FROM kept WHERE stage IN ('token', 'first_use'))
    USING (person, turn)),
journeys AS (
    SELECT person, turn, min("time") AS start, max("time") AS end_time, max(at_us) AS last_us,
           max(ends_us) AS ends_us, max(client) AS client, count(*) AS steps, {_FIRSTS},
           count(CASE WHEN stage = 'authorize' AND outcome = 'failure' THEN 1 END) AS failures,
           max(CASE WHEN service IN (SELECT service FROM beyond) THEN 1 ELSE 0 END) AS web
    FROM kept GROUP BY person, turn),
told AS (
    SELECT *, CASE {_REACHED} ELSE 0 END AS reached, {_LOGGED} FROM journeys
    WHERE web = 1 OR NOT EXISTS (SELECT 1 FROM beyond)),
lost AS (
    SELECT *, CASE {_BROKEN} END AS broken, CASE {_NEXT} END AS missing FROM told)
SELECT person, start, end_time, client, {", ".join(STAGES)},
       CASE WHEN broken IS NOT NULL THEN 'failure' WHEN missing IS NULL THEN 'success'
            WHEN ends_us - last_us < $1 THEN 'open' ELSE 'abandoned' END AS outcome,
       CASE coalesce(broken, missing) {_WORDS} END AS lost_at,
       CASE broken {_REASON} END AS reason, CASE broken {_SERVICE} END AS service,
       failures, steps
FROM lost ORDER BY start, person, end_time
"""


def journeys(events: Any, *, pause_s: float = PAUSE_S) -> pa.Table:
    """Build the sign-ins of everybody: a row a journey, with its outcome and the stage it lost.

    Columns: `person`; `start`, `end_time` (UTC); `client`; the time at which each stage was passed
    first, null where it was not: `authorize` (login, second factor, consent), `callback` (back at
    the application: its redirect path, or its own login record after another service's), `token`,
    `session`, `first_use`; `outcome` (success, failure, abandoned, or open where the logs end
    before the journey does); `lost_at` (the stage that failed, or that is missing although others
    with the same client have it); `reason` and `service` of the last failure at that stage;
    `failures` (logins that failed on the way) and `steps` (int64).

    A journey ends where its person logs in again after a first use, or pauses for `pause_s`
    seconds. Logins to services that never lead to a token or session (ssh, databases) are left
    out. Stages are those of the authorization code grant (RFC 6749, section 4.1).
    Raises BadCall for a pause that is not above zero.

    >>> import authlogs as al
    >>> logs = al.read("sample_logs/login-lockout", tz="America/Bogota", year=2024)
    >>> told = al.journeys(logs)
    >>> sorted(told["outcome"].unique().to_pylist())
    ['abandoned', 'failure', 'open', 'success']
    """
    if not pause_s > 0:
        raise BadCall(f"a pause of {pause_s} s ends no journey", next_step="give seconds above 0")
    pause_us = int(pause_s * 1e6)
    aside_us = min(pause_us, int(ASIDE_S * 1e6))
    steps = run_sql(WALKED, [CALLBACK, pause_us, aside_us], events=as_events(events))
    return run_sql(JOURNEYS, [pause_us], steps=steps)
