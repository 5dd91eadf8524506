"""Logs: what was read, as four tables with every line accounted for; read, save and load them."""

from authlogs.logs.opening import read
from authlogs.logs.record import Logs
from authlogs.logs.store import StoreWriter, compact, known_sources, load
from authlogs.logs.tally import Counts, Tally
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
