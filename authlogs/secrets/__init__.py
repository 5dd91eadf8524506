"""Secrets become fingerprints, and never stand in a table.

A token that a format maps to `token_hash` or `session_hash` becomes a keyed BLAKE2b-128; in
every other text a secret becomes the constant `[redacted:kind]`. All patterns are linear.
"""

from authlogs.secrets.redaction import (
    may_hold_secret,
    name_secrets,
    redact,
    redact_json,
    redact_text,
)
from authlogs.secrets.tokens import Fingerprints, find_jwt, jwt_claims, new_key

__all__ = [
    "Fingerprints",
    "find_jwt",
    "jwt_claims",
    "may_hold_secret",
    "name_secrets",
    "new_key",
    "redact",
    "redact_json",
    "redact_text",
]
