"""Theory: credentials were stuffed or sprayed.

Predicts: attempts rise, wrong passwords and unknown names dominate, the people who fail were never
seen before, and addresses or names concentrate. Needs: users and addresses on the attempts.
"""

import math
from typing import Any

from authlogs.analysis.case import Case
from authlogs.analysis.result import Finding
from authlogs.analysis.roles import places
from authlogs.analysis.rollups import PERSON
from authlogs.analysis.symptoms import ABSENT, PRESENT
from authlogs.analysis.theory import Verdict, Weighed
from authlogs.analysis.timing import anywhere
from authlogs.engine.duckdb_engine import run_sql

MOSTLY = 0.5
CROWD = f"""
WITH failing AS (
    SELECT {PERSON} AS person, source_ip, reason_group FROM events
    WHERE outcome = 'failure' AND event_type = $4 AND coalesce(reason, 'unspecified') = $5
      AND service IS NOT DISTINCT FROM $3
      AND epoch_us("time") >= $1 AND epoch_us("time") < $2),
before AS (
    SELECT DISTINCT {PERSON} AS person FROM events
    WHERE outcome = 'success' AND epoch_us("time") < $1),
later AS (
    SELECT DISTINCT {PERSON} AS person FROM events
    WHERE outcome = 'success' AND event_type <> $4 AND epoch_us("time") >= $1)
SELECT count(DISTINCT person) AS people,
       count(DISTINCT person) FILTER (person IN (SELECT person FROM before)
                                      OR person IN (SELECT person FROM later)) AS known,
       count(*) AS attempts, count(DISTINCT source_ip) AS addresses,
       count(*) FILTER (reason_group IN ('user_error', 'attack')) AS wrong
FROM failing
"""


def weigh(case: Case) -> list[Weighed]:
    """Return the theory, weighed on who fails and why."""
    signal = case.incident.signal
    key = [signal.service, signal.event_type, signal.reason]
    crowd = run_sql(CROWD, [int(case.start_us), int(case.end_us), *key], events=case.events)
    finding, symptom, verdict = _judge(case, crowd.to_pylist()[0])
    parts = {
        "onset": anywhere(case.span_s),
        "reason": math.log(case.priors.of_reason("credential_attack", case.reason_group)),
        "symptom": symptom,
    }
    if case.recovered_us is not None:
        parts["recovery"] = anywhere(case.span_s)
    return [
        Weighed(
            name="credential_attack",
            cause_class="credential_attack",
            prior=case.priors.of_cause("credential_attack", case.span_s / 86_400),
            parts=parts,
            verdict=verdict,
            statement=finding.statement,
            evidence=(finding,),
        )
    ]


def _judge(case: Case, crowd: dict[str, Any]) -> tuple[Finding, float, Verdict]:
    if not crowd["people"]:
        said = "the failing attempts name neither user nor address"
        return Finding(kind="crowd", direction="unknown", statement=said), 0.0, "untestable"
    known, wrong = crowd["known"] / crowd["people"], crowd["wrong"] / max(1, crowd["attempts"])
    attacked = known < MOSTLY and wrong >= MOSTLY
    said = (
        f"{known:.0%} of the {crowd['people']} people who fail also signed in successfully that "
        f"day, and {wrong:.0%} of the failures are wrong passwords or names"
    )
    score = PRESENT if attacked else ABSENT
    finding = Finding(
        kind="crowd",
        direction="for" if attacked else "against",
        statement=said,
        log_bayes_factor=score,
        numbers={**crowd, "known_share": known, "wrong_share": wrong},
        rows=places(case, f"outcome = 'failure' AND event_type = '{_quoted(case)}'"),
    )
    return finding, score, "supported" if attacked else "contradicted"


def _quoted(case: Case) -> str:
    return case.incident.signal.event_type.replace("'", "''")
