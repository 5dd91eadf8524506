"""The login frontend: pages, passwords, second factors, sessions in signed cookies."""

import hashlib
import secrets
import time
from typing import Any

from aiohttp import ClientError, web
from itsdangerous import BadSignature, URLSafeSerializer

from stack.journal import Journal
from stack.server import CALLS, Answer, calling, passed_on, serve, since
from stack.settings import Settings
from stack.single_sign_on import SingleSignOn, provider_trust

ROLES = range(220)
"""A profile with these fits the 4,096 bytes of a cookie, and not 2,048."""


class Unavailable(Exception):
    """A service behind this one did not do its part."""


class Frontend:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.links = settings.links
        self.build = settings.build
        self.signer = URLSafeSerializer(self.build["cookie_secret"], salt="session")
        self.started: dict[str, tuple[str, float]] = {}

    def logged(self, request: web.Request, **more: Any) -> Journal:
        heads = request.headers
        ids = {"request_id": heads.get("X-Request-ID"), "ip": heads.get("X-Real-IP")}
        return self.log.bind(**ids, path=request.path, **more)

    async def ask(
        self, request: web.Request, method: str, link: str, path: str, **body: Any
    ) -> tuple[int, dict[str, Any]]:
        """Call a service of ours; a fault of the way there becomes `Unavailable`."""
        try:
            async with request.app[CALLS].request(
                method, self.links[link] + path, headers=passed_on(request), **body
            ) as answer:
                ours = answer.content_type == "application/json"
                return answer.status, await answer.json() if ours else {}
        except (ClientError, TimeoutError) as error:
            raise Unavailable(f"{link}: {error!r}") from error

    async def page(self, _: web.Request) -> Answer:
        answer = web.Response(text="<form method=post>…</form>", content_type="text/html")
        answer.set_cookie("csrf", secrets.token_urlsafe(12), samesite="Lax", httponly=True)
        return answer

    async def sign_in(self, request: web.Request) -> Answer:
        """A password from the page or from the mobile application."""
        start = time.monotonic()
        mobile = request.path.startswith("/mobile")
        form: Any = await (request.json() if mobile else request.post())
        log = self.logged(request, user=form["user"], method="password")
        if not mobile and request.cookies.get("csrf") is None:
            log.warning("login failed", reason="csrf cookie missing", status=400)
            return web.json_response({"error": "csrf_missing"}, status=400)
        asked = {"user": form["user"], "password": form["password"]}
        try:
            status, told = await self.ask(request, "POST", "directory", "/verify", json=asked)
            if status == 401:
                log.warning("login failed", reason=told["error"], status=401)
                return web.json_response({"error": "invalid_credentials"}, status=401)
            if status != 200:
                raise Unavailable(f"directory: {status} {told.get('error')}")
            if told["mfa"] and not mobile:
                sent = await self.ask(request, "POST", "pushes", "/push", json=asked)
                challenge = sent[1]["challenge"]
                self.started[challenge] = (form["user"], start)
                log.info("mfa challenge sent", challenge=challenge, status=202)
                return web.json_response({"mfa": challenge}, status=202)
            client = "mobile-app" if mobile else "web"
            return await self.signed_in(request, form["user"], client, "password", start)
        except Unavailable as error:
            return self.failed(log, error, start)

    async def second_factor(self, request: web.Request) -> Answer:
        challenge = request.query["challenge"]
        user, start = self.started.get(challenge, ("-", time.monotonic()))
        log = self.logged(request, user=user, method="push", challenge=challenge)
        try:
            _, told = await self.ask(request, "GET", "pushes", f"/push/{challenge}")
            if told.get("state") == "pending":
                return web.json_response({"state": "pending"}, status=202)
            self.started.pop(challenge, None)
            if told.get("state") != "approved":
                log.warning("mfa failed", reason=told.get("state"), status=401)
                return web.json_response({"error": "mfa_denied"}, status=401)
            log.info("mfa completed")
            return await self.signed_in(request, user, "web", "password+push", start)
        except Unavailable as error:
            return self.failed(log, error, start)

    async def signed_in(
        self, request: web.Request, user: str, client: str, method: str, start: float
    ) -> Answer:
        """Keep a session, fetch a token, answer with both."""
        name = secrets.token_hex(16)
        kept = {"user": user, "client": client, "since": time.time(), "theme": "x" * 400}
        status, told = await self.ask(request, "PUT", "sessions", f"/sessions/{name}", json=kept)
        if status != 200:
            raise Unavailable(f"session store: {told.get('error', status)}")
        token = await self.token(request, user, client)
        duration = since(start)
        log = self.logged(request, user=user, client=client)
        log.info("login succeeded", method=method, duration_ms=duration, status=200)
        answer = web.json_response(token)
        body: dict[str, Any] = {"sid": name}
        if self.build.get("profile_cookie"):
            body["roles"] = [hashlib.sha256(f"{user}{n}".encode()).hexdigest()[:16] for n in ROLES]
        signed = self.signer.dumps(body)
        answer.set_cookie("sid", str(signed), samesite="Lax", httponly=True, secure=True)
        return answer

    async def token(self, request: web.Request, user: str, client: str) -> dict[str, Any]:
        form = {"grant_type": "urn:shop:session", "client_id": client, "subject": user}
        status, told = await self.ask(request, "POST", "issuer", "/oauth/token", data=form)
        if status != 200:
            raise Unavailable(f"token issuer: {status}")
        return told

    async def renew(self, request: web.Request) -> Answer:
        """A fresh token for whoever shows a session."""
        start = time.monotonic()
        log = self.logged(request)
        try:
            session = self.signer.loads(request.cookies.get("sid", ""))
        except BadSignature as error:
            why = str(error) if request.cookies.get("sid") else "no session cookie"
            log.warning("session cookie rejected", reason=why, status=401)
            return web.json_response({"error": "bad_cookie"}, status=401)
        try:
            status, kept = await self.ask(request, "GET", "sessions", f"/sessions/{session['sid']}")
            if status == 404:
                log.warning("session check failed", reason="session not found", status=401)
                return web.json_response({"error": "session_not_found"}, status=401)
            if status != 200:
                raise Unavailable(f"session store: {status}")
            token = await self.token(request, kept["user"], kept["client"])
        except Unavailable as error:
            return self.failed(log, error, start, "session check failed")
        log.info("session renewed", user=kept["user"], status=200, duration_ms=since(start))
        return web.json_response(token)

    async def sign_out(self, request: web.Request) -> Answer:
        try:
            session = self.signer.loads(request.cookies.get("sid", ""))
            await self.ask(request, "DELETE", "sessions", f"/sessions/{session['sid']}")
        except (BadSignature, Unavailable) as error:
            self.logged(request).warning("logout failed", reason=str(error))
        self.logged(request).info("logout", status=200)
        answer = web.json_response({})
        answer.del_cookie("sid")
        return answer

    def failed(
        self, log: Journal, error: Exception, start: float, what: str = "login failed"
    ) -> Answer:
        log.error(what, error=str(error), status=503, duration_ms=since(start))
        return web.json_response({"error": "unavailable", "why": str(error)}, status=503)


def routes(settings: Settings, log: Journal) -> web.Application:
    frontend = Frontend(settings, log)
    sso = SingleSignOn(frontend, Unavailable)
    app = web.Application()
    calling(app)
    app.cleanup_ctx.append(sso.calling(provider_trust(settings)))
    app.router.add_get("/login", frontend.page)
    app.router.add_post("/login", frontend.sign_in)
    app.router.add_post("/mobile/login", frontend.sign_in)
    app.router.add_get("/login/mfa", frontend.second_factor)
    app.router.add_get("/login/sso", sso.start)
    app.router.add_post("/auth/callback", sso.callback)
    app.router.add_get("/session/token", frontend.renew)
    app.router.add_post("/logout", frontend.sign_out)
    return app


if __name__ == "__main__":
    serve(routes)
