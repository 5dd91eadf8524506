"""Theory: the database was overloaded.

Predicts: statements slow down before attempts fail, stay slow while they fail, and failures are
timeouts and server errors for tokens of every age. Needs: a database log with durations; without
one, the time that the service's own successes take.
"""

import numpy as np

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.roles import DATABASE, per_bin, places, played_by, usual
from authlogs.analysis.symptoms import Fit, Symptom, fit

LONGER, ANSWERS, ANY_CAUSE = 1.8, 0.85, 0.2
"""Answers are slow from so many times their usual time on: under an overload, and under others."""
SLOWER = 5.0
LEAST_S = 5.0
"""A bin is slow when its statements took this many times the usual time, and at least this long."""


def judge(case: Case) -> Fit:
    """Hold the theory against the time that statements took, or else successful attempts.

    A database's log has its slowest statements alone, and is often cut down to few.
    """
    statements = fit(case, slow_statements(case))
    answers = fit(case, slow_answers(case), timed=False)  # they begin with any fault that slows
    told = statements.verdict == "supported" or answers.verdict == "untestable"
    clear = statements.verdict == "contradicted" and answers.verdict == "contradicted"
    return statements if told or clear else answers


def slow_statements(case: Case) -> Symptom:
    """Return where the logged statements of databases took much longer than usual."""
    role = f"({played_by(DATABASE)})"
    spoken = per_bin(case, role, lines="count(*)", busy_us="sum(duration_us)")
    busy_s = spoken["busy_us"] / 1e6
    level = usual(case, busy_s)
    slow = busy_s > max(SLOWER * (level or 0.0), LEAST_S)
    timed = bool(busy_s.any()) and level is not None
    rows = places(case, f"{role} AND duration_us IS NOT NULL", order="duration_us DESC NULLS LAST")
    return Symptom("database latency", slow, (spoken["lines"] > 0) & timed, rows)


def slow_answers(case: Case) -> Symptom:
    """Return where attempts that went well at the failing step took much longer than usual."""
    here = (
        "service IS NOT DISTINCT FROM $4 AND event_type = $5 AND outcome = 'success'"
        " AND duration_us IS NOT NULL"
    )
    told = per_bin(case, here, answers="count(*)", took_us="sum(duration_us)")
    took = told["took_us"] / np.maximum(1, told["answers"])
    level = usual(case, took)
    slow = took > LONGER * level if level else np.zeros(case.grid.bins, dtype=bool)
    heard = (told["answers"] > 0) & bool(level)
    return Symptom("slow answers", slow, heard, shows=ANSWERS, beside=ANY_CAUSE)


CAUSE = Cause(
    name="database_overload",
    cause_class="dependency",
    per_day=0.012,
    predicts="statements that slow down before attempts fail",
    reasons={
        "timeout": 0.30,
        "server_error": 0.25,
        "overloaded": 0.28,
        "connection_error": 0.05,
        "rate_limited": 0.01,
        "session_not_found": 0.01,
    },
    judge=judge,
)
