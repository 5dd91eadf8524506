"""Theory: a certificate, a key or a client secret ran out.

Predicts: failures from a fixed instant on, for every build at once, that speak of certificates,
of the client's credentials or of a key; no change near the onset. Inventories (JWKS, metadata, PEM
files) would name the instant.
"""

from authlogs.analysis.cause import Cause

CAUSE = Cause(
    name="expiry",
    cause_class="expiry",
    per_day=0.01,
    predicts="failures of certificates or of the client's own credentials",
    reasons={
        "certificate_error": 0.5,
        "invalid_client": 0.25,
        "invalid_signature": 0.03,
        "unknown_key": 0.02,
        "federation_error": 0.06,
        "connection_error": 0.04,
        "token_expired": 0.03,
        "token_invalid": 0.02,
    },
    carriers={"none": 0.75, "client": 0.08, "idp": 0.12, "region": 0.01, "instance": 0.02},
)
