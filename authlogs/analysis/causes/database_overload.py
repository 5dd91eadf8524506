"""Theory: the database was overloaded.

Predicts: statements slow down before attempts fail, stay slow while they fail, and failures are
timeouts and server errors for tokens of every age. Needs: a database log with durations.
"""

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.roles import DATABASE, per_bin, places, played_by, usual
from authlogs.analysis.symptoms import Fit, Symptom, fit

SLOWER = 5.0
LEAST_S = 5.0
"""A bin is slow when its statements took this many times the usual time, and at least this long."""


def judge(case: Case) -> Fit:
    """Hold the theory against the time that logged statements took."""
    return fit(case, slow_statements(case))


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
        "unspecified": 0.04,
        "session_not_found": 0.01,
    },
    judge=judge,
)
