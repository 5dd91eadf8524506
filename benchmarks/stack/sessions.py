"""The session store: one SQLite file, with a limit to its pages as a volume has one."""

import json
import sqlite3
from typing import Any

from aiohttp import web

from stack.journal import Journal
from stack.server import Answer, serve
from stack.settings import Settings

PAGES = 4000


class Sessions:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        path = settings.place("sessions.db")
        self.db = sqlite3.connect(path, timeout=0.5, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = off")
        self.db.execute("create table if not exists sessions (id primary key, body)")
        self.db.execute(f"pragma max_page_count = {PAGES}")
        held = self.db.execute("select count(*) from sessions").fetchone()[0]
        log.info("session store open", file=path.name, sessions=held)

    async def put(self, request: web.Request) -> Answer:
        name, body = request.match_info["id"], await request.text()
        user = json.loads(body)["user"]
        log = self.logged(request, user=user)
        try:
            self.db.execute("insert or replace into sessions values (?, ?)", (name, body))
        except sqlite3.Error as error:
            log.error("session write failed", error=str(error), error_type=type(error).__name__)
            return web.json_response({"error": str(error)}, status=507)
        log.info("session created")
        return web.json_response({})

    async def get(self, request: web.Request) -> Answer:
        name = request.match_info["id"]
        row = self.db.execute("select body from sessions where id = ?", (name,)).fetchone()
        if row is None:
            self.logged(request).warning("session not found")
            return web.json_response({"error": "session not found"}, status=404)
        return web.json_response(json.loads(row[0]))

    async def delete(self, request: web.Request) -> Answer:
        self.db.execute("delete from sessions where id = ?", (request.match_info["id"],))
        self.logged(request).info("session deleted")
        return web.json_response({})

    def logged(self, request: web.Request, **more: Any) -> Journal:
        """A log line's beginning; of the session only what does not open it."""
        short = request.match_info["id"][:8]
        rid = request.headers.get("X-Request-ID")
        return self.log.bind(request_id=rid, session=short, **more)


def routes(settings: Settings, log: Journal) -> web.Application:
    sessions = Sessions(settings, log)
    app = web.Application()
    app.router.add_put("/sessions/{id}", sessions.put)
    app.router.add_get("/sessions/{id}", sessions.get)
    app.router.add_delete("/sessions/{id}", sessions.delete)
    return app


if __name__ == "__main__":
    serve(routes)
