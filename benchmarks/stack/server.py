"""One aiohttp process: it says when it is ready, and leaves its port when it is told to stop."""

import os
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from stack.journal import Journal, journal
from stack.settings import Settings, told

CALLS = web.AppKey("calls", ClientSession)
Answer = web.StreamResponse
PATIENCE_S = 4.0
"""How long one service waits for another."""


def serve(routes: Callable[[Settings, Journal], web.Application], **options: Any) -> None:
    """Run the application of this process until SIGTERM; a new build may share the port."""
    settings = told()
    log = journal(settings)
    app = routes(settings, log)

    async def ready(_: web.Application) -> None:
        log.info("started", pid=os.getpid(), port=settings.port)
        settings.place(f"{settings.instance}.{os.getpid()}.ready").touch()

    async def stopped(_: web.Application) -> None:
        log.info("stopped", pid=os.getpid())

    app.on_startup.append(ready)
    app.on_cleanup.append(stopped)
    web.run_app(
        app, host="127.0.0.1", port=settings.port, reuse_port=True, access_log=None, print=None,
        shutdown_timeout=3, **options,
    )  # fmt: skip


def calling(app: web.Application, trusted: ssl.SSLContext | None = None) -> None:
    """Give the application one client for its calls to other services."""

    async def opened(app: web.Application) -> Any:
        connector = TCPConnector(limit=200, keepalive_timeout=5, force_close=trusted is not None)
        timeout = ClientTimeout(total=PATIENCE_S)
        async with ClientSession(connector=connector, timeout=timeout) as session:
            app[CALLS] = session
            yield

    app.cleanup_ctx.append(opened)


def passed_on(request: web.Request) -> Mapping[str, str]:
    """The headers that go along with a call made for this request."""
    return {"X-Request-ID": request.headers.get("X-Request-ID", "-")}


def since(start: float) -> float:
    """Milliseconds since `start`, a reading of the monotonic clock."""
    return round((time.monotonic() - start) * 1000, 1)
