"""The second factor: a push goes out, a worker brings the answer of the person's telephone."""

import asyncio
import random
import uuid

from aiohttp import web

from stack.journal import Journal
from stack.server import Answer, serve
from stack.settings import Settings

DENIED = 0.03


class Pushes:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.works = settings.build.get("worker", True)
        self.state: dict[str, str] = {}
        self.answers: set[asyncio.Task[None]] = set()

    async def send(self, request: web.Request) -> Answer:
        asked = await request.json()
        challenge = uuid.uuid4().hex[:16]
        self.state[challenge] = "pending"
        log = self.log.bind(challenge=challenge, user=asked["user"])
        log.info("push sent", request_id=request.headers.get("X-Request-ID"))
        if self.works:
            task = asyncio.create_task(self.answered(challenge, log))
            self.answers.add(task)
            task.add_done_callback(self.answers.discard)
        return web.json_response({"challenge": challenge})

    async def answered(self, challenge: str, log: Journal) -> None:
        await asyncio.sleep(random.uniform(1.5, 5))
        self.state[challenge] = "denied" if random.random() < DENIED else "approved"
        log.info(f"push {self.state[challenge]}")

    async def look(self, request: web.Request) -> Answer:
        state = self.state.get(request.match_info["id"], "unknown")
        return web.json_response({"state": state})


def routes(settings: Settings, log: Journal) -> web.Application:
    pushes = Pushes(settings, log)
    app = web.Application()
    app.router.add_post("/push", pushes.send)
    app.router.add_get("/push/{id}", pushes.look)
    return app


if __name__ == "__main__":
    serve(routes)
