"""The token issuer's log: logfmt, times in UTC. It exchanges the provider's code or password."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, SECOND, iso_utc
from authlogs.simulation.timeline import END, START, VERSIONS
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import ISSUERS, zone_of
from authlogs.simulation.writers.text import Line, quoted

VERSION = VERSIONS["token-issuer"]


def _head(moment: int, level: str, words: str, instance: str) -> str:
    return (
        f'time={iso_utc(moment, 3)} level={level} msg="{words}" service=token-issuer '
        f"version={VERSION} instance={instance} zone={zone_of(instance)}"
    )


def lines(traffic: Traffic, dice: Dice) -> list[Line]:
    """Return one exchange for each sign-in that the provider let pass, and key refreshes."""
    found = []
    for made in traffic.sign_ins:
        if made.outcome == "issued":
            ready = max(made.provider_at, made.arrived_at)
            text = (
                f"{_head(made.exchanged_at, 'info', 'token exchanged', made.issuer)} "
                f"event=token_exchange outcome=success trace_id={made.trace_id} "
                f"user={quoted(made.user.name)} client={made.user.client} idp=keycloak "
                f"kid=k-2024-03 duration_ms={(made.exchanged_at - ready) // 1000}"
            )
            found.append((made.exchanged_at, text))
    for moment in range(START, END, 15 * MINUTE):
        for instance in ISSUERS:
            when = dice.within(moment, 20 * SECOND)
            head = _head(when, "info", "signing keys refreshed", instance)
            found.append((when, f"{head} event=key_fetch outcome=success kid=k-2024-03 keys=2"))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return a refused exchange whose user name is the attacker's text."""
    head = _head(moment, "warn", "token exchange refused", dice.pick(ISSUERS))
    return (
        f"{head} event=token_exchange outcome=failure error=invalid_grant "
        f"trace_id={dice.hex(16)} user={quoted(text)} client=web idp=keycloak duration_ms=3"
    )
