"""The API gateway's log: Python's logging with key=value, local times without a zone."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, SECOND, naive
from authlogs.simulation.signin import Presentation
from authlogs.simulation.timeline import END, RESET_ZONE, RESETS, ROLLOUTS, START, build_of
from authlogs.simulation.tokens import raw_token
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import GATEWAYS, zone_of
from authlogs.simulation.writers.text import Line, quoted

LEAKS = 0.005
"""Share of refused tokens that a debug statement writes out whole."""
TRACE = """Traceback (most recent call last):
  File "/srv/gateway/upstream.py", line 88, in forward
    response = session.send(request, timeout=5.0)
  File "/srv/gateway/pool.py", line 141, in send
    raise ReadTimeout(upstream)
gateway.pool.ReadTimeout: {upstream} did not answer within 5.0 s"""


def _validate(shown: Presentation, dice: Dice) -> str:
    token = shown.sign_in
    level, result = "INFO", "outcome=success status=200"
    if shown.reason:
        level, result = "WARNING", f"outcome=failure reason={shown.reason} status=401"
    text = (
        f"{naive(shown.at)} {level} gateway.auth: token_validate {result} service=gateway "
        f"version={shown.build} instance={shown.instance} zone={zone_of(shown.instance)} "
    )
    if token:
        text += f"jti={token.jti} user={quoted(token.user.name)} client={token.user.client} "
    else:
        text += "jti=- user=- client=- "
    text += f"request_id={shown.request_id} duration_ms={shown.duration_ms}"
    if token and shown.reason and dice.chance(LEAKS):
        text += f' authorization="Bearer {raw_token(token, dice)}"'
    return text


def _timeout(moment: int, instance: str, dice: Dice) -> str:
    upstream = dice.pick(("profile", "reporting", "notifications"))
    return (
        f"{naive(moment)} ERROR gateway.upstream: upstream read failed service=gateway "
        f"version={build_of('gateway', instance, moment)} instance={instance} "
        f"zone={zone_of(instance)} upstream={upstream} request_id={dice.hex(12)}\n"
        + TRACE.format(upstream=upstream)
    )


def _background(dice: Dice) -> list[Line]:
    found = []
    struck = [gateway for gateway in GATEWAYS if zone_of(gateway) == RESET_ZONE]
    for minute in range(START, END, MINUTE):
        if dice.chance(0.08):
            moment = dice.within(minute, MINUTE)
            found.append((moment, _timeout(moment, dice.pick(GATEWAYS), dice)))
        if RESETS[0] <= minute < RESETS[1]:
            for _ in range(4):
                moment = dice.within(minute, MINUTE)
                found.append((moment, _timeout(moment, dice.pick(struck), dice)))
    for rollout in ROLLOUTS:
        if rollout.service == "gateway":
            for instance, moment in rollout.switches:
                text = (
                    f"{naive(moment)} INFO gateway.main: started service=gateway "
                    f"version={rollout.version} instance={instance} zone={zone_of(instance)}"
                )
                found.append((moment, text))
    for moment in range(START, END, 15 * MINUTE):
        for instance in GATEWAYS:
            when = dice.within(moment, 20 * SECOND)
            text = (
                f"{naive(when)} INFO gateway.keys: key_fetch outcome=success service=gateway "
                f"version={build_of('gateway', instance, when)} instance={instance} "
                f"zone={zone_of(instance)} kid=web-2024-04 keys=2"
            )
            found.append((when, text))
    return found


def lines(traffic: Traffic, dice: Dice) -> list[Line]:
    """Return every refused token, first uses and some later uses of accepted ones, and errors."""
    shown = [(each.at, _validate(each, dice)) for each in traffic.presentations]
    return shown + _background(dice)


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return a malformed token whose unverified subject is the attacker's text."""
    instance = dice.pick(GATEWAYS)
    return (
        f"{naive(moment)} WARNING gateway.auth: token_validate outcome=failure "
        f"reason=token_malformed status=401 service=gateway "
        f"version={build_of('gateway', instance, moment)} instance={instance} "
        f"zone={zone_of(instance)} jti=- user={quoted(text)} client=- "
        f"request_id={dice.hex(12)} duration_ms={dice.whole(1, 6)}"
    )
