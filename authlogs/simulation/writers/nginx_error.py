"""The frontend's error log: nginx's error format, local times without a zone."""

from authlogs.simulation.dice import Dice
from authlogs.simulation.moments import MINUTE, slashes
from authlogs.simulation.timeline import END, RESET_ZONE, RESETS, START, database_slowness
from authlogs.simulation.traffic import Traffic
from authlogs.simulation.world import WEB, ZONES, zone_of
from authlogs.simulation.writers.text import Line

PATHS = ("/api/notifications", "/api/profile", "/api/reports", "/api/session")
RESETS_A_MINUTE = 45
PIDS = {host: 1400 + 37 * k for k, host in enumerate(WEB)}

RESET = "recv() failed (104: Connection reset by peer) while reading response header from upstream"
TIMEOUT = (
    "upstream timed out (110: Connection timed out) while reading response header from upstream"
)
CLOSED = "client prematurely closed connection while sending request to upstream"
BUFFERED = "an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/1/00"
HANDSHAKE = "SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share)"
MISSING = 'open() "/usr/share/nginx/html/x" failed (2: No such file or directory)'


def _head(moment: int, level: str, host: str, dice: Dice) -> str:
    pid = PIDS[host]
    return f"{slashes(moment)} [{level}] {pid}#{pid}: *{dice.whole(10_000, 9_000_000)}"


def _line(moment: int, level: str, what: str, *, host: str, path: str, dice: Dice) -> Line:
    zone = zone_of(host)
    client = f"198.18.{dice.whole(0, 256)}.{dice.whole(1, 255)}"
    upstream = f"http://10.20.{ZONES.index(zone) + 1}.{dice.whole(20, 24)}:8080{path}"
    return moment, (
        f"{_head(moment, level, host, dice)} {what}, "
        f'client: {client}, server: app.{zone}.acme.example, request: "GET {path} HTTP/1.1", '
        f'upstream: "{upstream}", host: "app.acme.example"'
    )


def _ordinary(moment: int, dice: Dice) -> Line:
    host, path, draw = dice.pick(WEB), dice.pick(PATHS), dice.unit()
    if draw < 0.2:
        address = f"client: 192.0.2.{dice.whole(1, 255)}, server: 0.0.0.0:443"
        head = _head(moment, "info", host, dice)
        return moment, f"{head} {HANDSHAKE} while SSL handshaking, {address}"
    if draw < 0.3:
        return _line(moment, "error", RESET, host=host, path=path, dice=dice)
    if draw < 0.6:
        return _line(moment, "info", CLOSED, host=host, path=path, dice=dice)
    return _line(moment, "warn", BUFFERED, host=host, path="/api/reports", dice=dice)


def lines(_traffic: Traffic, dice: Dice) -> list[Line]:
    """Return the day's ordinary complaints, slow reports, and the resets of one zone."""
    found = []
    struck = [host for host in WEB if zone_of(host) == RESET_ZONE]
    for minute in range(START, END, MINUTE):
        if dice.chance(0.8):
            found.append(_ordinary(dice.within(minute, MINUTE), dice))
        if database_slowness(minute) > 2 and dice.chance(0.6):
            moment, host = dice.within(minute, MINUTE), dice.pick(WEB)
            found.append(_line(moment, "error", TIMEOUT, host=host, path="/api/reports", dice=dice))
        for _ in range(RESETS_A_MINUTE if RESETS[0] <= minute < RESETS[1] else 0):
            moment, host, path = dice.within(minute, MINUTE), dice.pick(struck), dice.pick(PATHS)
            found.append(_line(moment, "error", RESET, host=host, path=path, dice=dice))
    return found


def hostile(moment: int, text: str, dice: Dice) -> str:
    """Return an error whose request line is the attacker's text."""
    path = "/" + text.replace("\\", "\\\\").replace('"', '\\"').replace("\x1b", "\\x1B")
    return _line(moment, "error", MISSING, host=dice.pick(WEB), path=path, dice=dice)[1]
