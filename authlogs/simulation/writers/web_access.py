"""The frontend's access log: nginx's combined format, times with their offset."""

import re

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, clf
from authlogs.simulation.signin import Presentation, SignIn
from authlogs.simulation.timeline import END, RESETS, START
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import BROWSERS
from authlogs.simulation.writers.text import Line

SITE = "https://app.acme.example"
PROVIDER = "https://login.acme.example/"
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PROBES = ("/wp-login.php", "/.env", "/admin/login.jsp", "/owa/auth.owa", "/.git/config")
REFUSED = {"wrong_password": 401, "unknown_user": 401, "provider_timeout": 504}
SIZES = {201: (610, 640), 200: (300, 420), 302: (0, 1), 401: (61, 62)}
RESETS_A_MINUTE = 9


def _escaped(text: str) -> str:
    # nginx writes quotes, backslashes and all bytes outside printable ASCII as \xHH.
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )


def _line(
    moment: int, ip: str, request: str, status: int, *, agent: str, dice: Dice, referrer: str = "-"
) -> Line:
    size = dice.whole(*SIZES.get(status, (150, 160)))
    return moment, (
        f'{ip} - - [{clf(moment)}] "{request} HTTP/1.1" {status} {size} '
        f'"{referrer}" "{_escaped(agent)}"'
    )


def _single_sign_on(made: SignIn, dice: Dice) -> list[Line]:
    ip, agent = made.user.ip, made.user.agent
    leaves = _line(
        made.begun_at, ip, "GET /login/sso?next=%2F", 302, agent=agent, dice=dice, referrer=SITE
    )
    if made.outcome != "issued":
        return [leaves]  # the provider's own page says what is wrong
    code, state = dice.word(32, URL_SAFE), dice.word(16, URL_SAFE)
    request = f"GET /oauth/callback?code={code}&state={state}"
    returns = _line(made.issued_at, ip, request, 302, agent=agent, dice=dice, referrer=PROVIDER)
    return [leaves, returns]


def _password(made: SignIn, dice: Dice) -> Line:
    user = made.user
    answered = made.issued_at if made.outcome == "issued" else made.provider_at + 5000
    form = user.client == "web"
    request, status = ("POST /login", 302) if form else ("POST /api/session", 201)
    return _line(
        answered, user.ip, request, REFUSED.get(made.outcome, status),
        agent=user.agent, dice=dice, referrer=SITE + "/login" if form else "-",
    )  # fmt: skip


def _first_call(shown: Presentation, token: SignIn, dice: Dice) -> Line:
    status = 401 if shown.reason else 200
    user = token.user
    return _line(
        shown.at, user.ip, "GET /api/session", status,
        agent=user.agent, dice=dice, referrer=SITE + "/",
    )  # fmt: skip


def _background(dice: Dice) -> list[Line]:
    found = []
    for minute in range(START, END, MINUTE):
        if dice.chance(0.5):
            ip = f"192.0.2.{dice.whole(1, 255)}"
            request = f"GET {dice.pick(PROBES)}"
            moment = dice.within(minute, MINUTE)
            found.append(_line(moment, ip, request, 404, agent="python-requests/2.31", dice=dice))
        for _ in range(RESETS_A_MINUTE if RESETS[0] <= minute < RESETS[1] else 0):
            ip = f"198.18.{dice.whole(0, 256)}.{dice.whole(1, 255)}"
            agent, moment = dice.pick(BROWSERS), dice.within(minute, MINUTE)
            found.append(_line(moment, ip, "GET /api/notifications", 502, agent=agent, dice=dice))
    return found


def lines(traffic: Traffic, dice: Dice) -> list[Line]:
    """Return the requests of every sign-in and the first call of each browser session."""
    found = _background(dice)
    for made in traffic.sign_ins:
        if made.user.method == "sso":
            found.extend(_single_sign_on(made, dice))
        else:
            found.append(_password(made, dice))
    for shown in traffic.presentations:
        if shown.first and shown.sign_in and shown.sign_in.user.client == "web":
            found.append(_first_call(shown, shown.sign_in, dice))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return a refused login whose user agent is the attacker's text."""
    ip = f"192.0.2.{dice.whole(1, 255)}"
    query = re.sub(r"[^A-Za-z0-9]+", "+", text)
    return _line(moment, ip, f"GET /login?u={query}", 401, agent=text, dice=dice)[1]
