"""The user directory: an SQLite file with salted passwords, asked at every password login."""

import asyncio
import hashlib
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web

from stack.journal import Journal
from stack.server import Answer, serve, since
from stack.settings import Settings

BUSY_S = 3.0
ROUNDS = 2000


def hashed(name: str, password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), name.encode(), ROUNDS)


def fill(path: Path, people: list[tuple[str, str, bool]]) -> None:
    """Create the directory with its people: name, password, whether a second factor is wanted."""
    with sqlite3.connect(path) as db:
        db.execute("create table users (name primary key, hash, mfa, last_login)")
        rows = [(name, hashed(name, word), mfa) for name, word, mfa in people]
        db.executemany("insert into users values (?, ?, ?, null)", rows)
    db.close()


class Directory:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.path = settings.place("users.db")
        self.threads = ThreadPoolExecutor(6)

    def check(self, name: str, password: str) -> tuple[str, bool]:
        """What came of it, and whether a second factor is wanted."""
        db = sqlite3.connect(self.path, timeout=BUSY_S)
        try:
            row = db.execute("select hash, mfa from users where name = ?", (name,)).fetchone()
            if row is None:
                return "unknown_user", False
            if row[0] != hashed(name, password):
                return "invalid_password", False
            db.execute("update users set last_login = ? where name = ?", (time.time(), name))
            db.commit()
            return "ok", bool(row[1])
        finally:
            db.close()

    async def verify(self, request: web.Request) -> Answer:
        start = time.monotonic()
        asked = await request.json()
        log = self.log.bind(request_id=request.headers.get("X-Request-ID"), user=asked["user"])
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self.threads, self.check, asked["user"], asked["password"]
            )
        except sqlite3.Error as error:
            log.error("query failed", error=str(error), duration_ms=since(start), exc_info=True)
            return web.json_response({"error": str(error)}, status=503)
        result, mfa = found
        if result == "ok":
            log.info("password verified", duration_ms=since(start))
            return web.json_response({"mfa": mfa})
        log.info("password check failed", reason=result, duration_ms=since(start))
        return web.json_response({"error": result}, status=401)


def routes(settings: Settings, log: Journal) -> web.Application:
    directory = Directory(settings, log)
    app = web.Application()
    app.router.add_post("/verify", directory.verify)
    return app


if __name__ == "__main__":
    serve(routes)
