"""Faults in the proxy in front."""

from stack.attempts import Attempt
from stack.plan import incident, says
from stack.scene import Scene

MOBILE = {"mobile-ios", "mobile-android"}


def dropped(a: Attempt) -> bool:
    return a.kind in MOBILE and a.step == "login" and "ServerDisconnected" in a.error


@incident("change", dropped, dress="mixed", per_minute=90)
async def path_dropped_by_proxy(s: Scene) -> None:
    """A rule against scanners closes the connection on the path by which mobile clients sign in."""
    await s.at(170)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(430)
    s.begins()
    s.proxy.rules.append(r"location ~ ^/(admin|phpmyadmin|mobile)/ { return 444; }")
    s.guilty = s.configure_proxy("42", "drop scanners")
    await s.at(500)
    await s.deploy("directory", "1.12.1", "index")
    await s.at(690)
    s.proxy.rules.clear()
    s.configure_proxy("41", "drop scanners: undone", kind="rollback")
    s.ends()


@incident("change", says("http 429", "token issuer: 429"), dress="plain", per_minute=95)
async def limit_too_low(s: Scene) -> None:
    """A limit meant for one client is set for all token requests together."""
    await s.at(240)
    await s.deploy("api-gateway", "4.0.2", "dependency updates")
    await s.at(440)
    s.begins()
    s.proxy.zones.append("limit_req_zone $server_name zone=tokens:1m rate=30r/m;")
    s.proxy.zones.append("limit_req_status 429;")
    s.proxy.token_rules.append("limit_req zone=tokens burst=3 nodelay;")
    s.guilty = s.configure_proxy("42", "limit token requests")
    await s.at(660)
    s.proxy.token_rules.clear()
    s.configure_proxy("41", "limit token requests: undone", kind="rollback")
    s.ends()
