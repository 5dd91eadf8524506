"""Faults in how tokens are made and checked."""

import asyncio

from stack import keys
from stack.plan import incident, says
from stack.scene import Scene

NEXT = "2026-11"
FIRST = "2026-10"


@incident("change", says("InvalidSignatureError"), dress="json", per_minute=80)
async def wrong_key_in_build(s: Scene) -> None:
    """A build signs with the next key under the kid of the present one; tokens outlive it."""
    await s.at(150)
    await s.deploy("api-gateway", "4.0.2", "log sampling")
    await s.at(330)
    await s.deploy("web", "5.2.2", "help texts")
    await s.at(420)
    s.begins()
    s.guilty = await s.deploy(
        "token-issuer", "2.8.0", "faster signing", pause_s=30, signing_key=NEXT
    )
    await s.at(640)
    await s.deploy("token-issuer", "2.7.3", kind="rollback", signing_key=None)
    s.ends()


@incident("change", says("InvalidKeyError"), dress="mixed", per_minute=50, gateways=3,
          builds={"api-gateway": {"jwks_keep_s": 300}})  # fmt: skip
async def stale_keys_after_rotation(s: Scene) -> None:
    """The new key signs at once, while each gateway keeps the old set until it is too old."""
    await s.at(200)
    await s.deploy("token-issuer", "2.7.4", "structured audit fields")
    await s.at(430)
    s.begins()
    s.guilty = s.record("key_rotation", "token-issuer", f"signing key {NEXT} in, {FIRST} out")
    keys.publish(s.folder / "keys", active=NEXT, published=[NEXT])
    await s.at(520)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(735)
    s.ends()


@incident("change", says("InvalidKeyError"), dress="plain", per_minute=50)
async def key_removed_early(s: Scene) -> None:
    """A scheduled job stops showing the key that still signs; nobody records it."""
    await s.at(10)
    keys.publish(s.folder / "keys", active=FIRST, published=[FIRST, NEXT])
    await s.at(380)
    await s.deploy("web", "5.2.2", "new footer")
    await s.at(440)
    s.begins()
    keys.publish(s.folder / "keys", active=FIRST, published=[NEXT])
    await s.at(600)
    await s.deploy("web", "5.2.1", "suspected", kind="rollback")
    await s.at(700)
    s.record("config", "token-issuer", f"published key {FIRST} again")
    keys.publish(s.folder / "keys", active=FIRST, published=[FIRST, NEXT])
    await asyncio.sleep(125)
    s.ends()


@incident("clock_skew", says("ImmatureSignatureError"), dress="json", per_minute=85,
          clocked="token-issuer-2")  # fmt: skip
async def clock_ahead(s: Scene) -> None:
    """The clock of one issuer's host jumps ahead; elsewhere its tokens are not valid yet."""
    await s.at(210)
    await s.restart("directory")
    await s.at(380)
    await s.deploy("api-gateway", "4.0.2", "dependency updates")
    await s.at(460)
    s.begins()
    s.processes.clock(48)
    await s.at(760)
    s.processes.clock(0)
    s.ends()


@incident("change", says("InvalidAudienceError"), dress="mixed", per_minute=80)
async def canary_with_wrong_audience(s: Scene) -> None:
    """One of two issuers gets a sixth of the traffic and a build that names another audience."""
    issuers = s.proxy.pools["issuer"]
    await s.at(120)
    await s.deploy("session-store", "3.1.1", "metrics")
    await s.at(400)
    first, second = issuers
    issuers[first], issuers[second] = 5, 1
    s.configure_proxy("42", "issuer canary takes one request of six")
    await asyncio.sleep(15)
    s.begins()
    s.guilty = await s.deploy(
        "token-issuer", "2.9.0-rc1", "canary", only="token-issuer-2", audience="shop-api-v2"
    )
    s.guilty.share = 0.17
    await s.at(680)
    await s.deploy(
        "token-issuer", "2.7.3", "canary off", kind="rollback", only="token-issuer-2",
        audience="shop-api",
    )  # fmt: skip
    s.ends()


@incident("change", says("InvalidIssuerError"), dress="plain", per_minute=65)
async def gateway_wants_another_issuer(s: Scene) -> None:
    """A gateway build compares the issuer with a slash at its end; every token fails there."""
    await s.at(180)
    await s.deploy("push-service", "1.4.3", "smaller images")
    await s.at(400)
    await s.deploy("token-issuer", "2.7.4", "log fields")
    await s.at(480)
    s.begins()
    s.guilty = await s.deploy(
        "api-gateway", "4.1.0", "settings by environment", pause_s=40,
        issuer="https://auth.shop.example/",
    )  # fmt: skip
    await s.at(690)
    await s.deploy("api-gateway", "4.0.1", kind="rollback", issuer="https://auth.shop.example")
    s.ends()
