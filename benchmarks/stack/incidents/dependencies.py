"""Faults in what the stack leans on: the directory's database, the companies' provider."""

import asyncio
import signal
import sqlite3
import time

from stack.attempts import Attempt, now
from stack.plan import incident, says
from stack.scene import NEW_SECRET, Scene


def at_provider(a: Attempt) -> bool:
    return a.step in {"sso", "callback", "provider"} and a.error != "state_missing"


def _held(s: Scene, seconds: float) -> None:
    """A batch job locks the whole file for a while."""
    db = sqlite3.connect(s.folder / "users.db", timeout=20, isolation_level=None)
    db.execute("begin exclusive")
    time.sleep(seconds)
    db.execute("commit")
    db.close()


@incident("dependency", says("directory", step="login"), dress="plain", per_minute=60)
async def database_locked(s: Scene) -> None:
    """A batch job locks the directory's file again and again: first it waits, then it fails."""
    await s.at(260)
    await s.deploy("api-gateway", "4.0.2", "dependency updates")
    await s.at(370)
    await s.deploy("token-issuer", "2.7.4", "typing")
    await s.at(445)
    s.begins()
    while now() < s.begun + 700 * s.pace:
        await asyncio.to_thread(_held, s, s.dice.uniform(8, 15))
        await asyncio.sleep(s.dice.uniform(0.3, 0.8))
    s.ends()


@incident("upstream", at_provider, dress="json", per_minute=80, sso=0.5)
async def provider_hangs(s: Scene) -> None:
    """The companies' provider takes connections and answers nothing."""
    await s.at(190)
    await s.deploy("directory", "1.12.1", "index")
    await s.at(455)
    s.begins()
    s.send("corp-idp-1", signal.SIGSTOP)
    await s.at(560)
    await s.restart("web")
    await s.at(720)
    s.send("corp-idp-1", signal.SIGCONT)
    s.ends()


@incident("upstream", at_provider, dress="json", per_minute=80, sso=0.5)
async def provider_down_after_deploy(s: Scene) -> None:
    """An innocent build of the frontend goes out, and the provider dies 75 seconds later."""
    await s.at(160)
    await s.deploy("token-issuer", "2.7.4", "typing")
    await s.at(380)
    await s.deploy("web", "5.3.0", "new sign-in page")
    await s.at(460)
    s.begins()
    s.send("corp-idp-1", signal.SIGKILL)
    await s.at(580)
    await s.deploy("web", "5.2.1", "suspected", kind="rollback")
    await s.at(730)
    await s.come_back("corp-idp-1")
    s.ends()


@incident(
    "expiry", says("invalid_client"), dress="plain", per_minute=80, sso=0.5, secret_ends_at=450
)
async def client_secret_expired(s: Scene) -> None:
    """The secret at the provider ends at its time; a new one is put in later, with a record."""
    await s.at(140)
    await s.restart("session-store")
    await s.at(395)
    await s.deploy("api-gateway", "4.0.2", "dependency updates")
    await s.at(446)
    s.begins()
    await s.at(720)
    await s.deploy(
        "web", "", "new client secret for corp-idp", kind="secret_rotation",
        client_secret=NEW_SECRET,
    )  # fmt: skip
    s.ends()


@incident("expiry", says("certificate"), dress="mixed", per_minute=80, sso=0.5,
          certificate_ends_at=450)  # fmt: skip
async def certificate_expired(s: Scene) -> None:
    """The provider's certificate ends; its people renew it four minutes later."""
    await s.at(220)
    await s.deploy("push-service", "1.4.3", "smaller images")
    await s.at(390)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(446)
    s.begins()
    await s.at(710)
    await s.processes.replace("corp-idp-1", "-", {"certificate": "provider-renewed"})
    s.ends()
