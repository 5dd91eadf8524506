"""Faults in what keeps people signed in: the store, the cookie, its key, the second factor."""

import asyncio
import signal
import sqlite3

from stack.attempts import Attempt
from stack.plan import incident, says
from stack.scene import Scene


def _padded(s: Scene, blobs: int) -> None:
    """Another job writes into the same file, past the pages that the store may use."""
    with sqlite3.connect(s.folder / "sessions.db", timeout=10) as db:
        db.execute("create table if not exists export (body)")
        db.executemany("insert into export values (?)", [("y" * 100_000,)] * blobs)
    db.close()


def _freed(s: Scene) -> None:
    with sqlite3.connect(s.folder / "sessions.db", timeout=10, isolation_level=None) as db:
        db.execute("drop table export")
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("vacuum")
    db.close()


@incident("dependency", says("session store"), dress="json", per_minute=75)
async def session_store_full(s: Scene) -> None:
    """The file reaches its last page: nobody new can be kept, those inside go on."""
    await s.at(240)
    await s.deploy("token-issuer", "2.7.4", "typing")
    await s.at(385)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(450)
    s.begins()
    _padded(s, 180)
    await s.at(700)
    _freed(s)
    s.ends()


@incident("dependency", says("session_not_found", "session store"), dress="mixed", per_minute=80)
async def session_store_lost(s: Scene) -> None:
    """The host of the store dies with its file; a fresh one knows nobody."""
    await s.at(300)
    await s.deploy("api-gateway", "4.0.2", "dependency updates")
    await s.at(470)
    s.begins()
    s.send("session-store-1", signal.SIGKILL)
    for path in s.folder.glob("sessions.db*"):
        path.unlink()
    await asyncio.sleep(6)
    await s.come_back("session-store-1")
    await s.at(660)
    s.ends()


def cut(a: Attempt) -> bool:
    return a.kind == "kiosk" and a.step == "renew" and "bad_cookie" in a.error


@incident("change", cut, dress="json", per_minute=80, shares={"kiosk": 24})
async def cookie_cut_by_one_browser(s: Scene) -> None:
    """A build puts roles into the session cookie; one kind of browser cuts it off."""
    await s.at(130)
    await s.deploy("directory", "1.12.1", "index")
    await s.at(390)
    s.begins()
    s.guilty = await s.deploy("web", "5.3.0", "roles travel with the session", profile_cookie=True)
    await s.at(450)
    await s.restart("push-service")
    await s.at(720)
    await s.deploy("web", "5.2.1", kind="rollback", profile_cookie=False)
    s.ends()


@incident("client", says("state_missing", step="callback"), dress="mixed", per_minute=80, sso=0.5)
async def browser_withholds_cookie(s: Scene) -> None:
    """A new Chrome withholds an unlabelled cookie from the provider's form."""
    await s.at(180)
    await s.deploy("token-issuer", "2.7.4", "typing")
    await s.at(360)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(420)
    s.begins()
    for share in (0.1, 0.2, 0.35, 0.5, 0.6, 0.7):
        s.load.newer_browser = share
        await asyncio.sleep(30)
    await s.at(810)
    await s.deploy("web", "5.2.3", "state cookie names SameSite=None", state_samesite="None")
    s.ends()


@incident("change", says("bad_cookie", step="renew"), dress="plain", per_minute=55)
async def cookie_secret_rotated(s: Scene) -> None:
    """The key of the session cookies is replaced, and the old one no longer counts."""
    await s.at(150)
    await s.restart("api-gateway")
    await s.at(310)
    await s.deploy("directory", "1.12.1", "index")
    await s.at(440)
    s.begins()
    s.guilty = await s.deploy(
        "web", "", "session signing secret of the quarter", kind="secret_rotation",
        cookie_secret="second-cookie-secret",
    )  # fmt: skip
    await s.at(700)
    s.ends()


@incident("change", says("no answer", step="mfa"), dress="mixed", per_minute=75, mfa=0.7)
async def endless_second_factor(s: Scene) -> None:
    """A build of the push service never starts its worker: pushes go out, answers stay out."""
    await s.at(200)
    await s.deploy("web", "5.2.2", "copy changes")
    await s.at(420)
    s.begins()
    s.guilty = await s.deploy("push-service", "1.5.0", "queue in process", worker=False)
    await s.at(520)
    await s.restart("session-store")
    await s.at(700)
    await s.deploy("push-service", "1.4.2", kind="rollback", worker=True)
    s.ends()
