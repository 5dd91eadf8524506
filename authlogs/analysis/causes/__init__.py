"""One file per theory of what went wrong.

A cause that no change explains declares itself as a `CAUSE`; a new one is a new file here and its
name in `EXTERNAL`. Recorded and unlisted changes have clocks and builds, and their own `weigh`.
"""

from authlogs.analysis.causes import (
    browser_cookie,
    clock_skew,
    credential_attack,
    database_overload,
    directory_agent,
    edge_filter,
    expiry,
    lifetime,
    mfa_provider,
    name_resolution,
    network,
    rate_limit,
    session_store,
    stale_keys,
    telemetry_gap,
    upstream_idp,
)

EXTERNAL = (
    browser_cookie.CAUSE,
    clock_skew.CAUSE,
    credential_attack.CAUSE,
    database_overload.CAUSE,
    directory_agent.CAUSE,
    edge_filter.CAUSE,
    expiry.CAUSE,
    lifetime.CAUSE,
    mfa_provider.CAUSE,
    name_resolution.CAUSE,
    network.CAUSE,
    rate_limit.CAUSE,
    session_store.CAUSE,
    stale_keys.CAUSE,
    telemetry_gap.CAUSE,
    upstream_idp.CAUSE,
)
