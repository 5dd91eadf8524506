"""Theory: names no longer resolve, or a certificate chain is not trusted any more.

Predicts: connections refused or never made, certificate errors between services, on some hosts.
"""

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.roles import per_bin, places, usual
from authlogs.analysis.symptoms import Fit, Symptom, fit

TROUBLE = (
    "enotfound|eai_again|nxdomain|servfail|getaddrinfo|no such host|name or service not known"
    "|could not resolve|temporary failure in name resolution|certificate signed by unknown"
    "|unable to get local issuer|self.signed certificate|pkix path building failed"
)
WORSE, LEAST = 5.0, 3.0


def judge(case: Case) -> Fit:
    """Hold the theory against what any log says of names and chains of trust."""
    text = "lower(coalesce(message, '') || ' ' || coalesce(reason_text, ''))"
    trouble = f"regexp_like({text}, '{TROUBLE}')"
    errors = per_bin(case, trouble, lines="count(*)")["lines"]
    worded = per_bin(case, "message IS NOT NULL", lines="count(*)")["lines"]
    level = usual(case, errors)
    bad = errors > max(LEAST, WORSE * (level or 0.0))
    heard = ((worded > 0) | (errors > 0)) & (level is not None)
    symptom = Symptom("trouble with names or trust", bad, heard, places(case, trouble))
    return fit(case, symptom)


CAUSE = Cause(
    name="name_resolution",
    cause_class="dependency",
    per_day=0.005,
    predicts="connections that cannot be made or trusted",
    reasons={
        "fewer_attempts": 0.15,
        "connection_error": 0.4,
        "certificate_error": 0.25,
        "timeout": 0.1,
        "server_error": 0.05,
    },
    carriers={"none": 0.65, "region": 0.15, "instance": 0.15},
    judge=judge,
)
