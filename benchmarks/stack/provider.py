"""The companies' identity provider: somebody else's process, by TLS; its log is not ours."""

import ssl
import time
import uuid

import jwt
from aiohttp import web

from stack.journal import Journal
from stack.server import Answer, serve
from stack.settings import Settings, told


class Provider:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.base = settings.links["provider"]
        self.secrets: dict[str, float] = settings.build["secrets"]
        self.codes: dict[str, str] = {}

    async def metadata(self, _: web.Request) -> Answer:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
        return web.json_response({name: f"{self.base}/{end}" for name, end in ends.items()})

    async def authorize(self, request: web.Request) -> Answer:
        """Sign the person in and answer with the form that the browser posts back."""
        code = uuid.uuid4().hex
        self.codes[code] = request.query["login_hint"]
        return web.json_response({"code": code, "state": request.query["state"]})

    async def token(self, request: web.Request) -> Answer:
        form = await request.post()
        secret = str(form.get("client_secret"))
        ends = self.secrets.get(secret)
        if ends is None or ends < time.time():
            why = "Invalid client secret." if ends is None else "The client secret has expired."
            told = {"error": "invalid_client", "error_description": why}
            return web.json_response(told, status=401)
        user = self.codes.pop(str(form.get("code")), None)
        if user is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"sub": user, "aud": "shop-web", "iat": now, "exp": now + 300}
        return web.json_response({"id_token": jwt.encode(claims, secret, "HS256")})


def routes(settings: Settings, log: Journal) -> web.Application:
    provider = Provider(settings, log)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.metadata)
    app.router.add_get("/authorize", provider.authorize)
    app.router.add_post("/token", provider.token)
    return app


def certified(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    name = settings.build["certificate"]
    keys = settings.place("keys")
    context.load_cert_chain(keys / f"{name}.crt", keys / f"{name}.key")
    return context


if __name__ == "__main__":
    serve(routes, ssl_context=certified(told()))
