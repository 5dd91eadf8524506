"""Theory: names no longer resolve, or a certificate chain is not trusted any more.

Predicts: connections refused or never made, certificate errors between services, on some hosts.
"""

from authlogs.analysis.case import Case
from authlogs.analysis.cause import Cause
from authlogs.analysis.symptoms import Fit, fit
from authlogs.analysis.troubles import Trouble

TROUBLE = Trouble(
    name="trouble with names or trust",
    words=(
        "enotfound|eai_again|nxdomain|servfail|getaddrinfo|no such host|name or service not known"
        "|could not resolve|temporary failure in name resolution|certificate signed by unknown"
        "|unable to get local issuer|self.signed certificate|pkix path building failed"
    ),
    least=3.0,
    heard="message IS NOT NULL",
)


def judge(case: Case) -> Fit:
    """Hold the theory against what any log says of names and chains of trust."""
    return fit(case, TROUBLE.symptom(case))


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
