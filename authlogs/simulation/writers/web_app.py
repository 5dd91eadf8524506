"""The web frontend's own log: structlog's JSON lines, times in UTC."""

import json

from authlogs.simulation.behaviour import LOGS_OUT
from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, SECOND, iso_utc
from authlogs.simulation.signin import SignIn
from authlogs.simulation.timeline import END, ROLLOUTS, START, build_of
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import WEB, zone_of
from authlogs.simulation.writers.text import Line

FAST_CLOCK = {"web-5": 900_000}
"""Microseconds that a host's clock is ahead."""
KEY_ID = "web-2024-04"
FAILURES = {
    # The provider tells web no more than this, so that names cannot be probed.
    "wrong_password": ("invalid_grant", "invalid_credentials", "Invalid user credentials"),
    "unknown_user": ("invalid_grant", "invalid_credentials", "Invalid user credentials"),
    "provider_timeout": ("temporarily_unavailable", "server_error", "provider timed out"),
}
Field = str | int | float


def _line(moment: int, level: str, event: str, host: str, build: str, **fields: Field) -> str:
    record = {
        "timestamp": iso_utc(moment + FAST_CLOCK.get(host, 0)),
        "level": level,
        "logger": "web.auth",
        "event": event,
        "service": "web",
        "service_version": build,
        "instance": host,
        "zone": zone_of(host),
        **fields,
    }
    return json.dumps(record, separators=(",", ":"))


def _login(made: SignIn, typed: str, moment: int) -> str:
    common: dict[str, Field] = {
        "user": typed,
        "client": made.user.client,
        "auth_method": made.user.method,
        "idp": "keycloak",
        "trace_id": made.trace_id,
        "client_ip": made.user.ip,
        "duration_ms": (moment - made.arrived_at) // 1000,
    }
    if made.outcome == "issued":
        return _line(moment, "info", "login", made.host, made.build, outcome="success", **common)
    error, reason, words = FAILURES[made.outcome]
    return _line(
        moment, "warning", "login", made.host, made.build, outcome="failure", error=error,
        reason=reason, error_description=words, **common,
    )  # fmt: skip


def _issue(made: SignIn) -> str:
    return _line(
        made.issued_at, "info", "token_issue", made.host, made.build, outcome="success",
        user=made.user.name, client=made.user.client, trace_id=made.trace_id, jti=made.jti,
        kid=KEY_ID, expires_in=1800, duration_ms=(made.issued_at - made.exchanged_at) // 1000,
    )  # fmt: skip


def _background(dice: Dice) -> list[Line]:
    found = []
    for rollout in ROLLOUTS:
        if rollout.service == "web":
            for host, moment in rollout.switches:
                text = _line(moment, "info", "service_started", host, rollout.version, pid=1)
                found.append((moment, text))
    for moment in range(START, END, 10 * MINUTE):
        for host in WEB:
            when = dice.within(moment, 5 * SECOND)
            build = build_of("web", host, when)
            entries = dice.whole(900, 1400)
            found.append(
                (when, _line(when, "debug", "cache_refreshed", host, build, entries=entries))
            )
    return found


def _logout(made: SignIn, dice: Dice) -> Line:
    moment = made.issued_at + int(dice.between(60, 1700) * SECOND)
    host = dice.pick(WEB)
    text = _line(
        moment, "info", "logout", host, build_of("web", host, moment), outcome="success",
        user=made.user.name, client=made.user.client, jti=made.jti,
    )  # fmt: skip
    return moment, text


def lines(traffic: Traffic, dice: Dice) -> list[Line]:
    """Return logins, tokens issued, logouts and what else the frontend says."""
    found = _background(dice)
    for made in traffic.sign_ins:
        # A wrong password on the provider's own page never comes back to web.
        if made.outcome != "issued" and made.user.method == "sso":
            continue
        answered = made.exchanged_at if made.outcome == "issued" else made.provider_at + 4000
        found.append((answered, _login(made, made.typed, answered)))
        if made.outcome == "issued":
            found.append((made.issued_at, _issue(made)))
            if not made.bad and dice.chance(LOGS_OUT):
                found.append(_logout(made, dice))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return a failed login whose user name is the attacker's text."""
    host = dice.pick(WEB)
    return _line(
        moment, "warning", "login", host, build_of("web", host, moment), outcome="failure",
        error="invalid_grant", reason="invalid_credentials",
        error_description="Invalid user credentials", user=text, client="web",
        auth_method="password", idp="keycloak", trace_id=dice.hex(16),
        client_ip=f"192.0.2.{dice.whole(1, 255)}", duration_ms=dice.whole(40, 120),
    )  # fmt: skip
