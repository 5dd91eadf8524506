"""The upstream identity provider's log: Keycloak's event lines, local times without a zone."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, naive
from authlogs.simulation.signin import SignIn
from authlogs.simulation.timeline import END, START
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.writers.text import Line

CALLBACK = "https://app.acme.example/oauth/callback"
OTHER = """\
DEBUG [org.keycloak.transaction.JtaTransactionWrapper] ({thread}) new JtaTransactionWrapper
INFO  [org.infinispan.CLUSTER] ({thread}) [Context=sessions] ISPN100010: Finished rebalance
WARN  [org.keycloak.services] ({thread}) KC-SERVICES0091: Request is missing scope 'openid'
DEBUG [org.keycloak.keys.PublicKeyStorageManager] ({thread}) Keys retrieved for model 'acme'
"""
ERRORS = {"wrong_password": "invalid_user_credentials", "unknown_user": "user_not_found"}


def _escaped(text: str) -> str:
    # Keycloak turns odd white space into blanks and escapes the quote it wraps values in.
    return "".join(" " if letter.isspace() else letter for letter in text).replace('"', '\\"')


def _event(moment: int, level: str, kind: str, fields: dict[str, str], dice: Dice) -> str:
    thread = f"executor-thread-{dice.whole(1, 40)}"
    pairs = {"type": kind, "realmId": "acme", "realmName": "acme", "clientId": "web", **fields}
    text = ", ".join(f'{name}="{_escaped(value)}"' for name, value in pairs.items())
    return f"{naive(moment)} {level:5} [org.keycloak.events] ({thread}) {text}"


def _login(made: SignIn, dice: Dice) -> Line:
    user = made.user
    known = {"userId": user.user_id, "sessionId": made.session_id, "ipAddress": user.ip}
    if user.method == "sso":
        how = {"auth_method": "openid-connect", "auth_type": "code", "redirect_uri": CALLBACK}
    else:
        how = {"auth_method": "openid-connect", "grant_type": "password"}
    if made.outcome == "issued":
        fields = {**known, **how, "username": made.typed}
        return made.provider_at, _event(made.provider_at, "INFO", "LOGIN", fields, dice)
    del known["sessionId"]
    known["userId"] = "null" if made.outcome == "unknown_user" else user.user_id
    fields = {**known, "error": ERRORS[made.outcome], **how, "username": made.typed}
    return made.provider_at, _event(made.provider_at, "WARN", "LOGIN_ERROR", fields, dice)


def _code(made: SignIn, dice: Dice) -> Line:
    moment = made.exchanged_at - 4000
    fields = {
        "userId": made.user.user_id,
        "sessionId": made.session_id,
        "ipAddress": "10.20.1.41",
        "grant_type": "authorization_code",
        "code_id": made.session_id,
        "client_auth_method": "client-secret",
    }
    return moment, _event(moment, "INFO", "CODE_TO_TOKEN", fields, dice)


def lines(traffic: Traffic, dice: Dice) -> list[Line]:
    """Return the provider's logins, code exchanges and errors, and lines that are no events."""
    found = []
    for made in traffic.sign_ins:
        if made.outcome != "provider_timeout":
            found.append(_login(made, dice))
        if made.outcome == "issued" and made.user.method == "sso":
            found.append(_code(made, dice))
    for minute in range(START, END, MINUTE):
        if dice.chance(0.4):
            moment = dice.within(minute, MINUTE)
            said = dice.pick(OTHER.splitlines()).format(
                thread=f"executor-thread-{dice.whole(1, 40)}"
            )
            found.append((moment, f"{naive(moment)} {said}"))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return an unknown user whose name is the attacker's text."""
    fields = {
        "userId": "null",
        "ipAddress": f"192.0.2.{dice.whole(1, 255)}",
        "error": "user_not_found",
        "auth_method": "openid-connect",
        "grant_type": "password",
        "username": text,
    }
    return _event(moment, "WARN", "LOGIN_ERROR", fields, dice)
