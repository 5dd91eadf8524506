"""Incidents with a known cause: tests, benchmarks, notebooks and users share them."""

from typing import Final

from authlogs.simulation.folder import simulate
from authlogs.simulation.incidents.declarations import declared
from authlogs.simulation.login_lockout import Scenario, login_lockout
from authlogs.simulation.truth import Truth

__all__ = ["KINDS", "Scenario", "Truth", "login_lockout", "simulate"]

KINDS: Final = {
    "login-lockout": "a web release issues session tokens that the gateway refuses (3 May 2024)",
} | {name: kind.title for name, kind in declared().items()}
"""What can be simulated: name and one line."""
