"""One file per theory of what went wrong. Each has `weigh(case) -> list[Weighed]`.

A new theory is a new file here and its name in `CAUSES`.
"""

from collections.abc import Callable

from authlogs.analysis.case import Case
from authlogs.analysis.causes import (
    change,
    credential_attack,
    database_overload,
    network,
    unlisted_change,
    upstream_idp,
)
from authlogs.analysis.theory import Weighed

CAUSES: tuple[Callable[[Case], list[Weighed]], ...] = (
    change.weigh,
    unlisted_change.weigh,
    upstream_idp.weigh,
    database_overload.weigh,
    network.weigh,
    credential_attack.weigh,
)
