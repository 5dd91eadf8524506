"""Theory: the network failed (resets, refused connections, timeouts on a path or in a zone).

Predicts: connection errors while attempts fail, by path or zone and not by build. Needs: a proxy or
application log that records connection errors.
"""

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.symptoms import Fit, fit
from authlogs.analysis.troubles import Trouble

TROUBLE = Trouble(
    name="a burst of connection errors",
    words=(
        "connection (reset|refused|timed out|closed|aborted)|econn(reset|refused|aborted)|etimedout"
        "|broken pipe|no route to host|network is unreachable|upstream timed out"
    ),
    least=5.0,
    heard="regexp_like(format, 'error|proxy')",
    shows=0.6,  # a proxy knows its own paths alone, and an access log none
)


def judge(case: Case) -> Fit:
    """Hold the theory against connection errors in any log."""
    return fit(case, TROUBLE.symptom(case))


CAUSE = Cause(
    name="network",
    cause_class="dependency",
    per_day=0.012,
    predicts="connection errors on a path or in a zone",
    reasons={
        "fewer_attempts": 0.08,
        "connection_error": 0.38,
        "timeout": 0.30,
        "server_error": 0.12,
        "overloaded": 0.05,
        "federation_error": 0.02,
    },
    carriers={"none": 0.45, "region": 0.35, "instance": 0.15, "client": 0.02},
    judge=judge,
)
