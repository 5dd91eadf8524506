"""The token issuer: PyJWT signs access and refresh tokens, and shows the keys to check them."""

import time
import uuid
from typing import Any

import jwt
from aiohttp import web

from stack.journal import Journal
from stack.keys import keyset, private
from stack.server import Answer, serve
from stack.settings import Settings

LIFETIME_S = 150
REFRESH_S = 1800
ISSUER = "https://auth.shop.example"
AUDIENCE = "shop-api"


class Issuer:
    def __init__(self, settings: Settings, log: Journal) -> None:
        self.log = log
        self.keys = settings.place("keys")
        self.build = settings.build

    def sign(self, subject: str, client: str, kind: str, lifetime: int) -> tuple[str, str, str]:
        """A signed token, its id and the kid it names."""
        keys = keyset(self.keys)
        wrong = self.build.get("signing_key")
        key = private(self.keys, wrong) if wrong else keys["key"]
        now = int(time.time())
        jti = uuid.uuid4().hex
        claims = {
            "iss": ISSUER,
            "aud": self.build.get("audience", AUDIENCE) if kind == "access" else ISSUER,
            "sub": subject, "azp": client, "typ": kind, "jti": jti, "iat": now,
            "exp": now + lifetime,
        }  # fmt: skip
        return jwt.encode(claims, key, "RS256", headers={"kid": keys["kid"]}), jti, keys["kid"]

    async def token(self, request: web.Request) -> Answer:
        """RFC 6749: every grant ends here."""
        form = await request.post()
        grant, client = str(form.get("grant_type")), str(form.get("client_id"))
        subject = str(form.get("subject") or client)
        log = self.log.bind(
            request_id=request.headers.get("X-Request-ID"), grant_type=grant, client_id=client
        )
        if grant == "refresh_token":
            try:
                subject = self.refreshed(str(form.get("refresh_token")))
            except jwt.InvalidTokenError as error:
                log.warning("refresh rejected", error=str(error), error_type=type(error).__name__)
                return web.json_response({"error": "invalid_grant"}, status=400)
        access, jti, kid = self.sign(subject, client, "access", LIFETIME_S)
        log.info("token issued", sub=subject, jti=jti, kid=kid, expires_in=LIFETIME_S)
        answer: dict[str, Any] = {"access_token": access, "expires_in": LIFETIME_S}
        if client.startswith("mobile"):
            answer["refresh_token"] = self.sign(subject, client, "refresh", REFRESH_S)[0]
        return web.json_response(answer)

    def refreshed(self, token: str) -> str:
        """Whose refresh token this is; any key of the folder may have signed it."""
        kid = jwt.get_unverified_header(token)["kid"]
        public = jwt.PyJWK.from_json((self.keys / f"{kid}.jwk").read_text())
        claims = jwt.decode(token, public, ["RS256"], audience=ISSUER, leeway=60)
        return str(claims["sub"])

    async def jwks(self, request: web.Request) -> Answer:
        shown = keyset(self.keys)["jwks"]
        kids = ",".join(key["kid"] for key in shown["keys"])
        self.log.info("jwks served", kids=kids, caller=request.headers.get("User-Agent"))
        return web.json_response(shown)


def routes(settings: Settings, log: Journal) -> web.Application:
    issuer = Issuer(settings, log)
    app = web.Application()
    app.router.add_post("/oauth/token", issuer.token)
    app.router.add_get("/.well-known/jwks.json", issuer.jwks)
    return app


if __name__ == "__main__":
    serve(routes)
