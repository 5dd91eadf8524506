"""The API gateway: PyJWT checks each token against keys that are fetched and kept for a while."""

import time
from typing import Any

import jwt
from aiohttp import ClientError, web

from stack.issuer import AUDIENCE, ISSUER
from stack.journal import Journal
from stack.server import CALLS, Answer, calling, serve, since
from stack.settings import Settings

LEEWAY_S = 5


class Gateway:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.jwks_url = settings.links["jwks"]
        self.keep_s = settings.build.get("jwks_keep_s", 120)
        self.issuer = settings.build.get("issuer", ISSUER)
        self.says_jti = settings.build.get("log_jti", True)
        self.agent = f"{settings.service}/{settings.version}"
        self.keys: dict[str, Any] = {}
        self.fetched = -1e9

    async def fetch(self, app: web.Application) -> None:
        """Refresh the kept keys once they are too old; old ones serve on while the issuer fails."""
        if time.monotonic() - self.fetched < self.keep_s:
            return
        try:
            async with app[CALLS].get(self.jwks_url, headers={"User-Agent": self.agent}) as answer:
                answer.raise_for_status()
                told = jwt.PyJWKSet.from_dict(await answer.json())
        except (ClientError, TimeoutError) as error:
            self.log.error("jwks fetch failed", error=repr(error))
            return
        self.keys = {key.key_id: key.key for key in told.keys if key.key_id}
        self.fetched = time.monotonic()
        self.log.info("jwks refreshed", kids=",".join(self.keys))

    def checked(self, token: str) -> dict[str, Any]:
        kid = jwt.get_unverified_header(token).get("kid")
        if kid not in self.keys:
            raise jwt.InvalidKeyError(f"Unable to find a signing key that matches: {kid!r}")
        claims: dict[str, Any] = jwt.decode(
            token, self.keys[kid], ["RS256"], audience=AUDIENCE, issuer=self.issuer, leeway=LEEWAY_S
        )
        return claims

    async def call(self, request: web.Request) -> Answer:
        start = time.monotonic()
        await self.fetch(request.app)
        log = self.log.bind(
            request_id=request.headers.get("X-Request-ID"), method=request.method, path=request.path
        )
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            log.warning("token missing", status=401)
            return web.json_response({"error": "missing_token"}, status=401)
        try:
            claims = self.checked(token)
        except jwt.PyJWTError as error:
            name = type(error).__name__
            seen = {"error": str(error), "error_type": name, "status": 401}
            log.warning("token rejected", **seen, **self.unverified(token))
            return web.json_response({"error": "invalid_token", "why": name}, status=401)
        seen = {"jti": claims["jti"]} if self.says_jti else {}
        log.info(
            "request authorized", sub=claims["sub"], client_id=claims["azp"], **seen,
            status=200, duration_ms=since(start),
        )  # fmt: skip
        return web.json_response({"ok": True, "path": request.path})

    def unverified(self, token: str) -> dict[str, Any]:
        """What a rejected token says of itself, for whoever reads the log."""
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            return {}
        said = {"kid": header.get("kid"), "iat": claims.get("iat"), "client_id": claims.get("azp")}
        return said | ({"jti": claims.get("jti")} if self.says_jti else {})


def routes(settings: Settings, log: Journal) -> web.Application:
    gateway = Gateway(settings, log)
    app = web.Application()
    calling(app)
    app.router.add_route("*", "/api/{tail:.*}", gateway.call)
    return app


if __name__ == "__main__":
    serve(routes)
