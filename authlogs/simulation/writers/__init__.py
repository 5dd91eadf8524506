"""One module a log format; each turns the day's traffic into timed lines.

A module offers `lines(traffic, dice)`, and `hostile(moment, text, dice)`: one record of an
attacker who typed `text` where this log takes text from outside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from authlogs.simulation.dice import Dice
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.writers import (
    auth_log,
    gateway,
    keycloak,
    nginx_error,
    postgresql,
    token_issuer,
    web_access,
    web_app,
)
from authlogs.simulation.writers.text import Line


@dataclass(frozen=True)
class Log:
    """One log file of the scenario."""

    name: str
    lines: Callable[[Traffic, Dice], list[Line]]
    hostile: Callable[[int, str, Dice], str]
    json: bool = False
    final_newline: bool = True


LOGS: Final = (
    Log("web-app.jsonl", web_app.lines, web_app.hostile, json=True),
    Log("web-access.log", web_access.lines, web_access.hostile),
    Log("nginx-error.log", nginx_error.lines, nginx_error.hostile, final_newline=False),
    Log("gateway.log", gateway.lines, gateway.hostile),
    Log("token-issuer.log", token_issuer.lines, token_issuer.hostile),
    Log("keycloak.log", keycloak.lines, keycloak.hostile),
    Log("postgresql.log", postgresql.lines, postgresql.hostile),
    Log("auth.log", auth_log.lines, auth_log.hostile),
)
