"""Theory: names no longer resolve, or a certificate chain is not trusted any more.

Predicts: connections refused or never made, certificate errors between services, on some hosts.
"""

from authlogs.analysis.cause import Cause

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
)
