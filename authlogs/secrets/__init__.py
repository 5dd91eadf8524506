"""Secrets become fingerprints, and never stand in a table.

A token that a format maps to `token_hash` or `session_hash` becomes a keyed BLAKE2b-128; in
every other text a secret becomes the constant `[redacted:kind]`. All patterns are linear.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from authlogs.secrets.tokens import Fingerprints, find_jwt, jwt_claims, new_key

if TYPE_CHECKING:
    from authlogs.secrets.redaction import (
        may_hold_secret,
        mended_json,
        name_secrets,
        redact,
        redact_json,
        redact_text,
    )

__all__ = [
    "Fingerprints",
    "find_jwt",
    "jwt_claims",
    "may_hold_secret",
    "mended_json",
    "name_secrets",
    "new_key",
    "redact",
    "redact_json",
    "redact_text",
]

_REDACTION: Final = frozenset(
    {"may_hold_secret", "mended_json", "name_secrets", "redact", "redact_json", "redact_text"}
)


def __getattr__(name: str) -> object:
    """Load redaction when it is first used: whoever only needs a key needs no patterns."""
    if name not in _REDACTION:
        raise AttributeError(f"module 'authlogs.secrets' has no attribute {name!r}")
    return getattr(import_module("authlogs.secrets.redaction"), name)
