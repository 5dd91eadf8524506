"""A batch of attempts at one stage, as columns, and the sessions they belong to."""

from dataclasses import dataclass

from authlogs.simulation.incidents.arrays import Floats, Ints


@dataclass(frozen=True)
class Tries:
    """Attempts at one stage; what is not known there yet is -1."""

    role: str
    """login, issuer or gateway: whose hosts these are"""
    moments: Floats
    user: Ints
    host: Ints
    issued: Floats
    """when the token was issued; -1 before that"""
    issuer: Ints
    """host that issued the token"""
