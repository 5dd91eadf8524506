"""OpenID Connect at the frontend: off to the companies' provider, and back by a posted form."""

import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from stack.server import PATIENCE_S, Answer
from stack.settings import Settings

METADATA_S = 10


def provider_trust(settings: Settings) -> ssl.SSLContext:
    """Trust the certificate that was pinned when the provider was connected."""
    context = ssl.create_default_context()
    for pinned in sorted(settings.place("keys").glob("provider*.crt")):
        context.load_verify_locations(pinned)
    return context


class SingleSignOn:
    def __init__(self, frontend: Any, unavailable: type[Exception]) -> None:
        self.frontend = frontend
        self.unavailable = unavailable
        self.base = frontend.links["provider"]
        self.secret = frontend.build["client_secret"]
        self.metadata: dict[str, str] = {}
        self.fetched = -1e9

    def calling(self, trust: ssl.SSLContext) -> Callable[[web.Application], AsyncIterator[None]]:
        """A client of its own for the provider, since its certificate is the provider's."""

        async def opened(_: web.Application) -> AsyncIterator[None]:
            connector = TCPConnector(ssl=trust, force_close=True)
            timeout = ClientTimeout(total=PATIENCE_S)
            async with ClientSession(connector=connector, timeout=timeout) as self.calls:
                yield

        return opened

    async def ask(self, method: str, url: str, **body: Any) -> tuple[int, dict[str, Any]]:
        try:
            async with self.calls.request(method, url, **body) as answer:
                return answer.status, await answer.json()
        except (ClientError, TimeoutError) as error:
            raise self.unavailable(f"identity provider: {error!r}") from error

    async def endpoints(self) -> dict[str, str]:
        """Where the provider is to be asked; its metadata is fetched anew after a while."""
        if time.monotonic() - self.fetched > METADATA_S:
            url = f"{self.base}/.well-known/openid-configuration"
            _, self.metadata = await self.ask("GET", url)
            self.fetched = time.monotonic()
        return self.metadata

    async def start(self, request: web.Request) -> Answer:
        start = time.monotonic()
        log = self.frontend.logged(request, method="oidc", idp="corp-idp")
        try:
            ends = await self.endpoints()
        except self.unavailable as error:
            return self.frontend.failed(log, error, start)
        state = secrets.token_urlsafe(12)
        answer = web.json_response(
            {"location": ends["authorization_endpoint"], "state": state}, status=200
        )
        same = self.frontend.build.get("state_samesite")
        answer.set_cookie("oidc_state", state, samesite=same, secure=True, httponly=True)
        log.info("sso started")
        return answer

    async def callback(self, request: web.Request) -> Answer:
        start = time.monotonic()
        form = await request.post()
        log = self.frontend.logged(request, method="oidc", idp="corp-idp")
        if request.cookies.get("oidc_state") != form.get("state"):
            missing = "oidc_state" not in request.cookies
            why = "state cookie missing" if missing else "state mismatch"
            log.warning("login failed", reason=why, status=400)
            return web.json_response({"error": "state_missing"}, status=400)
        sent = {"grant_type": "authorization_code", "code": str(form["code"])}
        sent |= {"client_id": "shop-web", "client_secret": self.secret}
        try:
            ends = await self.endpoints()
            status, told = await self.ask("POST", ends["token_endpoint"], data=sent)
            if status != 200:
                why = f"{told.get('error')}: {told.get('error_description', '')}"
                log.error("login failed", reason="token exchange refused", error=why, status=502)
                return web.json_response({"error": "exchange", "why": why}, status=502)
            claims = jwt.decode(told["id_token"], self.secret, ["HS256"], audience="shop-web")
            user = claims["sub"]
            answer: Answer = await self.frontend.signed_in(request, user, "web", "oidc", start)
        except self.unavailable as error:
            return self.frontend.failed(log, error, start)
        return answer
