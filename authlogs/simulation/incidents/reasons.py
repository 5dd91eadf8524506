"""The reasons for which attempts fail here, by number; 0 is none."""

from typing import Final

REASONS: Final = (
    "", "invalid_credentials", "unknown_user", "account_locked", "account_disabled", "mfa_failed",
    "session_not_found", "federation_error", "rate_limited", "server_error", "timeout",
    "overloaded", "connection_error", "invalid_grant_code", "invalid_client", "pkce_failed",
    "invalid_redirect_uri", "invalid_request", "token_expired", "token_not_yet_valid",
    "token_malformed", "token_revoked", "token_invalid", "invalid_signature", "invalid_algorithm",
    "invalid_audience", "invalid_issuer", "missing_claim", "unknown_key", "certificate_error",
    "policy_denied",
)  # fmt: skip
