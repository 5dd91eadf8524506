"""Logs: what was read, as four tables with every line accounted for; read, save and load them."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from authlogs.logs.record import Logs
from authlogs.logs.store import StoreWriter, compact, known_sources, load
from authlogs.logs.tally import Counts, Tally

if TYPE_CHECKING:
    from authlogs.logs.opening import read
    from authlogs.logs.verification import Verified

__all__ = [
    "Counts",
    "Logs",
    "StoreWriter",
    "Tally",
    "Verified",
    "compact",
    "known_sources",
    "load",
    "read",
]

_HOMES: Final = {"read": "opening", "Verified": "verification"}


def __getattr__(name: str) -> object:
    """Load the reading of files when it is first used: a store is asked without it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'authlogs.logs' has no attribute {name!r}")
    return getattr(import_module(f"authlogs.logs.{_HOMES[name]}"), name)
