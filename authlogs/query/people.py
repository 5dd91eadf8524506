"""Who made an attempt, as far as a record says it."""

from collections.abc import Collection
from typing import Final

IDENTITIES: Final = (
    "user_id", "user", "sub", "source_ip", "session_hash", "token_hash", "jti", "request_id",
    "trace_id", "attempt_id",
)  # fmt: skip
"""The best identity first; last the request, which is somebody's."""


def person(columns: Collection[str] = IDENTITIES) -> str | None:
    """The SQL for the best identity that a record has; None where the table has no such column."""
    there = [f'"{name}"' for name in IDENTITIES if name in columns]
    return f"coalesce({', '.join(there)})" if there else None
